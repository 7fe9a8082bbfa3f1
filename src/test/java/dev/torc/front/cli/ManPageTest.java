package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.front.session.Exit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of the manual: all of the help, nothing else, and roff that no tool complains of. */
class ManPageTest {

  @TempDir Path temp;

  /** The text between the head of a part and the next one. */
  private static String part(String page, String head) {
    int from = page.indexOf(head + "\n");
    assertTrue(from >= 0, head);
    int to = page.indexOf("\n.S", from + head.length());
    return page.substring(from, to < 0 ? page.length() : to);
  }

  private static Set<String> options(String part) {
    Set<String> found = new TreeSet<>();
    Pattern.compile("\\\\fB(\\\\-[^\\\\]*(?:\\\\-[^\\\\]*)*)\\\\fR")
        .matcher(part)
        .results()
        .map((MatchResult one) -> one.group(1).replace("\\-", "-"))
        .forEach(found::add);
    return found;
  }

  @Test
  void eachCommandHasItsOptionsWithTheirMeaning() throws IOException {
    String page = ManPage.text();
    Set<String> everywhere = options(part(page, ".SH \"OPTIONS\""));
    assertTrue(everywhere.containsAll(Set.of("-f", "--file", "--json", "-h")), "" + everywhere);
    List<String> wrong = new ArrayList<>();
    new Commands()
        .descriptions()
        .keySet()
        .forEach(
            name -> {
              Options declared = new Commands().options(name);
              String part = part(page, ".SS \"torc " + name + "\"");
              Set<String> own = new TreeSet<>(declared.names());
              own.removeAll(everywhere);
              if (!own.equals(options(part))) {
                wrong.add(name + " has " + own + ", the page " + options(part));
              }
              declared.specs().stream()
                  .filter(option -> own.contains(option.longestName()))
                  .map(option -> ManPage.escape(option.description()[0]))
                  .filter(meaning -> !part.contains(meaning))
                  .forEach(wrong::add);
            });
    assertEquals(List.of(), wrong);
  }

  @Test
  void everyExitStatusIsTold() throws IOException {
    String part = part(ManPage.text(), ".SH \"EXIT STATUS\"");
    for (int status : new int[] {Exit.DONE, Exit.FAILED, Exit.USAGE, Exit.TROUBLE, Exit.LOCKED}) {
      assertTrue(part.contains("\n.B " + status + "\n"), "status " + status);
    }
  }

  @Test
  void charactersOfRoffAreEscaped() {
    assertEquals("a\\eb \\-\\-c\\[u2026]", ManPage.escape("a\\b --c…"));
  }

  @Test
  void groffFindsNothingWrong() throws Exception {
    Path page = temp.resolve("share/man/man1/torc.1");
    ManPage.main(new String[] {page.toString()});
    Process groff =
        new ProcessBuilder("sh", "-c", "groff -man -Tascii -ww -z \"$0\"", page.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(groff.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assumeTrue(groff.waitFor() != 127, "groff is not installed");
    assertEquals("", said);
    assertEquals(ManPage.text(), Files.readString(page));
  }
}
