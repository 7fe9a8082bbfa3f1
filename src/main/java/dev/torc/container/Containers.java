package dev.torc.container;

import dev.torc.hash.Digest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The runtimes of this machine and the images that they have, each asked once. Safe for several
 * threads. It runs no jobs and fetches no image: an attempt does, and then calls {@link #fetched}.
 */
public final class Containers {

  /** The runtimes that torc knows, in the order in which they are tried. */
  public static final List<String> KNOWN = List.of("podman", "docker", Apptainer.NAME);

  private final Map<String, ContainerRuntime> runtimes = new LinkedHashMap<>();
  private final String ordered;
  private final Map<Look, Optional<LocalImage>> found = new ConcurrentHashMap<>();

  private record Look(ImageName image, String runtime) {}

  /**
   * An image as a job names it: a file's path runs only with apptainer. The runtime may be null;
   * {@code wish} lets another one do. Apptainer keeps the files that it makes in {@code folder},
   * relative to the root or absolute.
   */
  public record ImageName(
      String name, boolean isFile, String runtime, boolean wish, String folder) {}

  /** Asks no runtime yet; {@code ordered} is the user's runtime for all images, or null. */
  public Containers(String ordered, Path root, Map<String, String> env) {
    this.ordered = ordered;
    for (String name : KNOWN) {
      runtimes.put(
          name, name.equals(Apptainer.NAME) ? new Apptainer(root, env) : new OciRuntime(name, env));
    }
  }

  /** Asks all runtimes that torc knows; returns why each cannot work here, or an empty text. */
  public Map<String, String> troubles() {
    Map<String, String> troubles = new LinkedHashMap<>();
    runtimes.forEach((name, runtime) -> troubles.put(name, runtime.trouble()));
    return troubles;
  }

  /** Returns the runtimes that an image may have, the first choice first. */
  private List<ContainerRuntime> candidates(ImageName image) {
    List<String> names = new ArrayList<>();
    String wanted = image.isFile ? Apptainer.NAME : ordered != null ? ordered : image.runtime;
    if (wanted != null) {
      names.add(wanted);
    }
    if (wanted == null || ordered == null && image.wish && !image.isFile) {
      names.addAll(KNOWN);
    }
    return names.stream().distinct().filter(runtimes::containsKey).map(runtimes::get).toList();
  }

  /** Returns the image in the runtime that would run it; null if it is missing. */
  public LocalImage find(ImageName image) {
    for (ContainerRuntime runtime : candidates(image)) {
      LocalImage here = find(image, runtime);
      if (here != null || runtime.trouble().isEmpty()) {
        return here;
      }
    }
    return null;
  }

  /** Returns the image that a runtime has, or null; asks again only for a file: jobs make them. */
  public LocalImage find(ImageName image, ContainerRuntime runtime) {
    if (image.isFile) {
      return runtime.find(image);
    }
    return found
        .computeIfAbsent(
            new Look(image, runtime.name()), _ -> Optional.ofNullable(runtime.find(image)))
        .orElse(null);
  }

  /** Notes that an image was fetched: {@link #find} looks for it anew. */
  public void fetched(ImageName image) {
    found.keySet().removeIf(look -> look.image.equals(image));
  }

  /** Returns the runtime that an image runs with: the first that can work here. */
  public ContainerRuntime runtime(ImageName image) throws NoRuntime {
    List<String> troubles = new ArrayList<>();
    for (ContainerRuntime runtime : candidates(image)) {
      String trouble = runtime.trouble();
      if (trouble.isEmpty()) {
        return runtime;
      }
      troubles.add(trouble);
    }
    throw new NoRuntime(
        "no runtime for image %s can work here: %s; with --no-containers it runs on the host"
            .formatted(image.name, String.join("; ", troubles)));
  }

  /** Ends the containers of a build; returns why some may still run, or an empty text. */
  public String end(String runtime, String build) {
    ContainerRuntime of = runtimes.get(runtime);
    List<String> made = of.madeBy(build);
    return made.isEmpty() ? of.trouble() : of.remove(made);
  }

  /** Returns a line to be told about the runtime that an image has; empty where there is none. */
  public String remark(ImageName image, ContainerRuntime runtime, boolean limited) {
    if (image.wish && ordered == null && !runtime.name().equals(image.runtime)) {
      return "%s is not used here: images that ask for it run with %s"
          .formatted(image.runtime, runtime.name());
    }
    return limited && runtime.isApart() && !runtime.holdsLimits()
        ? runtime.name() + " cannot hold cpus and memory here: torc watches the memory of its jobs"
        : "";
  }

  public static final class NoRuntime extends Exception {
    private static final long serialVersionUID = 1;

    NoRuntime(String message) {
      super(message);
    }
  }

  /** An image of this machine, by the digest of its configuration or the path of its file. */
  public record LocalImage(Digest id, String file) {}
}
