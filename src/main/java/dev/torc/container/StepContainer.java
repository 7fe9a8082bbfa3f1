package dev.torc.container;

import dev.torc.local.Container;
import dev.torc.local.Launch;
import dev.torc.local.ProcessEnd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SequencedMap;

/**
 * The container that a process runs in, as its job wants it. The runtime's own words for it are
 * {@link ContainerRuntime}'s.
 *
 * @param image the very image that the job was decided by
 * @param title the image as the user names it, for messages
 * @param name of the container, unique
 * @param labels by which others find it
 * @param mounts in their order
 * @param args the user's own options
 * @param user {@code UID:GID} of the caller; null where that is not known
 * @param groups numbers of the caller's further groups
 * @param cpus how many it may use; 0 for all
 * @param memory bytes; 0 for all
 * @param gpus identifiers; null where a scheduler chooses them, and its node tells which
 * @param status a file in which the container says how far it came
 */
public record StepContainer(
    ContainerRuntime runtime,
    Containers.LocalImage image,
    String title,
    String name,
    SequencedMap<String, String> labels,
    List<Mount> mounts,
    List<String> args,
    String user,
    List<String> groups,
    long cpus,
    long memory,
    List<String> gpus,
    Path status)
    implements Container {

  @Override
  public boolean isApart() {
    return runtime.isApart();
  }

  @Override
  public Client client(Launch.Step step, Launch launch) {
    return new ContainerRun(step, launch, this);
  }

  /** An image is named by what it holds, so one that is another there is not run. */
  @Override
  public Launch.Step handedOut(Launch.Step step, Launch launch) throws IOException {
    return new ContainerRun(step, launch, this).handedOut();
  }

  @Override
  public ProcessEnd handedBack(Launch.Step step, Launch launch, ProcessEnd end) throws IOException {
    return new ContainerRun(step, launch, this).handedBack(end);
  }

  /**
   * What of this machine is seen in it.
   *
   * @param from a path here
   * @param to the path there
   */
  public record Mount(String from, String to, boolean readOnly) {

    /** As {@code --mount} takes it: fields of CSV, so that any name is safe. */
    String words() {
      return "type=bind,"
          + field("src=" + from)
          + ","
          + field("dst=" + to)
          + (readOnly ? ",ro" : "");
    }

    private static String field(String text) {
      return '"' + text.replace("\"", "\"\"") + '"';
    }
  }
}
