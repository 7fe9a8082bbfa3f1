package dev.torc.front.ask;

import dev.torc.base.text.Amount;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.manifest.MachineInputs;
import dev.torc.core.manifest.MachineInputs.ImageSource;
import dev.torc.front.show.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * An image that jobs run in, worded the same in all answers. Whether it has changed is part of a
 * verdict.
 *
 * @param jobs how many jobs run in it
 */
record ImageUse(ImageHere image, int jobs) {

  /**
   * An image as it is here.
   *
   * @param identity the digest of its configuration; null if no runtime has the image here
   * @param file the image's path if it is an apptainer file on this machine; otherwise null
   */
  record ImageHere(String image, String identity, String file) implements Json.Inline {

    /**
     * Returns the name with as much of the identity as the runtimes show: {@code bwa:0.7
     * 716858470f10}.
     */
    private String shown() {
      String where =
          identity != null
              ? " " + identity.substring(0, SHOWN)
              : file == null
                  ? " (not here)"
                  : file.equals(image) ? "" : " (" + SafeText.name(file) + ")";
      return SafeText.name(image) + where;
    }
  }

  /** How many digits of an identity the runtimes show. */
  private static final int SHOWN = 12;

  private record Known(String name, ImageSource.Here here) {}

  static List<ImageUse> of(PlanContext context, int... jobs) {
    MachineInputs around = context.contents().machine();
    Map<Known, Integer> uses = new LinkedHashMap<>();
    for (int job : jobs) {
      context.graph().job(job).runs().steps().stream()
          .filter(step -> step.image() != null)
          .map(step -> new Known(step.image().name(), around.image(step.image())))
          .distinct()
          .forEach(image -> uses.merge(image, 1, Integer::sum));
    }
    return uses.entrySet().stream().map(use -> of(use.getKey(), use.getValue())).toList();
  }

  private static ImageUse of(Known image, int jobs) {
    ImageSource.Here here = image.here == null ? new ImageSource.Here(null, null) : image.here;
    String identity = here.id() == null ? null : here.id().hex();
    return new ImageUse(new ImageHere(image.name, identity, here.file()), jobs);
  }

  static String shown(List<ImageUse> images) {
    return images.stream().map(use -> use.image.shown()).collect(Collectors.joining(", "));
  }

  /** Returns {@code image bwa:0.7 716858470f10: 3 jobs}. */
  String line() {
    return "image " + image.shown() + ": " + Amount.count(jobs, "job");
  }

  /** Returns the images of one job; empty if the job has none. */
  static Optional<List<ImageHere>> ofJob(PlanContext context, int job) {
    return context.graph().job(job).runsInContainers()
        ? Optional.of(of(context, job).stream().map(ImageUse::image).toList())
        : Optional.empty();
  }
}
