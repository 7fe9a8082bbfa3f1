package dev.torc;

import static dev.torc.features.fetch.WebServer.cut;
import static dev.torc.features.fetch.WebServer.file;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.torc.Sandbox.Going;
import dev.torc.Sandbox.Ran;
import dev.torc.features.fetch.WebServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Section 13, fetch: torc is ended by {@code kill -9} while it downloads. */
class FetchIT {

  private static final String DATA = "some data of another place";

  @TempDir Path temp;

  /** Returns the bytes that have come; 0 without a file. */
  private static long came(Sandbox box) throws IOException {
    Path folder = box.root.resolve(".torc/fetch");
    if (!Files.isDirectory(folder)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> !file.toString().endsWith(".from"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }

  @Test
  void theNextBuildContinuesTheFile() throws Exception {
    try (WebServer web = new WebServer();
        Sandbox box = new Sandbox(temp)) {
      web.on(
          "/x",
          (request, out) -> {
            cut(DATA, 9, "ETag: \"1\"").to(request, out);
            out.flush();
            web.silence().to(request, out);
          },
          file(DATA, "\"1\""));
      box.build("jobs: { get: { fetch: \"%s\", produces: d/x } }".formatted(web.url("/x")));
      Going going = box.start("build");
      Sandbox.until("nine bytes came", () -> came(box) == 9);
      going.signal("KILL");
      going.await();
      assertFalse(box.exists("d/x"));
      Ran ran = box.torc("build");
      assertEquals(0, ran.exit(), ran.err());
      assertEquals(DATA, box.read("d/x"));
      assertEquals("bytes=9-", web.requests.get(1).header("range"));
      assertEquals(0, came(box));
    }
  }

  @Test
  void theNextBuildEndsTheCommandOfAFetcher() throws Exception {
    try (Sandbox box = new Sandbox(temp)) {
      String slow = "echo half > {produces}; echo $$ > pid; : {url}; sleep 1000";
      String yaml = "fetchers: { a: '%s' }\njobs: { get: { fetch: \"a:x\", produces: d/x } }";
      box.build(yaml.formatted(slow));
      Going going = box.start("build");
      String pid = box.awaitLine("pid");
      going.signal("KILL");
      going.await();
      assertFalse(box.exists("d/x"));
      box.build(yaml.formatted("test ! -e {produces} && echo {url} > {produces}"));
      Ran ran = box.torc("build");
      assertEquals(0, ran.exit(), ran.err() + box.read(".torc/logs/get.log"));
      assertFalse(Sandbox.runs(pid));
      assertEquals("a:x\n", box.read("d/x"));
    }
  }
}
