package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.features.fetch.WebServer;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Section 13, fetch: files of more than 2 GiB, whose sizes no int holds. */
class Section13FetchLargeTest extends FetchHarness {

  private static final long SIZE = (1L << 31) + 12;
  private static final String LAST = "last";

  @Test
  void aSparseFileIsContinuedBehindTwoGibibytes() throws Exception {
    assumeTrue(
        Files.getFileStore(root).getUsableSpace() > 2 * SIZE,
        "4 GiB must be free, in case that the file system has no sparse files");
    String name = sha(root.resolve("d/x").toString()).substring(0, 32);
    edit(
        ".torc/fetch/" + name + ".from",
        "%s %s\n%s\n\"1\""
            .formatted(sha(web.url("/x")), here.boot(), root.resolve(".torc/fetch/" + name)));
    long from = SIZE - LAST.length();
    try (RandomAccessFile part =
        new RandomAccessFile(root.resolve(".torc/fetch/" + name).toFile(), "rw")) {
      part.setLength(from);
    }
    web.on(
        "/x",
        (_, out) -> {
          String range = "Content-Range: bytes %d-%d/%d".formatted(from, SIZE - 1, SIZE);
          out.write(WebServer.head(206, LAST.length(), "ETag: \"1\"", range));
          out.write(LAST.getBytes(StandardCharsets.US_ASCII));
        });
    given(
        "get: { fetch: \"%s\", sha256: %s, produces: d/x }"
            .formatted(web.url("/x"), zerosThenLast(from)));
    build();
    assertEquals(JobState.RAN, state("get"), () -> notes().toString());
    assertEquals("bytes=%d-".formatted(from), web.requests.getFirst().header("range"));
    assertEquals(SIZE, Files.size(root.resolve("d/x")));
    Files.delete(root.resolve("d/x"));
  }

  private static String zerosThenLast(long zeros) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    byte[] piece = new byte[1 << 20];
    for (long rest = zeros; rest > 0; rest -= piece.length) {
      digest.update(piece, 0, (int) Math.min(rest, piece.length));
    }
    digest.update(LAST.getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().formatHex(digest.digest());
  }
}
