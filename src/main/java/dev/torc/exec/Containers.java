package dev.torc.exec;

import dev.torc.hash.Digest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The runtimes of this machine and the images that they have, each asked once. Safe for several
 * threads. It runs no jobs, and fetches no image: who runs a job does, and says so here.
 */
public final class Containers {

  /** In the order in which they are tried. */
  public static final List<String> KNOWN = List.of("podman", "docker");

  private final Map<String, ContainerRuntime> runtimes = new LinkedHashMap<>();
  private final String ordered;
  private final Map<ImageName, Optional<Digest>> identities = new ConcurrentHashMap<>();

  /**
   * An image as a job names it.
   *
   * @param runtime the one that it asks for, null for any
   * @param wish whether another one will do
   */
  public record ImageName(String name, String runtime, boolean wish) {

    /** Whether it is a file of apptainer's. */
    boolean isFile() {
      return name.endsWith(".sif");
    }
  }

  /**
   * Nothing was asked yet.
   *
   * @param ordered the runtime that the user ordered for all images; null where each may choose
   * @param env the caller's environment
   */
  public Containers(String ordered, Map<String, String> env) {
    this.ordered = ordered;
    for (String name : KNOWN) {
      runtimes.put(name, new ContainerRuntime(name, env));
    }
  }

  /** The runtimes that an image may have, the first choice first; those that torc knows. */
  private List<ContainerRuntime> candidates(ImageName image) {
    List<String> names = new ArrayList<>();
    if (image.isFile()) {
      return List.of();
    }
    if (ordered != null) {
      names.add(ordered);
    } else if (image.runtime != null) {
      names.add(image.runtime);
    }
    if (names.isEmpty() || ordered == null && image.wish) {
      names.addAll(KNOWN);
    }
    return names.stream().distinct().filter(runtimes::containsKey).map(runtimes::get).toList();
  }

  /**
   * The digest of an image's configuration, as the runtime has it that would run it; null where it
   * is not here. It is found once.
   */
  public Digest identity(ImageName image) {
    return identities.computeIfAbsent(image, this::find).orElse(null);
  }

  private Optional<Digest> find(ImageName image) {
    for (ContainerRuntime runtime : candidates(image)) {
      Digest found = runtime.identity(image.name);
      if (found != null || runtime.trouble().isEmpty()) {
        return Optional.ofNullable(found);
      }
    }
    return Optional.empty();
  }

  /** An image was fetched: what is here of that name is to be found out anew. */
  public void fetched(ImageName image) {
    identities.remove(image);
  }

  /**
   * The runtime that an image runs with: the first that can work here.
   *
   * @throws NoRuntime where none can
   */
  public ContainerRuntime runtime(ImageName image) throws NoRuntime {
    List<String> troubles = new ArrayList<>();
    for (ContainerRuntime runtime : candidates(image)) {
      String trouble = runtime.trouble();
      if (trouble.isEmpty()) {
        return runtime;
      }
      troubles.add(trouble);
    }
    String asked = image.isFile() ? "apptainer" : ordered != null ? ordered : image.runtime;
    throw new NoRuntime(
        troubles.isEmpty()
            ? "image %s: torc runs no containers with %s yet; with --no-containers it runs on the host"
                .formatted(image.name, asked)
            : "no runtime for image "
                + image.name
                + " can work here: "
                + String.join("; ", troubles)
                + "; with --no-containers it runs on the host");
  }

  /**
   * Ends the containers that a build made and that are still there.
   *
   * @return why that is not known to have been done, empty where it was
   */
  public String end(String runtime, String build) {
    ContainerRuntime of = runtimes.get(runtime);
    if (of == null) {
      return "torc knows no " + runtime;
    }
    List<String> left = of.left(build);
    return left.isEmpty() ? of.trouble() : of.remove(left);
  }

  /** What is to be told of the runtime that an image has, in one line; empty for nothing. */
  public String remark(ImageName image, ContainerRuntime runtime, boolean limited) {
    if (image.wish && ordered == null && !runtime.name().equals(image.runtime)) {
      return "%s is not used here: images that ask for it run with %s"
          .formatted(image.runtime, runtime.name());
    }
    return limited && !runtime.holdsLimits()
        ? runtime.name() + " cannot hold cpus and memory here: torc watches the memory of its jobs"
        : "";
  }

  /** There is no way to run a container; the message is for people. */
  public static final class NoRuntime extends Exception {
    private static final long serialVersionUID = 1;

    NoRuntime(String message) {
      super(message);
    }
  }
}
