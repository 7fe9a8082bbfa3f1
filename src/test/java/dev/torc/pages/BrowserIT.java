package dev.torc.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sandbox;
import dev.torc.base.posix.FreshProgram;
import java.awt.image.BufferedImage;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** The browser of the tests sees what a page does wrong, and does what a user does. */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("BrowserIT")
class BrowserIT extends BrowserHarness {

  private static final String GOOD =
      """
      <!doctype html>
      <html lang="en">
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy"
        content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:">
      <title>A page</title>
      <style>
        body { background: #fff; color: #000; margin: 0 }
        @media (prefers-color-scheme: dark) { body { background: #000; color: #fff } }
      </style>
      <main>
        <h1>A page</h1>
        <label>Name <input id="name"></label>
        <button id="count" onclick="this.textContent++">0</button>
        <div style="height: 3000px"></div>
        <button id="far" onclick="this.textContent = 'clicked'">far below</button>
        <img alt="a dot" src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">
      </main>
      <script>
        const keys = [];
        document.onkeydown = each => keys.push(each.key + '/' + each.code);
      </script>
      """;

  private Path page(String html) throws Exception {
    return Files.writeString(temp.resolve("päge #1 %41.html"), html);
  }

  private List<String> errorsOf(String body) throws Exception {
    browser.open(page("<!doctype html><meta charset=utf-8><title>x</title>\n<body>" + body + "\n"));
    return browser.consoleErrors();
  }

  @Test
  void aGoodPageHasNoErrors() throws Exception {
    browser.open(page(GOOD));
    assertEquals(List.of(), browser.consoleErrors());
    assertEquals(List.of(), browser.axe());
    assertEquals(List.of(), browser.consoleErrors());
  }

  @Test
  void errorsOfTheConsoleAreSeen() throws Exception {
    assertEquals(
        List.of("console.error: one 2", "console.assert: three"),
        errorsOf(
            "<script>console.log(0); console.error('one', 2); console.assert(0,"
                + " 'three')</script>"));
    assertEquals(List.of(), errorsOf("<script>console.log('the errors before are gone')</script>"));
  }

  @Test
  void exceptionsAreSeen() throws Exception {
    List<String> thrown = errorsOf("<script>none.such</script>");
    assertEquals(1, thrown.size(), thrown.toString());
    assertTrue(thrown.getFirst().startsWith("Uncaught: ReferenceError: none"), thrown.getFirst());
    List<String> broken = errorsOf("<script>Promise.reject(new Error('no'))</script>");
    assertEquals(1, broken.size(), broken.toString());
    assertTrue(broken.getFirst().startsWith("Uncaught (in promise): Error: no"), broken.getFirst());
  }

  @Test
  void aRequestIsAnErrorAndReachesNoServer() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
      String at = "http://127.0.0.1:" + server.getLocalPort();
      assertEquals(
          List.of("request: " + at + "/a.png"), errorsOf("<img alt='' src='" + at + "/a.png'>"));
      assertEquals(
          List.of("request: " + at + "/frame"),
          errorsOf("<iframe src='" + at + "/frame'></iframe>"));
      assertTrue(
          errorsOf("<script>fetch('" + at + "/data').catch(() => {})</script>")
              .contains("request: " + at + "/data"));
      assertTrue(
          errorsOf("<script>new WebSocket('" + at + "/socket')</script>")
              .contains("request: ws" + at.substring(4) + "/socket"));
      server.setSoTimeout(1);
      assertThrows(SocketTimeoutException.class, server::accept);
    }
    assertEquals(
        List.of("request: https://example.org/a.css"),
        errorsOf("<link rel=stylesheet href=https://example.org/a.css>"));
    List<String> beside = errorsOf("<img alt='' src='beside.png'>");
    assertEquals(List.of("request: " + temp.resolve("beside.png").toUri()), beside);
  }

  @Test
  void refusalsByThePolicyOfThePageAreSeen() throws Exception {
    browser.open(page(GOOD.replace("src=\"data:", "src=\"https://example.org/data:")));
    List<String> errors = browser.consoleErrors();
    assertTrue(
        errors.stream().anyMatch(each -> each.contains("Content Security Policy")),
        errors.toString());
  }

  @Test
  void keysArrive() throws Exception {
    browser.open(page(GOOD));
    browser.press("Tab");
    browser.type("Ab 9é");
    assertEquals("Ab 9é", browser.evaluate("document.activeElement.value").textValue());
    browser.press("ArrowLeft", "Backspace", "Home", "x");
    assertEquals("xAb é", browser.evaluate("document.activeElement.value").textValue());
    browser.press("Tab", "Enter", "Space");
    assertEquals("2", browser.evaluate("document.activeElement.textContent").textValue());
    browser.press("Shift+Tab", "Control+a", "Delete");
    assertEquals("", browser.evaluate("document.activeElement.value").textValue());
    assertEquals(
        List.of(
            "Tab/Tab A/KeyA b/KeyB  /Space 9/Digit9 é/ ArrowLeft/ArrowLeft Backspace/Backspace"
                + " Home/Home x/KeyX Tab/Tab Enter/Enter  /Space Tab/Tab a/KeyA Delete/Delete"),
        List.of(browser.evaluate("keys.join(' ')").textValue()));
    assertThrows(IllegalArgumentException.class, () -> browser.press("Entre"));
  }

  @Test
  void clicksArrive() throws Exception {
    browser.open(page(GOOD));
    browser.click("#count");
    browser.click("#count");
    browser.click("#far");
    assertEquals(
        "2 clicked", browser.evaluate("count.textContent + ' ' + far.textContent").textValue());
  }

  @Test
  void aHiddenElementIsNotClicked() throws Exception {
    browser.open(page(GOOD));
    assertTrue(noClick("button").contains("2 elements for button"));
    assertTrue(noClick("#none").contains("0 elements for #none"));
    browser.evaluate("far.hidden = true");
    assertTrue(noClick("#far").contains("#far is not shown"));
    browser.evaluate(
        "document.body.insertAdjacentHTML('beforeend',"
            + " '<p id=above style=\"position: fixed; inset: 0; margin: 0\">')");
    assertTrue(noClick("#count").contains("#count is below <p id=\"above\""));
  }

  private String noClick(String css) {
    return assertThrows(AssertionError.class, () -> browser.click(css)).getMessage();
  }

  @Test
  void evaluateWaitsForPromisesAndThrows() throws Exception {
    browser.open(page(GOOD));
    assertEquals(
        "[1,null,\"b\"]",
        browser.evaluate("new Promise(done => setTimeout(done, 1, [1, null, 'b']))").toString());
    assertTrue(browser.evaluate("undefined").isMissingNode());
    AssertionError thrown =
        assertThrows(AssertionError.class, () -> browser.evaluate("null.length"));
    assertTrue(thrown.getMessage().contains("TypeError"), thrown.getMessage());
    // Only a page in sight has frames.
    assertTrue(browser.evaluate("new Promise(requestAnimationFrame)").isNumber());
  }

  @Test
  void themeAndMotionAreThoseOfTheUser() throws Exception {
    browser.open(page(GOOD));
    String dark = "matchMedia('(prefers-color-scheme: dark)').matches";
    String still = "matchMedia('(prefers-reduced-motion: reduce)').matches";
    assertFalse(browser.evaluate(dark).booleanValue());
    assertFalse(browser.evaluate(still).booleanValue());
    try {
      browser.darkTheme(true);
      browser.reducedMotion(true);
      assertTrue(browser.evaluate(dark).booleanValue());
      assertTrue(browser.evaluate(still).booleanValue());
      assertEquals(0xff000000, pixel(), "the colours of the dark theme");
    } finally {
      browser.darkTheme(false);
      browser.reducedMotion(false);
    }
    assertFalse(browser.evaluate(dark).booleanValue());
    assertEquals(0xffffffff, pixel());
  }

  private int pixel() throws Exception {
    return shot().getRGB(0, 0);
  }

  private BufferedImage shot() throws Exception {
    Path png = temp.resolve("shot.png");
    browser.screenshot(png);
    return ImageIO.read(png.toFile());
  }

  @Test
  void aScreenshotHasTheSizeOfThePage() throws Exception {
    browser.open(page(GOOD));
    try {
      browser.resize(390, 844);
      BufferedImage shot = shot();
      assertEquals("390 × 844", shot.getWidth() + " × " + shot.getHeight());
      assertEquals(390, browser.evaluate("innerWidth").intValue());
    } finally {
      browser.resize(1280, 800);
    }
    BufferedImage shot = shot();
    assertEquals("1280 × 800", shot.getWidth() + " × " + shot.getHeight());
  }

  @Test
  void axeFindsWhatIsWrong() throws Exception {
    browser.open(
        page(
            GOOD.replace("alt=\"a dot\"", "id=\"dot\"")
                .replace("<h1>", "<p id=\"dim\" style=\"color: #eee\">dim</p><h1>")));
    List<String> found = browser.axe().stream().sorted().toList();
    assertEquals(2, found.size(), found.toString());
    assertTrue(found.get(0).startsWith("color-contrast: #dim: "), found.get(0));
    assertTrue(found.get(1).startsWith("image-alt: #dot: "), found.get(1));
  }

  @Test
  void aFileThatIsNotThereIsNotOpened() {
    assertThrows(AssertionError.class, () -> browser.open(temp.resolve("none.html")));
  }

  @Test
  void twoAtOnceAndNothingIsLeftOfTheOneThatEnds() throws Exception {
    browser.open(page(GOOD));
    List<String> processes;
    try (Browser other = Browser.start()) {
      other.open(page(GOOD));
      other.click("#count");
      processes = other.processes();
      assertTrue(processes.size() > 5, processes.toString());
      assertEquals("0", browser.evaluate("count.textContent").textValue());
    }
    assertEquals(List.of(), processes.stream().filter(Sandbox::runs).toList());
    browser.click("#count");
    assertEquals("1", browser.evaluate("count.textContent").textValue());
  }

  @Test
  void withoutABrowserTestsAreSkippedAndFailInCi() {
    Map<String, String> none = Map.of("PATH", temp.toString());
    assertThrows(TestAbortedException.class, () -> Chromium.installed(none));
    Map<String, String> ci = Map.of("PATH", temp.toString(), "CI", "true");
    assertThrows(AssertionFailedError.class, () -> Chromium.installed(ci));
  }

  @Test
  void ifNoBrowserStartsTestsAreSkippedWithItsWords() throws Exception {
    TestAbortedException skipped =
        assertThrows(
            TestAbortedException.class,
            () -> Chromium.start(program("echo 'no room here' >&2; exit 1")));
    assertTrue(skipped.getMessage().contains("no room here"), skipped.getMessage());
    AssertionFailedError failed =
        assertThrows(
            AssertionFailedError.class,
            () -> Chromium.start(program("case $* in *dump-dom*) ;; *) echo bad; exit 1;; esac")));
    assertTrue(failed.getMessage().contains("bad"), failed.getMessage());
  }

  private Path program(String script) throws Exception {
    return FreshProgram.write(temp.resolve("program"), "#!/bin/sh\n" + script + "\n");
  }
}
