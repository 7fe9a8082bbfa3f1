package dev.torc.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Page;
import dev.torc.Shipping;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * The site that {@code src/build/site.sh} makes of the pages, as a reader opens it from the disk.
 * The script ends with a failure at each warning. Where it cannot install its tools, the tests are
 * skipped, unless {@code CI} is {@code true}.
 */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("SiteIT")
@Shipping
class SiteIT extends BrowserHarness {

  private static final Pattern USE = Pattern.compile("<(\\w+)[^>]*? (?:href|src)=\"?([^\" >]*)");
  private static final int NO_TOOLS = 69;

  private static Path site;

  @BeforeAll
  static void make() throws Exception {
    site = Path.of("target", "site").toAbsolutePath();
    Path said = site.resolveSibling("site.log");
    int status =
        new ProcessBuilder("bash", "src/build/site.sh")
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start()
            .waitFor();
    String words = Files.readString(said);
    assumeTrue(status != NO_TOOLS || "true".equals(System.getenv("CI")), words);
    assertEquals(0, status, words);
  }

  private static List<Path> files(String ending) throws Exception {
    try (Stream<Path> all = Files.walk(site)) {
      return all.filter(file -> file.toString().endsWith(ending)).toList();
    }
  }

  /** So the site works from a disk, and in any folder of any server. */
  @Test
  void eachLinkLeadsToAPlaceOnTheSiteAndNothingElseIsLoaded() throws Exception {
    List<String> wrong = new ArrayList<>();
    int links = 0;
    for (Path file : files(".html")) {
      for (MatchResult use : USE.matcher(Files.readString(file)).results().toList()) {
        links++;
        if (!(use.group(1).equals("a") && use.group(2).startsWith("https://"))
            && !leads(file, use.group(2))) {
          wrong.add(site.relativize(file) + ": " + use.group());
        }
      }
    }
    assertEquals(List.of(), wrong);
    assertTrue(links > 1000, "only " + links);
  }

  private static boolean leads(Path from, String link) throws Exception {
    String[] parts = link.split("#", 2);
    if (parts[0].startsWith("/") || parts[0].contains(":")) {
      return false;
    }
    Path file = parts[0].isEmpty() ? from : from.resolveSibling(plain(parts[0])).normalize();
    return Files.isRegularFile(file)
        && (parts.length == 1
            || parts[1].isEmpty()
            || Files.readString(file).contains("id=\"" + plain(parts[1]) + "\"")
            || parts[1].startsWith("__"));
  }

  private static String plain(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Test
  void theMenuHasFiveGroupsAndPagesForContributorsStandApart() throws Exception {
    browser.open(site.resolve("index.html"));
    assertEquals(
        "Start,Tutorials,Guides,Reference,Project",
        text(
            "[...document.querySelectorAll('.md-tabs__link')].map(e =>"
                + " e.innerText.trim()).join()"));
    browser.open(site.resolve("design.html"));
    assertEquals(
        "For contributors",
        text(
            "document.querySelector('.md-nav__item--active .md-nav__item--active"
                + " label').innerText"));
  }

  @Test
  void aSearchFindsAPageWithoutAServer() throws Exception {
    Path found = search("retry");
    assertTrue(Files.readString(found).contains("retry"), found.toString());
    String here = "request: " + site.toUri();
    assertEquals(
        List.of(),
        browser.consoleErrors().stream().filter(each -> !each.startsWith(here)).toList());
  }

  /** Words that say nothing count nothing, unless there are no others; short ones match whole. */
  @Test
  void aSearchIsNotLedAwayByShortWords() throws Exception {
    assertEquals(site.resolve("questions.html"), search("force a job"));
    assertEquals(site.resolve("questions.html"), search("only failed"));
    assertEquals(site.resolve("commands/why.html"), search("why"));
  }

  /** The page of the first result. */
  private Path search(String words) throws Exception {
    browser.open(site.resolve("index.html"));
    browser.click(".md-search__input");
    browser.type(words);
    String first = ".md-search-result__item a";
    String page =
        text(
            "new Promise(found => { const look = () => { const first = document.querySelector('%s');"
                    .formatted(first)
                + " first ? found(first.href) : setTimeout(look, 10) }; look() })");
    return Path.of(URI.create(page.replaceFirst("[?#].*", "")));
  }

  @Test
  void theFirstPageIsTheReadmeWithoutMaven() throws Exception {
    browser.open(site.resolve("index.html"));
    String shown = text("document.querySelector('article').innerText");
    assertTrue(!shown.contains("mvn "), shown);
    assertEquals(
        "Data,Code,Cluster",
        text("[...document.querySelectorAll('li > strong')].map(e => e.innerText).join()"));
    assertEquals(
        "images/terminal.svg,images/report.png",
        text(
            "[...document.querySelectorAll('article img')].map(e =>"
                + " e.getAttribute('src')).join()"));
  }

  @Test
  void theButtonCopiesOnlyTheCommandsOfASession() throws Exception {
    browser.open(site.resolve("questions.html"));
    assertEquals(
        """
        cd ~/torc/examples/words
        torc -q
        touch texts/hill.txt count.awk
        torc
        torc build --force top\
        """,
        text("document.querySelector('[data-copy]:has([data-clipboard-target])').dataset.copy"));
  }

  @Test
  void codeHasTheNameOfItsFileAndStaysWholeInTables() throws Exception {
    browser.open(site.resolve("groups.html"));
    assertEquals("lanes.csv", text("document.querySelector('.filename').innerText"));
    assertEquals("normal", text("getComputedStyle(document.querySelector('td code')).wordBreak"));
  }

  private String text(String js) throws Exception {
    return browser.evaluate(js).textValue();
  }

  @Test
  void programsFindAnIndexAndTheMarkdownOfEachPage() throws Exception {
    List<String> listed = Page.read(site.resolve("llms.txt")).links();
    assertTrue(listed.stream().anyMatch(link -> link.endsWith("/skill.md")), listed.toString());
    for (Path file : files(".md")) {
      for (String link : Page.read(file).links()) {
        assertTrue(link.contains("://") || leads(file, link.split("#")[0]), file + ": " + link);
      }
    }
    for (Page page : Page.all()) {
      Path copy = site.resolve(page.name().equals("index.md") ? "all.md" : page.name());
      assertEquals(page.anchors(), Page.read(copy).anchors(), copy.toString());
    }
  }
}
