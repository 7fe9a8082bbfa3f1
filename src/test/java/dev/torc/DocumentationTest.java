package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What all pages of the documentation have in common, README included. */
class DocumentationTest {

  private static final Path README = Path.of("README.md");

  /** The words of all pages, in steps of 500; pages of new capabilities raise it. */
  private static final int WORDS = 103_500;

  private static List<Page> pages() throws Exception {
    List<Page> pages = new ArrayList<>(Page.all());
    pages.add(Page.read(README));
    pages.add(Page.read(Page.SKILL));
    pages.add(Page.read(Path.of(".github", "CONTRIBUTING.md")));
    for (String example :
        new String[] {"overview", "c-project", "from-make", "words", "cluster", "python"}) {
      pages.add(Page.read(Path.of("examples", example, "README.md")));
    }
    return pages;
  }

  @Test
  void everyLinkLeadsSomewhere() throws Exception {
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (Page page : pages()) {
      for (String link : page.links()) {
        if (link.startsWith("https://")) {
          continue;
        }
        links++;
        String[] parts = link.split("#", 2);
        Path file =
            parts[0].isEmpty() ? page.file() : page.file().resolveSibling(parts[0]).normalize();
        boolean there =
            parts.length == 1
                ? Files.exists(file)
                : Files.isRegularFile(file) && Page.read(file).anchors().contains(parts[1]);
        if (!there) {
          broken.add(page.file() + ": " + link);
        }
      }
    }
    assertEquals(List.of(), broken);
    assertTrue(links > 20, "only " + links + " links");
  }

  @Test
  void shownExamplesAreTheExamples() throws Exception {
    int shown = 0;
    for (Page page : pages()) {
      for (Page.Block block : page.blocks()) {
        String example = block.notes().get("example");
        if (example != null) {
          String text = Files.readString(Path.of("examples").resolve(example));
          assertEquals(text, block.text(), block.where());
          shown++;
        }
      }
    }
    assertTrue(shown > 8, "only " + shown);
  }

  @Test
  void theIndexNamesEveryPageAndTheReadmeNamesTheIndex() throws Exception {
    Page index = Page.of("index.md");
    List<String> links = index.links();
    List<String> unnamed =
        Page.all().stream().map(Page::name).filter(file -> !links.contains(file)).toList();
    assertEquals(List.of("index.md"), unnamed);
    assertTrue(Page.read(README).links().contains(index.file().toString()));
  }

  @Test
  void theFirstPagesOfPeopleAndAgentsAreShort() throws Exception {
    assertTrue(Page.read(README).lines().size() <= 80, "the README");
    assertTrue(Page.read(Page.SKILL).lines().size() <= 150, "the skill");
  }

  /** A page for contributors says so in its first lines, and stands apart in the index. */
  @Test
  void pagesForContributorsStandApart() throws Exception {
    String apart = Page.of("index.md").prose().split("## For contributors")[1];
    for (Page page : Page.all()) {
      String name = page.name();
      String begin = String.join(" ", page.lines().subList(0, Math.min(6, page.lines().size())));
      assertEquals(
          apart.contains("(" + name + ")"), begin.contains("people who change torc"), name);
    }
  }

  @Test
  void wordsOnlyFall() throws Exception {
    int words = 0;
    for (Page page : Page.all()) {
      words += String.join(" ", page.lines()).split("\\s+").length;
    }
    assertTrue(words <= WORDS, words + " words");
  }

  /** Words for persons, metaphors for states, and sentences that have to be read twice. */
  private static final Pattern BANNED =
      Pattern.compile(
          "(?i)\\b(nobody|somebody|anybody|likewise|whoever|as ever|anew|meanwhile|laid"
              + " over|blanks?|unaltered|altered|at work|that which|of those that|what is"
              + " otherwise|not reached|in the place of|goes by|(lies?|stands?)"
              + " (in|on|below|beside|behind|there|where)|go(es)? on|is no"
              + " (need|product|file|reason|attempt|placeholder))\\b");

  @Test
  void pagesForUsersUseTheUsualWords() throws Exception {
    List<String> found = new ArrayList<>();
    for (Page page : pages()) {
      String text =
          page.prose().split("\n## ")[0].contains("people who change") ? "" : page.prose();
      String words = text.replaceAll("\\s+", " ").replaceAll("\\*[^* ][^*]*\\*|`[^`]*`", "");
      BANNED
          .matcher(words)
          .results()
          .forEach(word -> found.add(page.file() + ": " + around(words, word.start())));
    }
    assertEquals(List.of(), found);
  }

  private static String around(String text, int at) {
    return text.substring(Math.max(0, at - 40), Math.min(text.length(), at + 40));
  }

  @Test
  void noPageHasTwoHeadingsOfOneName() throws Exception {
    for (Page page : pages()) {
      assertEquals(
          page.anchors().size(), new HashSet<>(page.anchors()).size(), page.file().toString());
    }
  }
}
