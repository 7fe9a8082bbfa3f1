package dev.torc.pages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A page in a headless Chromium that reaches no network, with what the test of an HTML file does
 * with it and asks of it. A test class starts one in {@code @BeforeAll}; several do not disturb
 * each other. The page begins with 1280 × 800 pixels, in light colours and with motion.
 */
final class Browser implements AutoCloseable {

  /** Gives the point to click for an element: the only match, shown, and not below another. */
  private static final String PLACE =
      """
      (css => {
        const found = document.querySelectorAll(css);
        if (found.length !== 1) throw new Error(`${found.length} elements for ${css}`);
        found[0].scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
        const box = found[0].getClientRects()[0];
        if (!box) throw new Error(`${css} is not shown`);
        const x = box.x + box.width / 2, y = box.y + box.height / 2;
        const top = document.elementFromPoint(x, y);
        if (!found[0].contains(top)) {
          throw new Error(`${css} is below ${top ? top.outerHTML.slice(0, 100) : 'nothing'}`);
        }
        return [x, y];
      })(%s)
      """;

  private static final String AXE =
      """
      axe.run(document, {resultTypes: ['violations']}).then(found => found.violations.flatMap(
        law => law.nodes.map(node => `${law.id}: ${node.target.join(' ')}: ${law.help} (${
          [...node.any, ...node.all, ...node.none].map(each => each.message).join('; ')})`)))
      """;

  private final Chromium chromium;
  private final Map<String, String> media = new HashMap<>();
  private DevTools tools;

  /** The id of the request for the open page itself. */
  private String own = "";

  private Browser(Chromium chromium) {
    this.chromium = chromium;
  }

  /** Starts a browser; skips the test where none is installed or none can start. */
  static Browser start() throws Exception {
    Browser browser = new Browser(Chromium.start(Chromium.installed(System.getenv())));
    try {
      browser.tools = DevTools.connect(browser.chromium.address());
      for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
        browser.tools.call(domain + ".enable");
      }
      browser.tools.call("Page.setLifecycleEventsEnabled", Map.of("enabled", true));
      browser.tools.call("Emulation.setFocusEmulationEnabled", Map.of("enabled", true));
      browser.resize(1280, 800);
      browser.darkTheme(false);
      browser.reducedMotion(false);
      return browser;
    } catch (Throwable e) {
      browser.close();
      throw e;
    }
  }

  /** Opens a file, and waits until it has loaded; errors of the page before are forgotten. */
  void open(Path file) throws Exception {
    tools.call("Page.navigate", Map.of("url", "about:blank"));
    tools.forget();
    JsonNode page = tools.call("Page.navigate", Map.of("url", file.toUri().toString()));
    if (page.has("errorText")) {
      throw new AssertionError(file + ": " + page.get("errorText").textValue());
    }
    own = page.get("loaderId").textValue();
    tools.awaitEvent(
        "load of " + file,
        event ->
            event.at("/params/name").asText().equals("load")
                && event.at("/params/loaderId").asText().equals(own));
  }

  /**
   * The value of an expression, or of its promise once that is kept.
   *
   * @return never null; a missing node for undefined
   * @throws AssertionError when the expression throws
   */
  JsonNode evaluate(String js) throws Exception {
    JsonNode answer =
        tools.call(
            "Runtime.evaluate",
            Map.of("expression", js, "awaitPromise", true, "returnByValue", true));
    if (answer.has("exceptionDetails")) {
      throw new AssertionError(thrown(answer.get("exceptionDetails")));
    }
    return answer.at("/result/value");
  }

  /**
   * What went wrong in the page since it was opened: calls of console.error and console.assert,
   * exceptions, what the browser refused, and each request, answered or not, but for the file
   * itself and what it holds ({@code data:}, {@code blob:}). Requests of a worker and preconnects
   * are not seen; they reach no server either.
   */
  List<String> consoleErrors() throws Exception {
    // The events that the page sent before this answer have arrived with it.
    evaluate("0");
    List<String> errors = new ArrayList<>();
    for (JsonNode event : tools.events()) {
      JsonNode told = event.get("params");
      switch (event.get("method").textValue()) {
        case "Runtime.consoleAPICalled" -> {
          if (List.of("error", "assert").contains(told.get("type").textValue())) {
            List<String> words = new ArrayList<>();
            told.get("args").forEach(each -> words.add(words(each)));
            errors.add("console." + told.get("type").textValue() + ": " + String.join(" ", words));
          }
        }
        case "Runtime.exceptionThrown" -> errors.add(thrown(told.get("exceptionDetails")));
        case "Log.entryAdded" -> {
          JsonNode entry = told.get("entry");
          // A request that failed is told below.
          if (entry.get("level").textValue().equals("error")
              && !entry.get("source").textValue().equals("network")) {
            errors.add("refused: " + entry.get("text").textValue());
          }
        }
        case "Network.requestWillBeSent" -> {
          String url = told.at("/request/url").textValue();
          if (!told.get("requestId").textValue().equals(own)
              && !url.startsWith("data:")
              && !url.startsWith("blob:")) {
            errors.add("request: " + url);
          }
        }
        case "Network.webSocketCreated" -> errors.add("request: " + told.get("url").textValue());
        default -> {}
      }
    }
    return errors;
  }

  private static String words(JsonNode value) {
    return value.has("value") ? value.get("value").asText() : value.path("description").asText();
  }

  private static String thrown(JsonNode details) {
    return details.get("text").textValue() + ": " + words(details.path("exception"));
  }

  /** Presses keys one after the other, named as in {@link KeyPress}. */
  void press(String... keys) throws Exception {
    for (String key : keys) {
      for (Map<String, Object> event : KeyPress.of(key).events()) {
        tools.call("Input.dispatchKeyEvent", event);
      }
    }
  }

  /** Presses the key of each character. */
  void type(String text) throws Exception {
    press(text.codePoints().mapToObj(Character::toString).toArray(String[]::new));
  }

  /** Clicks the middle of an element: the only one of a selector, shown, and not below another. */
  void click(String css) throws Exception {
    JsonNode place = evaluate(PLACE.formatted(TextNode.valueOf(css)));
    for (String type : List.of("mouseMoved", "mousePressed", "mouseReleased")) {
      Map<String, Object> event = new HashMap<>(Map.of("type", type, "x", place.get(0)));
      event.put("y", place.get(1));
      if (!type.equals("mouseMoved")) {
        event.putAll(Map.of("button", "left", "clickCount", 1));
      }
      tools.call("Input.dispatchMouseEvent", event);
    }
  }

  /** Gives the page another size, in pixels. */
  void resize(int width, int height) throws Exception {
    tools.call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  /** Sets whether the page sees a user that prefers dark colours. */
  void darkTheme(boolean dark) throws Exception {
    media("prefers-color-scheme", dark ? "dark" : "light");
  }

  /** Sets whether the page sees a user that prefers less motion. */
  void reducedMotion(boolean reduced) throws Exception {
    media("prefers-reduced-motion", reduced ? "reduce" : "no-preference");
  }

  private void media(String feature, String value) throws Exception {
    media.put(feature, value);
    tools.call(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            media.entrySet().stream()
                .map(each -> Map.of("name", each.getKey(), "value", each.getValue()))
                .toList()));
  }

  /** Writes what is in sight as a PNG. */
  void screenshot(Path png) throws Exception {
    JsonNode shot = tools.call("Page.captureScreenshot", Map.of("format", "png"));
    Files.write(png, Base64.getDecoder().decode(shot.get("data").textValue()));
  }

  /**
   * The violations of the rules of axe-core on accessibility and good practice, a line for each
   * element: rule, element, what is wrong. What axe-core cannot judge is left out.
   */
  List<String> axe() throws Exception {
    if (evaluate("typeof axe").textValue().equals("undefined")) {
      try (InputStream script = Browser.class.getResourceAsStream("/axe.min.js")) {
        evaluate(new String(script.readAllBytes(), StandardCharsets.UTF_8) + "\n;0");
      }
    }
    List<String> found = new ArrayList<>();
    evaluate(AXE).forEach(line -> found.add(line.textValue()));
    return found;
  }

  /** The process ids of the browser and all its children. */
  List<String> processes() {
    return chromium.processes();
  }

  /** Ends the browser; returns when no process of it runs. */
  @Override
  public void close() throws IOException {
    if (tools != null) {
      tools.close();
    }
    chromium.close();
  }
}
