package dev.torc.front.cli;

import dev.torc.base.machine.InstalledTorc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Writes the manual page torc(1). Commands, options and words come from the same declarations as
 * {@code --help}; the rest is in {@code torc.1}, where a bar separates a term from its description.
 * Only the build of the distribution calls this class, never torc itself.
 */
final class ManPage {

  private ManPage() {}

  /** Writes the page to the file named by the first argument, and creates its folder. */
  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[0]);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text());
  }

  /** Returns the page in the format of man(7). */
  static String text() throws IOException {
    Commands commands = new Commands();
    Options everywhere = commands.options("");
    String version = InstalledTorc.version().replaceFirst(" .*", "");
    StringBuilder all = new StringBuilder();
    commands
        .descriptions()
        .forEach(
            (name, what) ->
                all.append(".SS \"torc %s\"\n".formatted(escape(name)))
                    .append(escape(capital(what)) + "\n")
                    .append(taken(commands.options(name), everywhere.names())));
    return Resource.text("torc.1")
        .replaceAll("(?m)^(.*)\\|", ".TP\n$1\n")
        .formatted(escape(version), options(everywhere, Set.of()), all);
  }

  private static String taken(Options options, Set<String> everywhere) {
    return options.words().stream()
            .map(word -> tag(italic(word.paramLabel()), word.description()))
            .collect(Collectors.joining())
        + options(options, everywhere);
  }

  private static String capital(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  private static String options(Options options, Set<String> without) {
    return options.specs().stream()
        .filter(option -> !without.contains(option.longestName()))
        .map(option -> tag(names(option), option.description()))
        .collect(Collectors.joining());
  }

  private static String names(OptionSpec option) {
    String value = option.arity().max() == 0 ? "" : italic(option.paramLabel());
    String shown = option.arity().min() == 0 && !value.isEmpty() ? "[" + value + "]" : value;
    return Stream.of(option.names())
            .map(name -> "\\fB" + escape(name) + "\\fR")
            .collect(Collectors.joining(", "))
        + (shown.isEmpty() ? "" : " " + shown);
  }

  private static String italic(String word) {
    return "\\fI" + escape(word) + "\\fR";
  }

  private static String tag(String tag, String[] description) {
    return ".TP\n" + tag + "\n" + escape(String.join(" ", List.of(description))) + "\n";
  }

  /**
   * Escapes a text so that roff prints it literally: with hyphens that can be copied, escaped
   * backslashes, no leading character that begins a request, and only ASCII.
   */
  static String escape(String text) {
    String escaped = text.replace("\\", "\\e").replace("-", "\\-").replaceFirst("^[.']", "\\\\&$0");
    return escaped
        .codePoints()
        .mapToObj(c -> c < 128 ? Character.toString(c) : "\\[u%04X]".formatted(c))
        .collect(Collectors.joining());
  }
}
