package dev.torc.base.digests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.digests.Hasher.ReadAhead;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ReadAheadTest {

  private static final int SIZE = 2 * ReadAhead.PIECE + 1;

  private static byte[] some() {
    byte[] bytes = new byte[SIZE];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  @Test
  void piecesComeInTheirOrder() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    List<Integer> lengths = new ArrayList<>();
    ReadAhead.each(
        new ByteArrayInputStream(some()),
        (bytes, length) -> {
          all.write(bytes, 0, length);
          lengths.add(length);
        });
    assertArrayEquals(some(), all.toByteArray());
    assertEquals(List.of(ReadAhead.PIECE, ReadAhead.PIECE, 1), lengths);
  }

  @Test
  void theNextPieceIsReadWhileOneIsTaken() throws IOException {
    CountDownLatch second = new CountDownLatch(1);
    InputStream then =
        new ByteArrayInputStream(new byte[1]) {
          @Override
          public synchronized int read(byte[] bytes, int from, int most) {
            second.countDown();
            return super.read(bytes, from, most);
          }
        };
    InputStream in =
        new SequenceInputStream(new ByteArrayInputStream(new byte[ReadAhead.PIECE]), then);
    ReadAhead.each(in, (_, _) -> await(second)); // else this waits for ever
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aFailureInTheMiddleIsTold() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("input/output error");
          }
        };
    InputStream in = new SequenceInputStream(new ByteArrayInputStream(some()), broken);
    IOException e = assertThrows(IOException.class, () -> ReadAhead.each(in, (_, _) -> {}));
    assertEquals("input/output error", e.getMessage());
  }

  @Test
  void anInterruptLosesNothing() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Thread.currentThread().interrupt();
    ReadAhead.each(
        new ByteArrayInputStream(some()), (bytes, length) -> all.write(bytes, 0, length));
    assertTrue(Thread.interrupted(), "it stays for who is to hear of it");
    assertArrayEquals(some(), all.toByteArray());
  }
}
