package dev.torc.core.run;

import static dev.torc.features.fetch.WebServer.answer;
import static dev.torc.features.fetch.WebServer.cut;
import static dev.torc.features.fetch.WebServer.file;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.Kill;
import dev.torc.features.fetch.WebServer;
import dev.torc.front.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Section 13, fetch: a job downloads its products instead of running a command. */
class Section13FetchTest extends FetchHarness {

  @Test
  void theDigestDecidesAndNotTheUrl() {
    web.on("/x", answer(200, DATA));
    fetching(sha(DATA), "/x");
    build().ran("get", "use");
    fetched(DATA);
    build().ran();
    fetching(sha(DATA), "/moved");
    build().ran();
    fetching(sha("other"), "/x");
    build();
    assertEquals("setting changed command", why("get"));
    assertEquals(JobState.FAILED, state("get"));
    assertEquals(2, web.requests.size());
  }

  @Test
  void withoutADigestTheUrlDecides() {
    web.on("/x", answer(200, DATA));
    web.on("/z", answer(200, DATA + 2));
    fetching("", "/x");
    build().ran("get", "use");
    build().ran();
    assertEquals(1, web.requests.size());
    fetching("", "/z");
    build().ran("get", "use");
    fetched(DATA + 2);
  }

  @Test
  void otherBytesOfTheSameUrlAreAWarningWithBothDigests() throws IOException {
    web.on("/x", answer(200, DATA), answer(200, DATA + 2));
    fetching("", "/x");
    build();
    assertTrue(json("check").path("warnings").toString().contains("add sha256: " + sha(DATA)));
    force = true;
    build();
    fetched(DATA + 2);
    said("d/x has other bytes than last time", sha(DATA), sha(DATA + 2));
    fetching(sha(DATA + 2), "/x");
    assertFalse(json("check").path("warnings").toString().contains("sha256"));
  }

  @Test
  void aFileInPlaceWithTheDigestNeedsNoDownload() {
    fetching(sha(DATA), "/x");
    edit("d/x", DATA);
    build().ran("use");
    build().ran();
    assertEquals(List.of(), web.requests);
    edit("d/x", "mine");
    web.on("/x", answer(200, DATA));
    build().ran("get");
    fetched(DATA);
    assertEquals("mine", read(".torc/kept/2/d/x"));
  }

  @Test
  void aFileWithAnotherDigestFailsTheJobAndIsRemoved() {
    web.on("/x", answer(200, "evil"));
    fetching(sha(DATA), "/x");
    build();
    failed("sha256 is %s, not %s: %s".formatted(sha("evil"), sha(DATA), web.url("/x")));
    assertEquals("", left());
  }

  @Test
  void theNextUrlIsTriedAfterAFailureAndAWrongDigest() {
    web.on("/wrong", answer(200, "evil"));
    web.on("/right", answer(200, DATA));
    fetching(sha(DATA), "/gone", "/wrong", "/right");
    build();
    fetched(DATA);
    assertEquals(3, web.requests.size());
  }

  @Test
  void severalFilesAppearTogether() {
    web.on("/a", answer(200, "a"));
    String jobs =
        "get: { fetch: { b: %s, a: %s }, sha256: { a: %s }, produces: { a: d/a, b: d/b } }"
            .formatted(web.url("/b"), web.url("/a"), sha("a"));
    given(jobs);
    build();
    assertEquals(JobState.FAILED, state("get"));
    assertFalse(Files.exists(root.resolve("d/a")));
    web.on("/b", answer(200, "b"));
    build();
    assertEquals(JobState.RAN, state("get"), () -> notes().toString());
    assertEquals("a", read("d/a"));
    assertEquals("b", read("d/b"));
    assertEquals(
        List.of("/a", "/b", "/b"), web.requests.stream().map(WebServer.Request::target).toList());
  }

  @Test
  void nothingIsAskedOfTheNetworkForAVerdict() {
    web.on("/x", answer(200, DATA));
    given("get: { fetch: \"%s\", max_age: 1ms, produces: d/x }".formatted(web.url("/x")));
    for (int builds = 0; builds < 2; builds++) {
      for (String command : List.of("why get", "build -n", "status", "check")) {
        Run.of(root, command.split(" "));
      }
      assertEquals(builds, web.requests.size());
      build().ran("get");
    }
  }

  @Test
  void otherClientErrorsFailAtOnce() {
    fetching("", "/x");
    build();
    failed(web.url("/x") + ": status 404");
    assertEquals(1, web.requests.size());
  }

  @Test
  void aBusyServerIsAskedFourTimes() {
    web.on("/x", answer(503, "", "Retry-After: 0"));
    fetching("", "/x");
    build();
    failed(web.url("/x") + ": status 503 (4 tries)");
    assertEquals(4, web.requests.size());
    web.on("/x", answer(429, "", "Retry-After: 0"), answer(500, ""), answer(200, DATA));
    build();
    fetched(DATA);
  }

  @Test
  void aServerThatAsksToWaitForHoursFailsTheJob() {
    fetching("", "/x");
    for (String hours : List.of("7200", "9".repeat(30), "Fri, 01 Jan 2100 00:00:00 GMT")) {
      web.on("/x", answer(429, "", "Retry-After: " + hours));
      build();
      failed(web.url("/x") + ": status 429; it asks to wait longer than 10 min");
    }
  }

  @Test
  void aCutFileIsContinuedIfItsStrongTagIsShownAgain() {
    web.on("/x", cut(DATA, 9, "ETag: \"1\""), file(DATA, "\"1\""));
    fetching("", "/x");
    build();
    fetched(DATA);
    assertEquals("bytes=9-", web.requests.get(1).header("range"));
    assertEquals("\"1\"", web.requests.get(1).header("if-range"));
  }

  @Test
  void aCutFileIsContinuedByItsTime() {
    String time = "Last-Modified: Sat, 28 Nov 2026 20:00:00 GMT";
    web.on(
        "/x",
        cut(DATA, 9, "ETag: W/\"1\"", time),
        answer(206, DATA.substring(9), time, "Content-Range: bytes 9-25/26"));
    fetching("", "/x");
    build();
    fetched(DATA);
  }

  @Test
  void aFileThatChangedMeanwhileComesFromTheBeginning() {
    web.on("/x", cut(DATA, 9, "ETag: \"1\""), file("new " + DATA, "\"2\""));
    fetching("", "/x");
    build();
    fetched("new " + DATA);
  }

  @Test
  void withoutAStrongTagAFileComesFromTheBeginning() {
    web.on("/x", cut(DATA, 9, "ETag: W/\"1\""), answer(200, DATA));
    fetching("", "/x");
    build();
    fetched(DATA);
    assertEquals("", web.requests.get(1).header("range"));
  }

  /**
   * Each answer to the request to continue is a wrong one, so the file comes from the beginning.
   */
  @Test
  void aWrongRangeIsNotBelieved() {
    String[] wrong = {
      "Content-Range: bytes 8-25/26\r\nETag: \"1\"",
      "Content-Range: bytes 9-25/26\r\nETag: \"2\"",
      "Content-Range: bytes 9-25/26",
      "ETag: \"1\""
    };
    for (String headers : wrong) {
      web.on(
          "/x",
          cut(DATA, 9, "ETag: \"1\""),
          answer(206, DATA.substring(9), headers),
          answer(200, DATA));
      fetching("", "/x");
      force = true;
      build();
      fetched(DATA);
    }
    web.on("/x", cut(DATA, 9, "ETag: \"1\""), answer(416, ""), answer(200, DATA));
    build();
    fetched(DATA);
  }

  @Test
  void aContinuedFileWithTheWrongDigestIsFetchedOnceMore() {
    web.on(
        "/x", cut("other data, longer", 9, "ETag: \"1\""), file(DATA, "\"1\""), answer(200, DATA));
    fetching(sha(DATA), "/x");
    build();
    fetched(DATA);
    assertEquals(3, web.requests.size());
  }

  @Test
  void aFileThatIsAlwaysCutFailsTheJob() {
    web.on("/x", cut(DATA, 9));
    fetching("", "/x");
    build();
    assertEquals(JobState.FAILED, state("get"));
    assertTrue(what("get").endsWith(" (4 tries)"), what("get"));
    assertEquals(4, web.requests.size());
  }

  @Test
  void aFileLongerThanItsRangeSaidFailsTheJob() {
    web.on(
        "/x",
        cut(DATA, 9, "ETag: \"1\""),
        answer(206, DATA.substring(9), "ETag: \"1\"", "Content-Range: bytes 9-29/30"),
        answer(404, ""));
    fetching("", "/x");
    build();
    failed(web.url("/x") + ": status 404");
  }

  /** Each of these would be an unchecked exception of the client or of a number. */
  @Test
  void numbersThatNoFileHasAreNoInternalErrors() {
    String huge = "9".repeat(30);
    web.on(
        "/x",
        cut(DATA, 9, "ETag: \"1\""),
        answer(206, DATA.substring(9), "ETag: \"1\"", "Content-Range: bytes 9-25/" + huge),
        (_, out) ->
            out.write(("HTTP/1.1 200 X\r\nContent-Length: " + huge + "\r\n\r\n").getBytes()),
        answer(200, DATA));
    fetching("", "/x");
    build();
    fetched(DATA);
    assertTrue(log("get").contains(": invalid answer; trying again"), log("get"));
    assertEquals(4, web.requests.size());
  }

  @Test
  void filesThatAUserWritesMeanwhileAreSetAside() {
    web.on(
        "/x",
        (request, out) -> {
          edit("d/x", "precious");
          answer(200, DATA).to(request, out);
        });
    fetching("", "/x");
    build();
    fetched(DATA);
    assertEquals("precious", read(".torc/kept/1/d/x"));
    said("d/x to .torc/kept/1/d/x");
    web.on(
        "/z",
        (request, out) -> {
          edit("d/x", "more");
          answer(404, "").to(request, out);
        });
    fetching("", "/z");
    build();
    failed(web.url("/z") + ": status 404");
    assertEquals("more", read(".torc/kept/2/d/x"));
  }

  @Test
  void aLinkThatLeadsOutMeanwhileIsNotFollowed(@TempDir Path outside) throws IOException {
    Files.writeString(outside.resolve("x"), "precious");
    web.on(
        "/x",
        (request, out) -> {
          Files.delete(root.resolve("d"));
          Files.createSymbolicLink(root.resolve("d"), outside);
          answer(200, DATA).to(request, out);
        });
    fetching("", "/x");
    build();
    assertEquals(JobState.FAILED, state("get"));
    assertTrue(what("get").contains("neither below the root"), what("get"));
    assertEquals("precious", Files.readString(outside.resolve("x")));
  }

  @Test
  void anInterruptedDownloadIsContinuedByTheNextBuild() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    web.on(
        "/x",
        (request, out) -> {
          cut(DATA, 9, "ETag: \"1\"").to(request, out);
          out.flush();
          begun.countDown();
          web.silence().to(request, out);
        },
        file(DATA, "\"1\""));
    fetching(sha(DATA), "/x");
    Building building = start();
    begun.await();
    while (partSize() != 9) {
      Thread.onSpinWait(); // bytes that have come are soon in the file
    }
    building.signal(Kill.INT);
    building.await();
    assertEquals(JobState.INTERRUPTED, state("get"));
    build();
    fetched(DATA);
    assertEquals("bytes=9-", web.requests.get(1).header("range"));
  }

  @Test
  void filesOfAnotherBootAreNotContinued() throws IOException {
    web.on("/x", answer(404, ""));
    fetching("", "/x");
    build();
    String name = Digest.ofText(root.resolve("d/x").toString()).hex().substring(0, 32);
    String url = sha(web.url("/x"));
    edit(".torc/fetch/" + name, "zeros");
    String part = root.resolve(".torc/fetch/" + name).toString();
    edit(".torc/fetch/" + name + ".from", url + " another boot\n" + part + "\n\"1\"\n");
    web.on("/x", file(DATA, "\"1\""));
    build();
    fetched(DATA);
    assertEquals("", web.requests.get(1).header("range"));
  }

  @Test
  void aDownloadHasATimeLimit() {
    web.on("/x", web.silence());
    given("get: { fetch: %s, produces: x, resources: { runtime: 1s } }".formatted(web.url("/x")));
    build();
    assertEquals(JobState.FAILED, state("get"));
    assertEquals("timed out after 1.0 s", what("get"));
  }

  @Test
  void redirectsAreFollowedAndALoopEnds() {
    web.on("/x", answer(302, "", "Location: /y?a b"));
    web.on("/y?a%20b", answer(200, DATA));
    fetching("", "/x");
    build();
    fetched(DATA);
    web.on("/loop", answer(301, "", "Location: /loop"));
    fetching("", "/loop");
    build();
    failed(web.url("/loop") + ": more than 10 redirects");
    assertEquals(13, web.requests.size());
  }

  @Test
  void aLoginGoesToItsHostOnly() throws IOException {
    try (WebServer other = new WebServer()) {
      other.on("/z", answer(200, DATA));
      web.on("/x", answer(307, "", "Location: /y"));
      web.on("/y", answer(307, "", "Location: " + other.url("/z")));
      given(
          "get: { fetch: \"%s\", produces: d/x }"
              .formatted(web.url("/x").replace("http://", "http://me:word@")));
      build();
      fetched(DATA);
      assertEquals("Basic bWU6d29yZA==", web.requests.get(0).header("authorization"));
      assertEquals("Basic bWU6d29yZA==", web.requests.get(1).header("authorization"));
      assertEquals("", other.requests.getFirst().header("authorization"));
    }
  }

  @Test
  void secretsAreNotShownAndDoNotCount() {
    web.on("/x?token=S3CRET", answer(503, "", "Retry-After: 0"), answer(200, DATA));
    fetching("", "/x?token=S3CRET");
    build();
    fetched(DATA);
    assertTrue(log("get").contains("/x?token=***"), log("get"));
    assertFalse(log("get").contains("S3CRET"));
    fetching("", "/x?token=S3CRET2");
    build().ran();
    fetching("", "/x?token=S3CRET2&v=2");
    build();
    assertFalse((notes() + " " + events).contains("S3CRET"));
  }

  @Test
  void proxiesOfTheEnvironmentAreUsed() {
    web.on("http://data.example/x", answer(200, DATA));
    env.put("http_proxy", "http://me:word@127.0.0.1:" + web.port());
    given("get: { fetch: \"http://data.example/x\", produces: d/x }");
    build();
    fetched(DATA);
    assertEquals("Basic bWU6d29yZA==", web.requests.getFirst().header("proxy-authorization"));
    env.put("no_proxy", "other.example, 127.0.0.1");
    web.on("/y", answer(200, DATA + 2));
    fetching("", "/y");
    build();
    fetched(DATA + 2);
    assertEquals("", web.requests.get(1).header("proxy-authorization"));
  }

  @Test
  void noPlainServerIsOfferedAnotherProtocol() {
    web.on("/x", answer(200, DATA));
    fetching("", "/x");
    build();
    assertEquals("", web.requests.getFirst().header("upgrade"));
    assertEquals("identity", web.requests.getFirst().header("accept-encoding"));
  }

  @Test
  void downloadsTakeNoCpuAndFourRunAtATime() throws Exception {
    limits.put("cpus", 1L);
    CountDownLatch four = new CountDownLatch(4);
    CountDownLatch go = new CountDownLatch(1);
    web.on(
        "/x",
        (request, out) -> {
          four.countDown();
          go.await();
          answer(200, DATA).to(request, out);
        });
    given(
        "busy: { command: busy, produces: b }\n"
            + "get: { fetch: \"%s\", produces: \"d/{n}\", parameters: { n: [1, 2, 3, 4, 5, 6] } }"
                .formatted(web.url("/x")));
    StubRunner.Held busy = hold("busy");
    Building building = start();
    busy.started();
    four.await();
    assertEquals(4, web.requests.size());
    assertEquals(5, underWay().size());
    go.countDown();
    busy.go();
    building.await();
    assertEquals(6, web.requests.size());
  }
}
