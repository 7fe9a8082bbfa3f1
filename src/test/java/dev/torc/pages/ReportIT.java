package dev.torc.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sandbox;
import dev.torc.front.page.Reports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The page of a report in a browser, as people use it: by mouse, by keys, in both themes. */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("ReportIT")
class ReportIT extends BrowserHarness {

  private static final String READY =
      "new Promise(done => { const look = () => document.documentElement.dataset.ready"
          + " ? done('yes') : setTimeout(look, 10); look(); })";

  private void open(int jobs) throws Exception {
    Path file = temp.resolve("report of " + jobs + ".html");
    if (!Files.exists(file)) {
      Reports.write(jobs, file);
    }
    open(file);
  }

  private void open(Path file) throws Exception {
    browser.darkTheme(false);
    browser.open(file);
    assertEquals("yes", browser.evaluate(READY).asText());
  }

  private String text(String js) throws Exception {
    return browser.evaluate(js).asText();
  }

  private String first() throws Exception {
    return text("document.querySelector('#jobs tbody tr').innerText");
  }

  private void sort(String column) throws Exception {
    browser.evaluate(
        "[...document.querySelectorAll('#jobs th button')].find(b => b.innerText === '"
            + column
            + "').click()");
  }

  private void state(String word) throws Exception {
    browser.evaluate(
        "{ const s = document.querySelector('#state'); s.value = [...s.options].find(o => o.text"
            + " === '"
            + word
            + "').value; s.dispatchEvent(new Event('change')); }");
  }

  private String found() throws Exception {
    return text("document.querySelector('#jobs [role=status]').innerText");
  }

  @Test
  void loadsWithoutErrorsAndAsksForNothing() throws Exception {
    open(60);
    assertEquals(List.of(), browser.consoleErrors());
    assertEquals("made <up>", text("document.querySelector('h1').innerText"));
    assertEquals(
        "0", text("document.querySelectorAll('script:not([type]):not(:last-of-type)').length"));
    assertEquals(
        "one\n<script>alert(1)</script> & more\nlast",
        text("document.querySelector('#failed pre').innerText"),
        "a log has its lines, and they are no markup");
  }

  @Test
  void theFirstScreenSaysWhetherItStandsAndAsOfWhen() throws Exception {
    open(60);
    assertEquals(
        "Not up to date: 4 failed, 2 blocked, 2 restored, 16 not run; 36 of 60 jobs are up to"
            + " date.",
        text("document.querySelector('#stand .answer').innerText").substring(1));
    assertTrue(
        text("document.querySelector('#stand').innerText")
            .contains(
                "As of 2023-11-14 22:13 UTC, when the last job ended.\n\n"
                    + "Written 2023-11-14 22:30 UTC by ann on node with torc 1.0 · git commit"
                    + " 0123456789ab, and tracked files differ from it."));
    assertEquals(
        "What failed, Results, Jobs, Graph, Timeline, Resources, History, Events",
        text("[...document.querySelectorAll('h2')].map(h => h.innerText).join(', ')"));
    assertTrue(
        browser.evaluate("document.querySelector('#failed').getBoundingClientRect().top").asInt()
            < 400,
        "what failed is on the first screen");
    assertEquals(
        "Last build: build 7, 2023-11-14 22:13 UTC, took 15.0 s; 2 more jobs are no longer in the"
            + " build file.",
        text("document.querySelector('#timeline > p').innerText"));
  }

  @Test
  void resultsAreShownAndNothingOfThemIsMarkup() throws Exception {
    open(60);
    assertEquals(
        "400",
        text(
            "(async () => { const i = document.querySelector('#results img'); await i.decode();"
                + " return i.naturalWidth; })()"));
    assertEquals("made <up>", text("document.title"), "no script of a picture runs");
    assertEquals("Means", text("document.querySelector('#results .markdown h4').innerText"));
    assertEquals(
        "50", text("document.querySelectorAll('#results .rows tbody tr').length"), "it folds");
    browser.evaluate(
        "[...document.querySelectorAll('#results .rows button')].find(b => b.innerText === 'Show"
            + " all').click()");
    assertEquals("120", text("document.querySelectorAll('#results .rows tbody tr').length"));
    browser.evaluate(
        "[...document.querySelectorAll('#results .rows th button')].find(b => b.innerText ==="
            + " 'loss').click()");
    assertEquals(
        "r119", text("document.querySelector('#results .rows tbody td').innerText"), "by number");
    assertEquals(
        "0", text("document.querySelectorAll('#results script, #results [onerror]').length"));
    assertEquals(List.of(), browser.consoleErrors());
    assertEquals(List.of(), browser.axe());
  }

  /** A script answers messages with what it can do. */
  private static final String FRAMED =
      """
      <!doctype html><title>It</title><p>before</p><a href="#far">down</a>
      <div style="height: 3000px"></div><p id="far">far</p>
      <script>
        document.querySelector('p').textContent = 'drawn "&amp;" <';
        onmessage = event => {
          document.querySelector('a').click();
          const said = [document.querySelector('p').textContent, document.title, scrollY > 1000];
          try { said.push(parent.document.title); } catch (e) { said.push(e.name); }
          try { eval('1'); } catch (e) { said.push(e.name); }
          event.source.postMessage(said.join(), '*');
        };
      </script>
      """;

  private static final String ASK =
      "new Promise(done => { onmessage = e => done(e.data);"
          + " document.querySelector('iframe').contentWindow.postMessage('', '*'); })";

  @Test
  void anHtmlFileRunsInAFrameThatReachesNothing() throws Exception {
    open(Reports.writeFramed(FRAMED, temp.resolve("framed.html")));
    assertEquals(List.of(), browser.consoleErrors());
    assertEquals(List.of(), browser.axe());
    assertEquals("drawn \"&amp;\" <,It,true,SecurityError,EvalError", text(ASK));
  }

  @Test
  void anHtmlFileInAFrameHasNoNetwork() throws Exception {
    String out =
        "<script>const refused = []; addEventListener('securitypolicyviolation', e =>"
            + " refused.push(e.blockedURI)); fetch('https://example.org/a').catch(() => {}); const"
            + " image = new Image(); image.onerror = () => onmessage = e => e.source.postMessage("
            + "refused.sort().join(), '*'); image.src = 'https://example.org/b'; onmessage = e =>"
            + " { image.onerror = () => e.source.postMessage(refused.sort().join(), '*'); }"
            + "</script>";
    open(Reports.writeFramed(out, temp.resolve("network.html")));
    assertEquals("https://example.org/a,https://example.org/b", text(ASK));
    List<String> errors = browser.consoleErrors();
    assertTrue(errors.stream().noneMatch(each -> each.startsWith("request:")), errors.toString());
  }

  @Test
  void valuesHaveATableAndAPlot() throws Exception {
    open(5_000);
    assertEquals(
        "lane, sample, loss, note",
        text("[...document.querySelectorAll('.values th')].map(h => h.innerText).join(', ')"));
    assertEquals(
        "loss of align against lane, 2334 points",
        text("document.querySelector('.values [role=img]').getAttribute('aria-label')"));
    browser.evaluate(
        "{ const s = document.querySelector('#x0'); s.value = 1; s.dispatchEvent(new"
            + " Event('change')); }");
    assertEquals(
        "loss of align against sample, 2334 points",
        text("document.querySelector('.values [role=img]').getAttribute('aria-label')"));
    open(60);
    Sandbox.until(
        "the plot",
        () -> browser.evaluate("document.querySelector('.values canvas') !== null").asBoolean());
    drawn(".values", 29, 95, 168, 100);
    assertEquals(List.of(), browser.consoleErrors());
  }

  @Test
  void valuesOfAJobThatIsOutOfDateAreMarked() throws Exception {
    open(0);
    String known =
        "{ name: ['a', 'b'], states: ['up to date', 'blocked'], state: [0, 1], now: [0, 1],"
            + " texts: ['', 'blocked by c'] }";
    String rows =
        "[...valuesOf("
            + known
            + ", { group: '%s', parameters: [], keys: ['k'], rows: [[0, '1'], [%d, '2']] }, 0)"
            + ".querySelectorAll('tr')].map(row => [...row.children].map(cell => cell.textContent)"
            + ".join('|')).join('; ')";
    assertEquals(
        "job|key|value|state; a|k|1|; b|k|2|⊘out of date: blocked by c",
        text(rows.formatted("", 1)));
    assertEquals("k|state; 1|; 2|⊘out of date: blocked by c", text(rows.formatted("g", 1)));
    assertEquals("k; 1; 2", text(rows.formatted("g", 0)));
  }

  @Test
  void aHundredThousandJobsAreThereAndFewRowsAreMade() throws Exception {
    open(100_000);
    assertEquals(List.of(), browser.consoleErrors());
    assertEquals("100\u202f000 rows, 50 shown", found());
    assertTrue(
        browser.evaluate("document.documentElement.scrollHeight").asInt() < 12_000,
        "its height stays bounded");
    browser.click("#jobs input");
    browser.type("s99999");
    assertTrue(first().contains("s99999"), "a search finds the rest");
  }

  @Test
  void jobsAreFoundSortedAndOpened() throws Exception {
    open(60);
    browser.click("#jobs input");
    browser.type("SAMPLE=S21");
    assertEquals("1 of 60 rows", found());
    assertTrue(first().startsWith("align/lane=5,sample=s21"), first());
    browser.evaluate("document.querySelector('#jobs input').value = ''");
    state("failed");
    assertEquals("4 of 60 rows", found());
    state("all");
    sort("memory");
    assertTrue(first().startsWith("align/lane=2,sample=s58"), first());
    sort("memory");
    assertEquals(
        "ascending", text("document.querySelectorAll('#jobs th')[5].getAttribute('aria-sort')"));
    assertTrue(first().startsWith("plain0"), first());
    browser.evaluate("document.querySelector('#jobs tbody button').focus()");
    browser.press("Enter");
    assertTrue(
        text("document.querySelector('#jobs .detail').innerText").contains("CPUs requested\n2"));
    browser.press("Enter");
    assertEquals("0", text("document.querySelectorAll('#jobs .detail').length"));
  }

  @Test
  void failedJobsComeFirstAndRarelyUsedColumnsAreOff() throws Exception {
    open(60);
    assertTrue(first().contains("failed"), first());
    String titles = "[...document.querySelectorAll('#jobs th')].map(h => h.innerText).join(', ')";
    assertEquals("job, state, began, took, CPUs, memory, reason", text(titles));
    browser.evaluate(
        "[...document.querySelectorAll('#jobs button')].find(b => b.innerText === 'More"
            + " columns').click()");
    assertEquals(
        "job, state, began, waited, took, CPUs, memory, read, written, attempts, reason",
        text(titles));
    assertEquals("align <one>", text("document.querySelector('#failed code').innerText"));
    assertTrue(
        browser.evaluate("document.querySelectorAll('#resources .list tbody tr').length").asInt()
            <= 10);
    assertEquals(List.of(), browser.axe());
  }

  @Test
  void theFirstFigureLeadsAtFullWidth() throws Exception {
    open(60);
    assertEquals("picture lead", text("document.querySelector('#results article').className"));
    assertEquals(
        text("document.querySelector('#results').clientWidth"),
        text("document.querySelector('#results article').offsetWidth"));
  }

  @Test
  void aPrintedPageHasAllRowsOrSaysHowManyAreMissing() throws Exception {
    open(60);
    String rows = "document.querySelectorAll('#jobs tbody tr').length";
    assertEquals("50", text(rows));
    browser.evaluate("dispatchEvent(new Event('beforeprint'))");
    assertEquals("60", text(rows));
    assertEquals("60 rows", found());
    browser.evaluate("dispatchEvent(new Event('afterprint'))");
    assertEquals("50", text(rows));
    open(5_000);
    browser.evaluate("dispatchEvent(new Event('beforeprint'))");
    assertEquals("5000 rows, 3000 of them not printed", found());
  }

  @Test
  void theTimelineAndTheGraphAreUsedByKeys() throws Exception {
    open(60);
    browser.evaluate("document.querySelector('#timeline canvas').focus()");
    browser.press("ArrowDown");
    assertTrue(
        text("document.querySelector('#timeline [role=status]').innerText")
            .startsWith("plain0: ran, began at 0.0 s"));
    browser.press("+");
    browser.press("ArrowRight");
    browser.press("0");
    browser.evaluate("document.querySelector('#graph canvas').focus()");
    browser.press("ArrowDown");
    browser.press("ArrowDown");
    assertEquals(
        "align/lane=1,sample=s1: failed, waits for plain0, needed by align/lane=2,sample=s2",
        text("document.querySelector('#graph [role=status]').innerText"));
    browser.evaluate("document.querySelector('#graph > details').open = true");
    assertEquals(
        "6",
        text(
            "new Promise(done => setTimeout(() => done(document.querySelectorAll('#graph tbody"
                + " tr').length), 50))"));
    assertEquals(List.of(), browser.consoleErrors());
  }

  @Test
  void theFrameOfASmallGraphIsSmall() throws Exception {
    Reports.writeStaged(temp.resolve("stages.html"));
    open(temp.resolve("stages.html"));
    assertEquals("770", text("document.querySelector('#graph canvas').offsetWidth"));
  }

  private static final String POINTS =
      "(() => { const c = document.querySelector('%s canvas'); const d = c.getContext('2d')"
          + ".getImageData(0, 0, c.width, c.height).data; let n = 0; for (let i = 0; i < d.length;"
          + " i += 4) if (d[i] === %d && d[i + 1] === %d && d[i + 2] === %d) n++; return n; })()";

  /** Waits until a picture has more points of a colour; it is drawn with the next frame. */
  private void drawn(String where, int red, int green, int blue, int least) throws Exception {
    String points = POINTS.formatted(where, red, green, blue);
    Sandbox.until(where, () -> browser.evaluate(points).asInt() > least);
  }

  @Test
  void eachStateHasItsOwnWordMarkAndColour() throws Exception {
    open(60);
    drawn("#graph", 27, 108, 168, 50); // the box of a restored job
    state("restored");
    assertEquals("2 of 60 rows", found());
    assertTrue(first().contains("↺restored"), first());
    assertTrue(first().contains("from build 3: need in5.csv changed"), first());
    assertEquals(
        "rgb(27, 108, 168)",
        text("getComputedStyle(document.querySelector('#jobs td .mark')).color"));
    browser.click("#jobs tbody tr:first-child button");
    String details = text("document.querySelector('#jobs .detail').innerText");
    assertTrue(details.contains("restored from\nbuild 3\nreason\n"), details);
    browser.evaluate("document.querySelector('#graph canvas').focus()");
    browser.press("End");
    assertEquals(
        "plain5: restored, waits for align/lane=4,sample=s4",
        text("document.querySelector('#graph [role=status]').innerText"));
    assertEquals(
        "9",
        text("new Set(Object.values(MARKS).map(([, mark]) => mark)).size + 1"),
        "marks differ without colour; ran and up to date are alike");
    assertEquals(List.of(), browser.consoleErrors());
    assertEquals(List.of(), browser.axe());
  }

  @Test
  void tooManyJobsAreDrawnAsStagesAndThePageSaysSo() throws Exception {
    Path file = Reports.writeStaged(temp.resolve("stages.html"));
    open(file);
    assertTrue(
        text("document.querySelector('#graph .help').textContent")
            .contains("so each box is a stage"));
    browser.evaluate("document.querySelector('#graph canvas').focus()");
    browser.press("ArrowDown");
    browser.press("ArrowDown");
    assertEquals(
        "stage 2: 1 failed, 4000 ran",
        text("document.querySelector('#graph [role=status]').innerText"));
    browser.evaluate("document.querySelector('#graph > details').open = true");
    assertEquals(
        "stage 3|2 failed, 4000 ran",
        text(
            "new Promise(done => setTimeout(() => done([...document.querySelectorAll('#graph table"
                + " tr:last-of-type td')].map(cell => cell.innerText).join('|')), 50))"));
    assertEquals(List.of(), browser.consoleErrors());
    assertEquals(List.of(), browser.axe());
  }

  @Test
  void bothThemesAreReadableForAll() throws Exception {
    open(60);
    assertEquals(List.of(), browser.axe());
    browser.darkTheme(true);
    assertEquals(List.of(), browser.axe());
    String dark = text("getComputedStyle(document.body).backgroundColor");
    browser.click("#theme");
    assertTrue(
        !dark.equals(text("getComputedStyle(document.body).backgroundColor")),
        "the button chooses the other");
    assertEquals(List.of(), browser.axe());
  }

  @Test
  void aBuildOfNothingIsAPageToo() throws Exception {
    open(0);
    assertEquals(List.of(), browser.consoleErrors());
    assertEquals(List.of(), browser.axe());
    assertEquals(
        "There are no jobs.",
        text("document.querySelector('#stand .answer').innerText").substring(1));
  }

  @Test
  void narrowWindowsScrollNothingSideways() throws Exception {
    open(60);
    browser.resize(420, 800);
    try {
      assertTrue(
          browser.evaluate("document.documentElement.scrollWidth").asInt() <= 420,
          "what is wide scrolls by itself");
      assertEquals(List.of(), browser.consoleErrors());
    } finally {
      browser.resize(1280, 800);
    }
    assertEquals(
        "true",
        text(
            "(() => { const s = document.querySelector('#resources .scroll'); return s.scrollWidth"
                + " <= s.clientWidth; })()"),
        "the use of groups is whole at 1280");
  }

  @Test
  void aPictureOfItIsDrawn() throws Exception {
    open(60);
    Path picture = temp.resolve("page.png");
    browser.screenshot(picture);
    assertTrue(Files.size(picture) > 10_000, "an empty page would be smaller");
    // Some points of the canvas have the colour of jobs that ran.
    drawn("#timeline", 147, 199, 168, 100);
  }
}
