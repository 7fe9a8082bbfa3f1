package dev.torc.report;

import dev.torc.hash.Digest;
import dev.torc.machine.Amount;
import dev.torc.machine.SafeText;
import dev.torc.plan.ImageSource;
import dev.torc.plan.PlanContext;
import dev.torc.plan.Surroundings;
import dev.torc.workflow.Step;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An image that jobs run in, in the words of all answers that tell of images. Whether it counts as
 * changed is for the verdict.
 *
 * @param identity the digest of its configuration; null where no runtime has it here
 * @param file where the image is a file of apptainer's here, its path; else null
 * @param jobs how many run in it
 */
public record ImageUse(String name, Digest identity, String file, int jobs) {

  /** The digits that the runtimes show. */
  private static final int SHOWN = 12;

  private record Known(String name, ImageSource.Here here) {}

  /** The images of some jobs, each once. */
  public static List<ImageUse> of(PlanContext context, int... jobs) {
    Surroundings around = context.contents().around();
    Map<Known, Integer> uses = new LinkedHashMap<>();
    for (int job : jobs) {
      Set<Known> images = new LinkedHashSet<>();
      for (Step step : context.graph().job(job).steps()) {
        if (step.image() != null) {
          images.add(new Known(step.image().name(), around.image(step.image())));
        }
      }
      images.forEach(image -> uses.merge(image, 1, Integer::sum));
    }
    return uses.entrySet().stream().map(use -> of(use.getKey(), use.getValue())).toList();
  }

  private static ImageUse of(Known image, int jobs) {
    ImageSource.Here here = image.here == null ? new ImageSource.Here(null, null) : image.here;
    return new ImageUse(image.name, here.id(), here.file(), jobs);
  }

  /** The name with as much of the identity as the runtimes show: {@code bwa:0.7 716858470f10}. */
  private String shown() {
    String where =
        identity != null
            ? " " + identity.hex().substring(0, SHOWN)
            : file == null
                ? " (not here)"
                : file.equals(name) ? "" : " (" + SafeText.name(file) + ")";
    return SafeText.name(name) + where;
  }

  /** Several on one line. */
  static String shown(List<ImageUse> images) {
    return images.stream().map(ImageUse::shown).collect(Collectors.joining(", "));
  }

  /** A line of its own: {@code image bwa:0.7 716858470f10: 3 jobs}. */
  public String line() {
    return "image " + shown() + ": " + Amount.count(jobs, "job");
  }

  /** The images of one job; {@code images} is left out of a job without any. */
  static void json(JsonWriter out, PlanContext context, int job) {
    if (context.graph().job(job).steps().stream().anyMatch(step -> step.image() != null)) {
      out.objects("images", of(context, job), image -> image.json(out));
    }
  }

  JsonWriter json(JsonWriter out) {
    return out.text("image", name)
        .text("identity", identity == null ? null : identity.hex())
        .text("file", file);
  }
}
