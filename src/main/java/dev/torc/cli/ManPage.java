package dev.torc.cli;

import dev.torc.cli.Main.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The page torc(1) of the manual, from the same declarations as {@code --help}: commands, options
 * and words are said once. The build of the distribution writes it; torc itself never does.
 */
final class ManPage {

  /** Before a bar stands what is told behind it. */
  private static final String PAGE =
      """
      .TH TORC 1 "" "torc %s" "User Commands"
      .SH "NAME"
      torc \\- build what is not up to date, by the contents of files
      .SH "SYNOPSIS"
      .B torc
      [\\fICOMMAND\\fR] [\\fIOPTION\\fR...] [\\fIARGUMENT\\fR...]
      .SH "DESCRIPTION"
      torc reads a build file, torc.yaml, torc.yml or torc.json here or in the nearest folder above.
      It runs the jobs whose commands, needed files or values changed, whose products are missing or
      altered, or that failed last time, and what follows from them; jobs that do not wait for each
      other run in parallel.
      .PP
      Without a command it is build, and a first word that is no command is a target of that.
      .SH "OPTIONS"
      Everywhere, before or after the command:
      %s.SH "COMMANDS"
      %s.SH "EXIT STATUS"
      .B 0|done: all that was asked for is up to date
      .B 1|a job failed
      .B 2|the command line or the build file is wrong
      .B 3|the environment, or an internal error
      .B 75|another build is at work, and \\-\\-no\\-wait was given
      .BI 128+ n|ended by signal n
      .SH "FILES"
      .I torc.yaml|the build file
      .I .torc|beside it: what torc remembers, and the logs of jobs
      """;

  private ManPage() {}

  /**
   * Writes the page.
   *
   * @param args the file, in a folder that need not be there
   */
  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[0]);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text());
  }

  /** The page, for man(7). */
  static String text() throws IOException {
    Commands commands = new Commands();
    Options everywhere = commands.options("");
    String version = Version.text().replaceFirst("[ ,(].*\\n", "");
    return PAGE.replaceAll("(?m)^(.*)\\|", ".TP\n$1\n")
        .formatted(
            escape(version),
            options(everywhere, Set.of()),
            commands.descriptions().entrySet().stream()
                .map(
                    each ->
                        ".SS \"torc %s\"\n%s\n"
                                .formatted(escape(each.getKey()), escape(capital(each.getValue())))
                            + taken(commands.options(each.getKey()), everywhere.names()))
                .collect(Collectors.joining()));
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
    return options.told().stream()
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
   * Text as roff takes it for itself: hyphens to be copied, backslashes, no sign that begins a
   * request, no character but ASCII.
   */
  static String escape(String text) {
    String escaped = text.replace("\\", "\\e").replace("-", "\\-").replaceFirst("^[.']", "\\\\&$0");
    return escaped
        .codePoints()
        .mapToObj(c -> c < 128 ? Character.toString(c) : "\\[u%04X]".formatted(c))
        .collect(Collectors.joining());
  }
}
