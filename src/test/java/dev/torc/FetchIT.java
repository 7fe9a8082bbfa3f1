package dev.torc;

import static dev.torc.features.fetch.WebServer.cut;
import static dev.torc.features.fetch.WebServer.file;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.Sandbox.Going;
import dev.torc.Sandbox.Ran;
import dev.torc.base.digests.Digest;
import dev.torc.core.memory.ThisHost;
import dev.torc.features.fetch.WebServer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Section 13, fetch: torc is ended by {@code kill -9} while it downloads. */
@Sampled
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("FetchIT") // one of its tests at a time, beside other classes
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
      String yaml = "fetchers: { ab: '%s' }\njobs: { get: { fetch: \"ab:x\", produces: d/x } }";
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
      assertEquals("ab:x\n", box.read("d/x"));
    }
  }

  /** A part of more than 2 GiB, whose size no int holds; sparse, so that it is there at once. */
  @Test
  void aSparseFileIsContinuedBehindTwoGibibytes() throws Exception {
    long from = (1L << 31) + 7;
    try (WebServer web = new WebServer();
        Sandbox box = new Sandbox(temp)) {
      assumeTrue(
          Files.getFileStore(box.root).getUsableSpace() > 2 * from,
          "4 GiB must be free, since the file system may have no sparse files");
      Path product = box.root.resolve("x");
      String name = Digest.ofText(box.root + "\n" + product).hex().substring(0, 32);
      Path part = box.root.resolve(".torc/fetch/" + name);
      String url = Digest.ofText(web.url("/x")).hex();
      String boot = ThisHost.system().boot();
      String state = "%s %s\n%s\n\"1\"\n\n\n%d".formatted(url, boot, part, from + 4);
      box.write(".torc/fetch/" + name + ".from", state);
      try (RandomAccessFile file = new RandomAccessFile(part.toFile(), "rw")) {
        file.setLength(from);
      }
      web.on(
          "/x",
          (_, out) -> {
            String range = "Content-Range: bytes %d-%d/%d".formatted(from, from + 3, from + 4);
            out.write(WebServer.head(206, 4, "ETag: \"1\"", range));
            out.write("last".getBytes(StandardCharsets.US_ASCII));
          });
      box.build("jobs: { get: { fetch: \"%s\", produces: x } }".formatted(web.url("/x")));
      Ran ran = box.torc("build");
      assertEquals(0, ran.exit(), ran.err());
      assertEquals("bytes=%d-".formatted(from), web.requests.getFirst().header("range"));
      try (RandomAccessFile file = new RandomAccessFile(product.toFile(), "r")) {
        assertEquals(from + 4, file.length());
        file.seek(from - 1);
        assertEquals("\0last", file.readLine());
      }
      Files.delete(product);
    }
  }
}
