package dev.torc.report;

import dev.torc.machine.Amount;
import dev.torc.machine.SafeText;
import dev.torc.syntax.BadInput.Diagnostic;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What {@code torc check} says.
 *
 * @param file name of the build file; null where it cannot be read
 * @param jobs how many it has
 * @param images what they run in
 */
public record CheckAnswer(
    String file,
    int jobs,
    List<ImageUse> images,
    List<Diagnostic> errors,
    List<Diagnostic> warnings)
    implements Answer {

  /** The images and the line that counts. */
  @Override
  public String text(Palette palette) {
    return file == null
        ? ""
        : images.stream().map(image -> image.line() + "\n").collect(Collectors.joining())
            + SafeText.name(file)
            + ": "
            + Amount.count(jobs, "job")
            + (errors.isEmpty() ? "" : ", " + Amount.count(errors.size(), "error"))
            + ", "
            + Amount.count(warnings.size(), "warning")
            + "\n";
  }

  /** The lines for standard error. */
  public List<String> lines(Palette palette) {
    return Stream.concat(
            warnings.stream().map(said -> line(said, palette.yellow("warning: "))),
            errors.stream().map(said -> line(said, palette.red("error: "))))
        .toList();
  }

  /** Place first, then how bad it is, as compilers have it. */
  private static String line(Diagnostic said, String word) {
    String place = said.place().toString();
    return (place.isEmpty() ? "torc" : SafeText.line(place))
        + ": "
        + word
        + SafeText.line(said.message());
  }

  @Override
  public void json(JsonWriter out) {
    out.number("jobs", jobs);
    if (!images.isEmpty()) {
      out.objects("images", images, image -> image.json(out).number("jobs", image.jobs()));
    }
    out.diagnostics("errors", errors).diagnostics("warnings", warnings);
  }
}
