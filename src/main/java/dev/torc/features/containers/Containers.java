package dev.torc.features.containers;

import dev.torc.base.digests.Digest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The container runtimes of this machine and their images, each asked for once. Safe for several
 * threads. It neither runs jobs nor fetches images: attempts do, and then call {@link #fetched}.
 */
public final class Containers {

  /** The runtimes that torc knows, in the order in which they are tried. */
  public static final List<String> KNOWN = List.of("podman", "docker", Apptainer.NAME);

  private final Map<String, ContainerRuntime> runtimes = new LinkedHashMap<>();
  private final String ordered;
  private final Map<Look, Optional<LocalImage>> found = new ConcurrentHashMap<>();

  private record Look(ImageName image, String runtime) {}

  /**
   * An image as a job names it; an image file runs only with apptainer. {@code runtime} may be
   * null; with {@code wish}, another runtime may be used. Apptainer keeps the files that it makes
   * in {@code folder}, relative to the root or absolute.
   */
  public record ImageName(
      String name, boolean isFile, String runtime, boolean wish, String folder) {}

  /** Creates an object that has asked nothing; {@code ordered}: the user's runtime, or null. */
  public Containers(String ordered, Path root, Map<String, String> env) {
    this.ordered = ordered;
    for (String name : KNOWN) {
      runtimes.put(
          name, name.equals(Apptainer.NAME) ? new Apptainer(root, env) : new OciRuntime(name, env));
    }
  }

  /** Asks all known runtimes; returns why each does not work here, or an empty text. */
  public Map<String, String> troubles() {
    Map<String, String> troubles = new LinkedHashMap<>();
    runtimes.forEach((name, runtime) -> troubles.put(name, runtime.trouble()));
    return troubles;
  }

  /** Returns the runtimes that may run an image, the preferred one first. */
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

  /** Returns a runtime's image, or null; asks again only for a file, since jobs make files. */
  public LocalImage find(ImageName image, ContainerRuntime runtime) {
    if (image.isFile) {
      return runtime.find(image);
    }
    Look look = new Look(image, runtime.name());
    return found.computeIfAbsent(look, _ -> Optional.ofNullable(runtime.find(image))).orElse(null);
  }

  /** Records that an image was fetched, so that {@link #find} asks for it again. */
  public void fetched(ImageName image) {
    found.keySet().removeIf(look -> look.image.equals(image));
  }

  /** Returns the runtime that runs an image: the first candidate that works here. */
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

  /** Returns a remark for the user on an image's runtime; empty if there is none. */
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

  /** An image on this machine: the digest of its configuration, or the path of its file. */
  public record LocalImage(Digest id, String file) {}
}
