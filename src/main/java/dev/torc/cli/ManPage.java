package dev.torc.cli;

import dev.torc.session.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The page torc(1) of the manual, from the same declarations as {@code --help}: commands, options
 * and words are said once. The build of the distribution writes it; torc itself never does.
 */
final class ManPage {

  private static final Map<Integer, String> EXITS = new LinkedHashMap<>();

  static {
    EXITS.put(Exit.DONE, "done: all that was asked for is up to date");
    EXITS.put(Exit.FAILED, "a job failed");
    EXITS.put(Exit.USAGE, "the command line or the build file is wrong");
    EXITS.put(Exit.TROUBLE, "the environment, or an internal error");
    EXITS.put(Exit.LOCKED, "another build is at work, and \\-\\-no\\-wait was given");
  }

  private final StringBuilder page = new StringBuilder();

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
    ManPage made = new ManPage();
    made.write();
    return made.page.toString();
  }

  private void write() throws IOException {
    String version = Version.text().replaceFirst("[ ,(].*\\n", "");
    line(".TH TORC 1 \"\" \"torc " + escape(version) + "\" \"User Commands\"");
    head("NAME");
    line("torc \\- build what is not up to date, by the contents of files");
    head("SYNOPSIS");
    line(".B torc");
    line("[\\fICOMMAND\\fR] [\\fIOPTION\\fR...] [\\fIARGUMENT\\fR...]");
    head("DESCRIPTION");
    text(
        "torc reads a build file, torc.yaml, torc.yml or torc.json here or in the nearest folder"
            + " above. It runs the jobs whose commands, needed files or values changed, whose"
            + " products are missing or altered, or that failed last time, and what follows from"
            + " them; jobs that do not wait for each other run in parallel.");
    line(".PP");
    text("Without a command it is build, and a first word that is no command is a target of that.");
    Options everywhere = Options.of("", new Nothing());
    head("OPTIONS");
    line("Everywhere, before or after the command:");
    everywhere.told().forEach(this::option);
    head("COMMANDS");
    for (var each : Commands.all().entrySet()) {
      command(each.getKey(), each.getValue().get(), everywhere.names());
    }
    head("EXIT STATUS");
    EXITS.forEach(
        (status, meaning) -> {
          line(".TP");
          line(".B " + status);
          line(meaning);
        });
    line(".TP");
    line(".BI 128+ n");
    line("ended by signal n");
    head("FILES");
    line(".TP");
    line(".I torc.yaml");
    line("the build file");
    line(".TP");
    line(".I .torc");
    line("beside it: what torc remembers, and the logs of jobs");
  }

  private void command(String name, Command command, Set<String> everywhere) {
    Options options = Options.of(name, command);
    line(".SS \"torc " + escape(name) + "\"");
    text(
        command.description().substring(0, 1).toUpperCase(Locale.ROOT)
            + command.description().substring(1));
    for (PositionalParamSpec word : options.words()) {
      tag("\\fI" + escape(word.paramLabel()) + "\\fR", word.description());
    }
    for (OptionSpec option : options.told()) {
      if (!everywhere.contains(option.longestName())) {
        option(option);
      }
    }
  }

  private void option(OptionSpec option) {
    StringBuilder names = new StringBuilder();
    for (String name : option.names()) {
      names.append(names.isEmpty() ? "" : ", ").append("\\fB").append(escape(name)).append("\\fR");
    }
    if (option.arity().min() > 0) {
      names.append(" \\fI").append(escape(option.paramLabel())).append("\\fR");
    }
    if (option.arity().min() == 0 && option.arity().max() > 0) {
      names.append(" [\\fI").append(escape(option.paramLabel())).append("\\fR]");
    }
    tag(names.toString(), option.description());
  }

  private void tag(String tag, String[] description) {
    line(".TP");
    line(tag);
    text(String.join(" ", description));
  }

  private void head(String title) {
    line(".SH \"" + title + "\"");
  }

  private void text(String text) {
    String escaped = escape(text);
    line(escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped);
  }

  private void line(String line) {
    page.append(line).append('\n');
  }

  /**
   * Text as roff takes it for itself: hyphens to be copied, backslashes, no character but ASCII.
   */
  static String escape(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              if (c == '\\') {
                out.append("\\e");
              } else if (c == '-') {
                out.append("\\-");
              } else if (c < 128) {
                out.appendCodePoint(c);
              } else {
                out.append("\\[u%04X]".formatted(c));
              }
            });
    return out.toString();
  }

  /** A command with the options that all have. */
  private static final class Nothing extends Command {
    @Override
    String description() {
      return "";
    }

    @Override
    int run(Console console) {
      return Exit.DONE;
    }
  }
}
