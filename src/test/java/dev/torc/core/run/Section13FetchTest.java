package dev.torc.core.run;

import static dev.torc.features.fetch.WebServer.answer;
import static dev.torc.features.fetch.WebServer.cut;
import static dev.torc.features.fetch.WebServer.file;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.Kill;
import dev.torc.core.attempt.JobState;
import dev.torc.features.fetch.WebServer;
import dev.torc.front.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Section 13, fetch: what stories of downloads cannot tell, such as what runs at the same time. */
class Section13FetchTest extends FetchHarness {

  /** Each of these would be an unchecked exception of the client or of a number. */
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
  void otherBytesThanBeforeAnInterruptionAreAWarning() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    web.on(
        "/x",
        answer(200, DATA),
        (request, out) -> {
          begun.countDown();
          web.silence().to(request, out);
        },
        answer(200, DATA + 2));
    fetching("", "/x");
    build();
    force = true;
    Building building = start();
    begun.await();
    building.signal(Kill.INT);
    building.await();
    force = false;
    build();
    fetched(DATA + 2);
    String line = "job get: d/x has other bytes than last time, sha256 %s → %s; add sha256";
    assertEquals(List.of(line.formatted(sha(DATA), sha(DATA + 2))), notes());
  }

  @Test
  void filesOfAnotherBootAreNotContinued() throws IOException {
    web.on("/x", answer(404, ""));
    fetching("", "/x");
    build();
    String name = Digest.ofText(root + "\n" + root.resolve("d/x")).hex().substring(0, 32);
    String url = sha(web.url("/x"));
    edit(".torc/fetch/" + name, "zeros");
    String part = root.resolve(".torc/fetch/" + name).toString();
    edit(".torc/fetch/" + name + ".from", url + " another boot\n" + part + "\n\"1\"\n\n");
    web.on("/x", file(DATA, "\"1\""));
    build();
    fetched(DATA);
    assertEquals("", web.requests.get(1).header("range"));
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
  void proxiesOfTheEnvironmentAreUsed() {
    web.on("http://data.example/x", answer(200, DATA));
    env.put("http_proxy", "http://me:word@127.0.0.1:" + web.port());
    given("get: { fetch: \"http://data.example/x\", produces: d/x }");
    build();
    fetched(DATA);
    assertEquals("Basic bWU6d29yZA==", web.requests.getFirst().header("proxy-authorization"));
    web.on("http://data.example/x", answer(503, "", "Retry-After: 0"));
    force = true;
    build();
    String proxy = "127.0.0.1:" + web.port();
    assertEquals("http://data.example/x by proxy " + proxy + ": status 503 (4 tries)", what("get"));
    web.requests.clear();
    env.put("no_proxy", "other.example, 127.0.0.1");
    web.on("/y", answer(200, DATA + 2));
    fetching("", "/y");
    build();
    fetched(DATA + 2);
    assertEquals("", web.requests.getFirst().header("proxy-authorization"));
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
