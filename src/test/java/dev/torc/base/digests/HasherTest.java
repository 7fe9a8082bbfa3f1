package dev.torc.base.digests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.Hasher.ReadAhead;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Random;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HasherTest {

  @TempDir Path folder;

  @Test
  void hashesEveryByteOfFilesAroundTheBufferSize() throws IOException {
    Hasher hasher = new Hasher(new StopFlag());
    long total = 0;
    for (int size : new int[] {0, 1, 8191, 8192, 65_535, 65_536, 65_537, 200_000}) {
      byte[] bytes = new byte[size];
      for (int i = 0; i < size; i++) {
        bytes[i] = (byte) (i * 31 + (i >> 8));
      }
      Path file = Files.write(folder.resolve("f" + size), bytes);
      assertEquals(DigestUtils.sha256Hex(bytes), hasher.file(file, size, true).digest().hex());
      total += size;
    }
    assertEquals(total, hasher.bytesRead());
    assertEquals(8, hasher.filesHashed());
  }

  /** As /proc/kmsg: a file of no size by its stamp, whose reads wait. */
  @Test
  void aReadThatWouldWaitFails() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    try (RandomAccessFile writer = new RandomAccessFile(pipe.toFile(), "rw")) {
      assertTrue(writer.getFD().valid());
      IOException failed =
          assertThrows(IOException.class, () -> new Hasher(new StopFlag()).file(pipe, 0, false));
      assertEquals(
          "cannot read " + pipe + ": a read waits for bytes, as of a pipe or device",
          failed.getMessage());
    }
  }

  @Test
  void hashesEveryByteOfFilesThatAreReadAhead() throws IOException {
    for (int more : new int[] {0, 1, ReadAhead.PIECE}) {
      byte[] bytes = new byte[4 * ReadAhead.PIECE + more];
      new Random(more).nextBytes(bytes);
      Path file = Files.write(folder.resolve("large" + more), bytes);
      Hasher hasher = new Hasher(new StopFlag());
      assertEquals(
          DigestUtils.sha256Hex(bytes), hasher.file(file, bytes.length, true).digest().hex());
      assertEquals(bytes.length, hasher.bytesRead());
    }
  }

  @Test
  void aSizeThatIsNotThatOfTheFileAnyMoreCostsNoByte() throws IOException {
    byte[] bytes = "grown or shrunk meanwhile".repeat(1000).getBytes(StandardCharsets.UTF_8);
    Path file = Files.write(folder.resolve("file"), bytes);
    for (long size : new long[] {0, 1, 100, 8191, 8192, 25_001, 1 << 20, 1L << 30}) {
      assertEquals(
          DigestUtils.sha256Hex(bytes),
          new Hasher(new StopFlag()).file(file, size, true).digest().hex());
    }
  }

  @Test
  void anUnreadableFileIsNamedInOneLine() {
    Hasher hasher = new Hasher(new StopFlag());
    assertThrows(NoSuchFileException.class, () -> hasher.file(folder.resolve("none"), 0, true));
    IOException e = assertThrows(IOException.class, () -> hasher.file(folder, 4096, true));
    assertEquals("cannot read " + folder + ": is a directory", e.getMessage());
    assertEquals(0, hasher.filesHashed());
  }
}
