package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.report.BuildReport;
import dev.torc.report.HtmlReport;
import dev.torc.report.Reports;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The page of a report in a browser, as people use it: by hand, by keys, in both themes. */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("ReportIT")
class ReportIT extends BrowserHarness {

  private static final String READY =
      "new Promise(done => { const look = () => document.documentElement.dataset.ready"
          + " ? done('yes') : setTimeout(look, 10); look(); })";

  private void open(int jobs) throws Exception {
    Path file = temp.resolve("report of " + jobs + ".html");
    if (!Files.exists(file)) {
      write(Reports.of(jobs), file);
    }
    open(file);
  }

  private static void write(BuildReport report, Path file) throws Exception {
    try (Writer out = Files.newBufferedWriter(file)) {
      new HtmlReport(report).write(out);
    }
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
    return text("document.querySelector('#table tbody tr[data-row=\"0\"]').innerText");
  }

  @Test
  void loadsWithoutErrorsAndAsksForNothing() throws Exception {
    open(60);
    assertEquals(List.of(), browser.consoleErrors());
    assertEquals("made <up>: build 7", text("document.querySelector('h1').innerText"));
    assertEquals(
        "0", text("document.querySelectorAll('script:not([type]):not(:last-of-type)').length"));
    assertTrue(text("document.querySelector('#logs pre').innerText").contains("<script>alert(1)"));
  }

  @Test
  void aHundredThousandJobsAreThereAndFewRowsAreMade() throws Exception {
    open(100_000);
    assertEquals(List.of(), browser.consoleErrors());
    assertEquals("100000 of 100000 jobs", text("document.querySelector('#found').innerText"));
    assertTrue(
        browser.evaluate("document.querySelectorAll('#table tbody tr').length").asInt() < 100);
    browser.click("#table tbody tr[data-row='0']");
    browser.press("End");
    assertTrue(
        text("document.activeElement.innerText").contains("s99999"), "the last row has the focus");
  }

  @Test
  void jobsAreFoundSortedAndChosen() throws Exception {
    open(60);
    browser.click("#search");
    browser.type("SAMPLE=S21");
    assertEquals("1 of 60 jobs", text("document.querySelector('#found').innerText"));
    assertTrue(first().startsWith("align/lane=5,sample=s21"), first());
    browser.evaluate("document.querySelector('#search').value = ''");
    browser.evaluate(
        "{ const s = document.querySelector('#state'); s.value = '1'; s.dispatchEvent(new"
            + " Event('change')); }");
    assertEquals("4 of 60 jobs", text("document.querySelector('#found').innerText"));
    browser.evaluate(
        "{ const s = document.querySelector('#state'); s.value = ''; s.dispatchEvent(new"
            + " Event('change')); }");
    browser.evaluate(
        "[...document.querySelectorAll('#jobs th button')].find(b => b.innerText ==="
            + " 'memory').click()");
    assertTrue(first().startsWith("align/lane=2,sample=s58"), first());
    browser.evaluate(
        "[...document.querySelectorAll('#jobs th button')].find(b => b.innerText ==="
            + " 'memory').click()");
    assertEquals(
        "ascending", text("document.querySelectorAll('#jobs th')[6].getAttribute('aria-sort')"));
    browser.click("#table tbody tr[data-row='0']");
    browser.press("ArrowDown");
    browser.press("Enter");
    assertEquals(
        text("document.activeElement.cells[0].innerText"),
        text("document.querySelector('#details h3').innerText"));
  }

  @Test
  void theTimelineAndTheGraphAreUsedByKeys() throws Exception {
    open(60);
    browser.evaluate("document.querySelector('#timeline canvas').focus()");
    browser.press("ArrowDown");
    assertTrue(
        text("document.querySelector('#chosen-span').innerText")
            .startsWith("plain0: ran, began at 0.0 s"));
    browser.press("+");
    browser.press("ArrowRight");
    browser.press("0");
    browser.evaluate("document.querySelector('#graph canvas').focus()");
    browser.press("ArrowDown");
    browser.press("ArrowDown");
    assertEquals(
        "align/lane=1,sample=s1: failed, waits for plain0, is waited for by align/lane=2,sample=s2",
        text("document.querySelector('#chosen-job').innerText"));
    browser.evaluate("document.querySelector('#graph details').open = true");
    assertEquals(
        "7",
        text(
            "new Promise(done => setTimeout(() => done(document.querySelectorAll('#graph table"
                + " tr').length), 50))"),
        "a head and six jobs");
    assertEquals(List.of(), browser.consoleErrors());
  }

  private static final String POINTS =
      "(() => { const c = document.querySelector('%s canvas'); const d = c.getContext('2d')"
          + ".getImageData(0, 0, c.width, c.height).data; let n = 0; for (let i = 0; i < d.length;"
          + " i += 4) if (d[i] === %d && d[i + 1] === %d && d[i + 2] === %d) n++; return n; })()";

  /** Waits until a picture, which is drawn with the next frame, has more points of a colour. */
  private void drawn(String where, int red, int green, int blue, int least) throws Exception {
    String points = POINTS.formatted(where, red, green, blue);
    Sandbox.until(where, () -> browser.evaluate(points).asInt() > least);
  }

  @Test
  void whatWasRestoredHasItsOwnWordAndColour() throws Exception {
    open(60);
    drawn("#graph", 2, 119, 168, 50); // its box
    assertEquals("2restored", text("document.querySelector('.counts .restored').textContent"));
    String colour = "getComputedStyle(document.querySelector('%s'), '%s').%s";
    assertEquals(
        "rgb(2, 119, 168)", text(colour.formatted(".counts .restored", "", "borderLeftColor")));
    browser.evaluate(
        "{ const s = document.querySelector('#state'); s.value = [...s.options].find(o =>"
            + " o.text === 'restored').value; s.dispatchEvent(new Event('change')); }");
    assertEquals("2 of 60 jobs", text("document.querySelector('#found').innerText"));
    assertTrue(first().contains("restored"), first());
    assertTrue(first().contains("from build 3: need in5.csv changed"), first());
    assertEquals(
        "rgb(2, 119, 168)",
        text(colour.formatted("#table td.restored", "::before", "backgroundColor")));
    browser.click("#table tbody tr[data-row='0']");
    String details = text("document.querySelector('#details').innerText");
    assertTrue(details.contains("restored from\nbuild 3\nwhy it would have run\n"), details);
    browser.evaluate("document.querySelector('#graph canvas').focus()");
    browser.press("End");
    assertEquals(
        "plain5: restored, waits for align/lane=4,sample=s4",
        text("document.querySelector('#chosen-job').innerText"));
    assertEquals(List.of(), browser.consoleErrors());
    assertEquals(List.of(), browser.axe());
  }

  @Test
  void whereJobsAreTooManyStagesAreDrawnAndThePageSaysSo() throws Exception {
    Path file = temp.resolve("stages.html");
    write(Reports.staged(), file);
    open(file);
    assertTrue(
        text("document.querySelector('#graph').innerText").contains("so each box is a stage"));
    browser.evaluate("document.querySelector('#graph canvas').focus()");
    browser.press("ArrowDown");
    browser.press("ArrowDown");
    assertEquals(
        "stage 2: 1 failed, 4000 ran", text("document.querySelector('#chosen-job').innerText"));
    browser.evaluate("document.querySelector('#graph details').open = true");
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
  }

  @Test
  void narrowWindowsScrollNothingSideways() throws Exception {
    open(60);
    browser.resize(400, 800);
    try {
      assertTrue(
          browser.evaluate("document.documentElement.scrollWidth").asInt() <= 400,
          "what is wide scrolls by itself");
      assertEquals(List.of(), browser.consoleErrors());
    } finally {
      browser.resize(1280, 800);
    }
  }

  @Test
  void aPictureOfItIsDrawn() throws Exception {
    open(60);
    Path picture = temp.resolve("page.png");
    browser.screenshot(picture);
    assertTrue(Files.size(picture) > 10_000, "an empty page would be smaller");
    // Of the canvas some points have the colour of what ran.
    drawn("#timeline", 47, 125, 59, 100);
  }
}
