package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Page;
import dev.torc.session.Exit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page of commands, held against the commands and options that there are. */
class CommandsPageTest {

  private static final String EVERYWHERE = "everywhere";

  /** An option in a code span: {@code `-j N`}, {@code `--dry-run`}. */
  private static final Pattern OPTION = Pattern.compile("`(--?[A-Za-z][a-z-]*)[^`]*`");

  /** The text under each heading, by the heading in lower case. */
  private static Map<String, String> sections() throws Exception {
    Map<String, String> sections = new LinkedHashMap<>();
    for (String part : Page.of("commands.md").prose().split("(?m)^##? ")) {
      sections.put(part.lines().findFirst().orElse("").toLowerCase(), part);
    }
    return sections;
  }

  private static Set<String> told(String section) {
    Set<String> told = new TreeSet<>();
    OPTION.matcher(section).results().forEach(found -> told.add(found.group(1)));
    return told;
  }

  private static Set<String> options(String command) {
    return new Commands().options(command).names();
  }

  @Test
  void everyCommandHasASectionWithJustItsOptions() throws Exception {
    Map<String, String> sections = sections();
    Set<String> common = options("");
    List<String> wrong = new ArrayList<>();
    new Commands()
        .descriptions()
        .keySet()
        .forEach(
            name -> {
              Set<String> known = new TreeSet<>(options(name));
              Set<String> told = told(sections.getOrDefault(name, ""));
              told.removeAll(common);
              known.removeAll(common);
              if (!sections.containsKey(name) || !known.equals(told)) {
                wrong.add(name + " has " + known + ", the page tells " + told);
              }
            });
    assertEquals(List.of(), wrong);
  }

  @Test
  void theTableOfCommandsIsThatOfTheHelp() throws Exception {
    List<String> told =
        Page.of("commands.md")
            .prose()
            .lines()
            .filter(line -> line.startsWith("| [`"))
            .map(line -> line.replaceFirst("\\| \\[`(\\w+)`].*", "$1"))
            .sorted()
            .toList();
    assertEquals(new Commands().descriptions().keySet().stream().sorted().toList(), told);
  }

  @Test
  void theOptionsOfAllCommandsAreToldOnce() throws Exception {
    assertEquals(new TreeSet<>(options("")), told(sections().get(EVERYWHERE)));
  }

  @Test
  void everyExitStatusIsTold() throws Exception {
    String section = sections().get("exit status");
    for (int status : new int[] {Exit.DONE, Exit.FAILED, Exit.USAGE, Exit.TROUBLE, Exit.LOCKED}) {
      assertTrue(section.contains("\n| " + status + " |"), "status " + status);
    }
    assertTrue(section.contains(String.valueOf(Exit.PIPE)), section);
  }
}
