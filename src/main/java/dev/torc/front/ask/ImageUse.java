package dev.torc.front.ask;

import dev.torc.base.text.Amount;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.manifest.MachineInputs;
import dev.torc.core.manifest.MachineInputs.ImageSource;
import dev.torc.core.model.Step;
import dev.torc.front.show.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    private static ImageHere of(Step.Image image, ImageSource.Here here) {
      String identity = here == null || here.id() == null ? null : here.id().hex();
      return new ImageHere(image.name(), identity, here == null ? null : here.file());
    }

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

  static List<ImageUse> of(PlanContext context, int... jobs) {
    MachineInputs around = context.contents().machine();
    Map<ImageHere, Integer> uses = new LinkedHashMap<>();
    for (int job : jobs) {
      context.graph().job(job).runs().steps().stream()
          .map(Step::image)
          .filter(Objects::nonNull)
          .map(image -> ImageHere.of(image, around.image(image)))
          .distinct()
          .forEach(image -> uses.merge(image, 1, Integer::sum));
    }
    return uses.entrySet().stream().map(use -> new ImageUse(use.getKey(), use.getValue())).toList();
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
