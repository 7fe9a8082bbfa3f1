package dev.torc.front.cli;

import static dev.torc.Generated.code;
import static dev.torc.Generated.head;
import static dev.torc.Generated.row;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Generated;
import dev.torc.Page;
import dev.torc.front.session.Exit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.OptionSpec;

/** The pages of commands, made of the declarations of {@code --help} or held against them. */
class CommandsPageTest {

  private static final Commands COMMANDS = new Commands();

  /** An option in a code span: {@code `-j N`}, {@code `--dry-run`}. */
  private static final Pattern OPTION = Pattern.compile("`(--?[A-Za-z][a-z-]*)[^`]*`");

  @Test
  void everyCommandHasItsSynopsisAndItsOptionsOnOnePage() throws Exception {
    List<String> told = Generated.check("options", (page, command) -> options(command));
    Set<String> all = new TreeSet<>(COMMANDS.descriptions().keySet());
    all.add(""); // the options of all commands
    assertEquals(all.stream().toList(), told.stream().sorted().toList());
  }

  private static String options(String command) {
    Options options = COMMANDS.options(command);
    Set<String> everywhere = COMMANDS.options("").names();
    String words =
        options.words().stream()
            .map(word -> row(code(word.paramLabel()), String.join(" ", word.description())))
            .collect(Collectors.joining());
    Set<String> ofBuild =
        COMMANDS.options("build").specs().stream()
            .filter(each -> !command.equals("build") && !everywhere.contains(each.longestName()))
            .map(CommandsPageTest::line)
            .collect(Collectors.toSet());
    String rows =
        options.specs().stream()
            .filter(each -> command.isEmpty() || !everywhere.contains(each.longestName()))
            .filter(each -> !ofBuild.contains(line(each)))
            .map(CommandsPageTest::line)
            .collect(Collectors.joining());
    String asBuild =
        options.specs().stream()
            .filter(each -> ofBuild.contains(line(each)))
            .map(each -> code(each.longestName()))
            .collect(Collectors.joining(", "));
    if (command.isEmpty()) {
      return head("option", "description") + rows;
    }
    String synopsis =
        options.words().stream()
            .map(
                word -> {
                  String name = word.paramLabel() + (word.arity().max() > 1 ? "…" : "");
                  return word.required() ? name : "[" + name + "]";
                })
            .collect(Collectors.joining(" "));
    String what = COMMANDS.descriptions().get(command);
    return "    torc %s [OPTION…] %s".formatted(command, synopsis).stripTrailing()
        + "\n\n%s%s.\n".formatted(what.substring(0, 1).toUpperCase(), what.substring(1))
        + ((words + rows).isEmpty()
            ? ""
            : "\n"
                + head(words.isEmpty() ? "option" : "argument or option", "description")
                + words
                + rows)
        + (asBuild.isEmpty() ? "" : "\nAs in [`torc build`](build.md): " + asBuild + ".\n");
  }

  private static String line(OptionSpec option) {
    return row(names(option), String.join(" ", option.description()));
  }

  private static String names(OptionSpec option) {
    String value = option.arity().max() == 0 ? "" : " " + option.paramLabel();
    String shown =
        option.arity().min() == 0 && !value.isEmpty() ? " [" + value.strip() + "]" : value;
    String[] names = option.names();
    return Stream.of(names)
        .map(name -> code(name + (name.equals(names[names.length - 1]) ? shown : "")))
        .collect(Collectors.joining(", "));
  }

  @Test
  void theTableOfCommandsLeadsToTheirPages() throws Exception {
    assertEquals(List.of(""), Generated.check("commands", (page, none) -> commands()));
  }

  private static String commands() {
    return head("command", "description")
        + COMMANDS.descriptions().entrySet().stream()
            .map(
                each ->
                    row(
                        "[" + code(each.getKey()) + "](" + place(each.getKey()) + ")",
                        each.getValue()))
            .collect(Collectors.joining());
  }

  /** Returns where a command is told of: a page of its own, or a part of one. */
  private static String place(String command) {
    for (Page page : pages()) {
      String anchor = "torc-" + command;
      String file = page.name();
      if (page.anchors().contains(anchor)) {
        return page.anchors().getFirst().equals(anchor) ? file : file + "#" + anchor;
      }
    }
    throw new AssertionError("no page has the heading torc " + command);
  }

  private static List<Page> pages() {
    try {
      return Page.below("commands");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void everyOptionThatThePagesNameIsThere() {
    Set<String> known =
        COMMANDS.descriptions().keySet().stream()
            .flatMap(name -> COMMANDS.options(name).names().stream())
            .collect(Collectors.toSet());
    for (Page page : pages()) {
      Set<String> told = new TreeSet<>();
      OPTION.matcher(page.prose()).results().forEach(found -> told.add(found.group(1)));
      told.removeAll(known);
      assertEquals(Set.of(), told, page.file().toString());
    }
  }

  @Test
  void everyExitStatusIsTold() throws Exception {
    String section = Page.of("commands/environment.md").prose();
    for (int status : new int[] {Exit.DONE, Exit.FAILED, Exit.USAGE, Exit.TROUBLE, Exit.LOCKED}) {
      assertTrue(section.contains("\n| " + status + " |"), "status " + status);
    }
    assertTrue(section.contains(String.valueOf(Exit.PIPE)), section);
  }
}
