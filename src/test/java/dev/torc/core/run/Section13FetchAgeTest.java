package dev.torc.core.run;

import static dev.torc.features.fetch.WebServer.answer;
import static dev.torc.features.fetch.WebServer.cut;
import static dev.torc.features.fetch.WebServer.file;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.features.fetch.WebServer.Request;
import dev.torc.front.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Section 13, fetch: with {@code max_age} the server says whether a product is still its own. */
class Section13FetchAgeTest extends FetchHarness {

  private static final String TIME = "Sat, 28 Nov 2026 20:00:00 GMT";

  private void aging(String path, String age) {
    given(
        "get: { fetch: \"%s\", max_age: %s, produces: d/x }\n".formatted(web.url(path), age)
            + "use: { command: use, needs: d/x, produces: y }");
  }

  /** Builds when the last run is old. */
  private Harness later() {
    long now = System.currentTimeMillis();
    while (System.currentTimeMillis() < now + 3) {
      Thread.onSpinWait();
    }
    return build();
  }

  private String header(int request, String name) {
    return web.requests.get(request).header(name);
  }

  private BasicFileAttributes product() throws IOException {
    return Files.readAttributes(root.resolve("d/x"), BasicFileAttributes.class);
  }

  @Test
  void anUnchangedProductStaysAndItsAgeBeginsAnew() throws IOException {
    web.on("/x", answer(200, DATA, "ETag: W/\"1\"", "Last-Modified: " + TIME), answer(304, ""));
    aging("/x", "1ms");
    build().ran("get", "use");
    BasicFileAttributes before = product();
    later().ran("get");
    assertEquals("too old 1ms", why("get"));
    assertEquals("W/\"1\"", header(1, "if-none-match"));
    assertEquals("", header(1, "if-modified-since"));
    assertEquals(before.fileKey(), product().fileKey());
    assertEquals(before.lastModifiedTime(), product().lastModifiedTime());
    assertEquals(DATA, read("d/x"));
    assertTrue(log("get").contains("304"), log("get"));
    later().ran("get");
    assertEquals("W/\"1\"", header(2, "if-none-match"));
    String why = Run.of(root, "why", "get").out();
    assertTrue(why.contains("it last ran in build 3"), why);
    aging("/x", "1h");
    later().ran();
    assertEquals(3, web.requests.size());
  }

  @Test
  void otherBytesReplaceTheProductWithoutAWarning() throws IOException {
    web.on(
        "/x",
        answer(200, DATA, "ETag: \"1\""),
        answer(200, DATA + 2, "ETag: \"2\""),
        answer(304, ""));
    aging("/x", "1ms");
    build();
    later().ran("get", "use");
    assertEquals(DATA + 2, read("d/x"));
    assertEquals(List.of(), notes());
    assertFalse(json("check").path("warnings").toString().contains("sha256"));
    later().ran("get");
    assertEquals("\"2\"", header(2, "if-none-match"));
  }

  @Test
  void withoutATagTheTimeOfTheFileAsks() {
    web.on("/x", answer(200, DATA, "Last-Modified: " + TIME), answer(304, ""));
    aging("/x", "1ms");
    build();
    later().ran("get");
    assertEquals(TIME, header(1, "if-modified-since"));
    assertEquals(DATA, read("d/x"));
  }

  /** Each of these is another file than the one of the tag, so the server is not asked by it. */
  @Test
  void aModifiedMissingOrForcedProductIsFetchedWhole() {
    web.on("/x", answer(200, DATA, "ETag: \"1\""));
    aging("/x", "1ms");
    build();
    edit("d/x", "mine");
    later().ran("get");
    assertEquals("mine", read(".torc/kept/2/d/x"));
    assertEquals(DATA, read("d/x"));
    delete("d/x");
    later().ran("get");
    force = true;
    later();
    force = false;
    web.on("/z", answer(200, DATA, "ETag: \"1\""));
    aging("/z", "1ms");
    later().ran("get");
    assertEquals(5, web.requests.size());
    for (Request each : web.requests) {
      assertEquals("", each.header("if-none-match"));
    }
  }

  /** The server's answer is about the bytes of before. */
  @Test
  void aProductThatIsEditedMeanwhileStaysTheUsers() {
    web.on(
        "/x",
        answer(200, DATA, "ETag: \"1\""),
        (request, out) -> {
          edit("d/x", "mine");
          answer(304, "").to(request, out);
        },
        (request, out) -> {
          edit("d/x", "mine too");
          answer(200, DATA + 2, "ETag: \"2\"").to(request, out);
        });
    aging("/x", "1ms");
    build();
    later();
    assertEquals("d/x changed while torc asked for it; build again", what("get"));
    assertEquals("mine", read("d/x"));
    later().ran("get", "use");
    assertEquals(DATA + 2, read("d/x"));
    assertEquals("mine", read(".torc/kept/2/d/x"));
    assertEquals("mine too", read(".torc/kept/3/d/x"));
  }

  @Test
  void afterAFailureTheFileOfBeforeStaysAndIsAskedForAgain() {
    web.on("/x", answer(200, DATA, "ETag: \"1\""), answer(404, ""), answer(304, ""));
    aging("/x", "1ms");
    build();
    later();
    assertEquals(JobState.FAILED, state("get"));
    assertEquals(JobState.BLOCKED, state("use"));
    assertEquals(DATA, read("d/x"));
    later().ran("get");
    assertEquals("\"1\"", header(2, "if-none-match"));
  }

  @Test
  void aCutFileOfAnotherVersionIsContinuedAndNotAskedFor() {
    web.on(
        "/x",
        answer(200, DATA, "ETag: \"1\""),
        cut(DATA + 2, 9, "ETag: \"2\""),
        file(DATA + 2, "\"2\""));
    aging("/x", "1ms");
    build();
    later().ran("get", "use");
    assertEquals(DATA + 2, read("d/x"));
    assertEquals("bytes=9-", header(2, "range"));
    assertEquals("", header(2, "if-none-match"));
  }

  @Test
  void anAnswerToNoQuestionIsAFailure() {
    web.on("/x", answer(304, ""));
    aging("/x", "1ms");
    build();
    failed(web.url("/x") + ": status 304");
  }

  @Test
  void aFileWithADigestIsNotAskedFor() {
    web.on("/a", answer(200, "a", "ETag: \"1\""));
    web.on("/b", answer(200, "b", "ETag: \"2\""), answer(304, ""));
    given(
        "get: { fetch: { a: %s, b: %s }, sha256: { a: %s }, max_age: 1ms, produces: { a: d/a, b: d/b } }"
            .formatted(web.url("/a"), web.url("/b"), sha("a")));
    build().ran("get");
    later().ran("get");
    assertEquals(List.of("/a", "/b", "/b"), web.requests.stream().map(Request::target).toList());
    given(
        "get: { fetch: \"%s\", sha256: %s, max_age: 1ms, produces: d/a }"
            .formatted(web.url("/a"), sha("a")));
    later().ran();
    assertEquals(3, web.requests.size());
  }
}
