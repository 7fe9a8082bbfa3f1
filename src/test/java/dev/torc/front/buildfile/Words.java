package dev.torc.front.buildfile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.StepFiles;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.NaturalOrder;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.NumberRange;
import dev.torc.base.syntax.PlaceholderFormat;
import dev.torc.base.syntax.Quantity;
import dev.torc.base.syntax.Quoting;
import dev.torc.base.syntax.ShellText;
import dev.torc.core.model.InstanceName;
import dev.torc.features.groups.PathPattern;
import dev.torc.features.groups.PathPatternTest;
import dev.torc.features.reading.Placeholder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Shows what the small texts in build files mean: patterns, durations, sizes, formats, names. The
 * first word of a step says what its text is; {@code ⏎} stands for a line end. A refusal is written
 * after {@code !}.
 */
final class Words implements StepFiles.Stage {

  @Override
  public void put(String file, String text) {
    throw new AssertionError("words need no files: " + file);
  }

  @Override
  public List<String> say(String step) {
    String kind = step.split(" ")[0];
    String text = step.substring(kind.length()).replaceFirst(" ", "").replace('⏎', '\n');
    try {
      String said = meaning(kind, text, List.of(text.split(" ")));
      return List.of(said.isEmpty() ? "nothing" : StepFiles.shown(said));
    } catch (IllegalArgumentException e) {
      return List.of("! " + e.getMessage());
    }
  }

  private static String meaning(String kind, String text, List<String> words) {
    String first = words.getFirst();
    String last = words.getLast();
    List<String> others = words.subList(1, words.size());
    return switch (kind) {
      case "glob" -> those(others, Glob.of(first)::matches);
      case "sort" -> {
        List<String> sorted = new ArrayList<>(words.reversed());
        sorted.sort(new NaturalOrder());
        yield String.join(" ", sorted);
      }
      case "patterns" -> those(words, Glob::isPattern);
      case "enters" -> those(others, Glob.of(first)::leadsInto);
      case "folder" -> Glob.of(text).fixedPrefix();
      case "overlap" -> {
        boolean overlap = Glob.of(first).overlaps(Glob.of(last));
        assertEquals(overlap, Glob.of(last).overlaps(Glob.of(first)), "the other way round");
        yield overlap + "";
      }
      case "excludes" -> those(others, Glob.of(first)::excludes);
      case "clash" -> Glob.of(first).clashes(Glob.of(last)) + "";
      case "covers" -> Glob.of(first).covers(Glob.of(last)) + "";
      case "duration" -> Duration.ofNanos(Quantity.duration(text)).toString();
      case "size" -> Quantity.size(text) + "";
      case "range" -> String.join(" ", NumberRange.of(first, words.get(1), last, 1000));
      case "format" -> PlaceholderFormat.apply(first, text.substring(first.length() + 1));
      case "match" -> matched(PathPatternTest.match(first), others);
      case "holes" ->
          ShellText.scan(text.replace('@', ShellText.HOLE)).holes().stream()
              .map(quote -> quote.name().substring(0, 1))
              .collect(Collectors.joining());
      case "shell" -> Quoting.isKnown(words) ? "known" : "not known";
      case "key" -> Objects.requireNonNullElse(NearestName.to(text, JobFeatures.JOB), "");
      case "value" -> {
        String value = text.translateEscapes();
        String name = "g/v=" + InstanceName.encode(value);
        assertEquals(value, InstanceName.parse(name).values().get("v"));
        yield name;
      }
      case "placeholders" ->
          Placeholder.split(text, _ -> false).stream().map(Words::part).toList().toString();
      default -> throw new AssertionError(kind);
    };
  }

  private static String those(List<String> words, Predicate<String> fits) {
    return words.stream().filter(fits).collect(Collectors.joining(" "));
  }

  /** Each path that fits, with the values of the names. */
  private static String matched(PathPattern pattern, List<String> paths) {
    return paths.stream()
        .filter(path -> pattern.values(path) != null)
        .map(path -> path + " " + pattern.values(path))
        .collect(Collectors.joining(", "));
  }

  private static String part(Object part) {
    return part instanceof Placeholder hole
        ? hole.toString().replaceFirst("Placeholder", "").replaceFirst(", formats=.*]", "]")
        : "\"" + part + "\"";
  }
}
