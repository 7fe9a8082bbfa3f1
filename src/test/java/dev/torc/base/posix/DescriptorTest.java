package dev.torc.base.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptorTest {

  @TempDir Path temp;

  /** As if another program had left standard output non-blocking: a pipe takes 64 KiB at once. */
  @Test
  void aStreamWaitsForAPipeThatDoesNotBlock() throws Exception {
    Path pipe = temp.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    Descriptor full = Descriptor.open(pipe.toString(), true);
    byte[] bytes = new byte[300_000];
    new Random(1).nextBytes(bytes);
    try (InputStream in = Files.newInputStream(pipe)) {
      CompletableFuture<Void> written =
          CompletableFuture.runAsync(
              () -> {
                try {
                  full.stream().write(bytes);
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      assertArrayEquals(bytes, in.readNBytes(bytes.length));
      written.get();
    }
    full.close();
    IOException closed =
        assertThrows(IOException.class, () -> new Descriptor(1 << 30).stream().write(1));
    assertEquals("Bad file descriptor", closed.getMessage());
  }
}
