package dev.torc.features.containers;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.StopFlag.StoppedException;
import dev.torc.core.attempt.AttemptFailure;
import dev.torc.core.attempt.AttemptOutcome;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.StepContainers;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.model.Job;
import dev.torc.core.model.Step;
import dev.torc.core.model.Step.Image;
import dev.torc.core.model.Workflow;
import dev.torc.core.queue.Granted;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Makes sure that images exist on this machine before jobs run in them. The first job that needs an
 * image fetches it, once in a build, while the others wait. It knows the names of images; the
 * runtime fetches them.
 */
public final class ImageSupply implements StepContainers {

  private static final String HUB = "docker.io/";

  private final ContainerBuilder builder;
  private final Path folder;
  private final Map<Containers.ImageName, Fetch> fetches = new ConcurrentHashMap<>();

  /** The fetch of an image in this build; the fetching thread holds its monitor. */
  private static final class Fetch {
    private String trouble; // null before the fetch, empty if it succeeded
  }

  /**
   * @param build the random id of this build
   * @param folder where the logs of downloads are
   * @param events takes warnings and the events of downloads
   */
  public ImageSupply(
      Containers containers,
      Workflow workflow,
      String build,
      Path folder,
      Consumer<? super Event> events) {
    Set<String> told = ConcurrentHashMap.newKeySet();
    this.builder = new ContainerBuilder(containers, workflow, build, events, told);
    this.folder = folder;
  }

  @Override
  public String ready(Job job, int attempt, Function<Launch, ProcessEnd> runner)
      throws IOException {
    String mark = builder.mark(job, attempt);
    for (Step step : job.runs().steps()) {
      if (step.image() != null) {
        ready(step.image(), runner);
      }
    }
    return mark;
  }

  @Override
  public Launch.Container of(
      Job job,
      Image image,
      int number,
      Granted granted,
      Collection<String> needs,
      Path status,
      Path root)
      throws IOException {
    return builder.of(
        job, image, number, granted, status, builder.mounts(image, needs, status, root));
  }

  private void ready(Image image, Function<Launch, ProcessEnd> runner) throws IOException {
    Containers.ImageName name = name(image);
    ContainerRuntime runtime = builder.runtime(image);
    if (name.isFile()) {
      return; // a file is a need
    }
    Containers containers = builder.containers();
    Fetch fetch = fetches.computeIfAbsent(name, _ -> new Fetch());
    synchronized (fetch) {
      if (fetch.trouble == null && containers.find(name, runtime) == null) {
        containers.fetched(name); // looks again: a job may have made it
      }
      boolean here = containers.find(name, runtime) != null;
      if (fetch.trouble == null
          && image.pull() != Image.Pull.NEVER
          && (!here || image.pull() == Image.Pull.ALWAYS)) {
        fetch.trouble = fetch(image, runtime, runner);
        containers.fetched(name);
        if (!fetch.trouble.isEmpty()) {
          String line = "image %s cannot be had: %s".formatted(image.name(), fetch.trouble);
          builder.events().accept(new Event.Note(Event.Level.WARNING, line)); // once for all
        }
      }
      if (fetch.trouble != null && !fetch.trouble.isEmpty()) {
        throw new AttemptFailure("image " + image.name() + " cannot be had");
      }
      String lack = lack(containers, image, false);
      if (!lack.isEmpty()) {
        throw new AttemptFailure(lack);
      }
    }
  }

  public static Containers.ImageName name(Image image) {
    return new Containers.ImageName(
        image.name(), image.file() != null, image.runtime(), image.wish(), image.images());
  }

  /**
   * Returns why a step cannot have its image, as far as that is known without a fetch; else an
   * empty string. If the job {@code waits} for other jobs, one of them may make the image.
   */
  public static String lack(Containers containers, Image image, boolean waits) {
    Containers.ImageName name = name(image);
    Containers.LocalImage here = containers.find(name);
    if (here != null && here.id() != null) {
      return ""; // a runtime found it, so that runtime works
    }
    try {
      String runtime = containers.runtime(name).name();
      return here != null || name.isFile() || waits || image.pull() != Image.Pull.NEVER
          ? ""
          : "image %s is not here, and pull is never: fetch it with `%s pull %s`"
              .formatted(image.name(), runtime, source(image.name()));
    } catch (Containers.NoRuntime e) {
      return e.getMessage();
    }
  }

  /** Fetches an image; returns why that failed, empty if it did not. A signal stops it. */
  private String fetch(Image image, ContainerRuntime runtime, Function<Launch, ProcessEnd> runner)
      throws IOException {
    Path log =
        folder.resolve(".pull-" + Digest.ofText(image.name()).hex().substring(0, 12) + ".log");
    Containers.ImageName name = name(image);
    Launch.Step step =
        new Launch.Step(
            runtime.pullCommand(name, source(image.name())), builder.workflow().root(), Map.of());
    Map<String, String> mark =
        Map.of("TORC_BUILD", builder.build(), "TORC_IMAGE", image.name()); // no job has TORC_IMAGE
    builder.events().accept(new Event.Fetching(image.name(), runtime.name(), log, false));
    ProcessEnd end = runner.apply(new Launch(List.of(step), Launch.Output.of(log), 0, 0, mark));
    builder.events().accept(new Event.Fetching(image.name(), runtime.name(), log, true));
    runtime.finishPull(name, end.ok());
    if (end.ok()) {
      return "";
    }
    if (end.how() == ProcessEnd.How.INTERRUPTED) {
      throw new StoppedException();
    }
    String said = ContainerRuntime.lastLine(log);
    return said.isEmpty() ? AttemptOutcome.phrase(end, 0, 0) : said;
  }

  /** Returns an image's full name: a name without a registry means docker.io with every runtime. */
  public static String source(String name) {
    int slash = name.indexOf('/');
    String first = slash < 0 ? "" : name.substring(0, slash);
    boolean registry = first.contains(".") || first.contains(":") || first.equals("localhost");
    return registry ? name : HUB + (slash < 0 ? "library/" : "") + name;
  }
}
