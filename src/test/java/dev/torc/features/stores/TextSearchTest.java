package dev.torc.features.stores;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A path is found wherever it lies in a stream, also where a buffer ends within the path. */
class TextSearchTest {

  private static final TextSearch ROOT = new TextSearch("/home/me/é");

  @Test
  void itIsFoundAtEveryPlace() throws IOException {
    byte[] path = "/home/me/é".getBytes(StandardCharsets.UTF_8);
    int border = 1 << 16;
    for (int at = border - 2 * path.length; at < border + path.length; at++) {
      byte[] bytes = new byte[2 * border];
      System.arraycopy(path, 0, bytes, at, path.length);
      assertTrue(ROOT.isIn(new ByteArrayInputStream(bytes), () -> false), "at " + at);
      bytes[at + path.length - 1] ^= 1;
      assertFalse(ROOT.isIn(new ByteArrayInputStream(bytes), () -> false), "at " + at);
    }
  }

  @Test
  void itIsFoundInWhatComesByBytes() throws IOException {
    byte[] bytes = "x/home/me/home/me/é".getBytes(StandardCharsets.UTF_8);
    InputStream slow =
        new ByteArrayInputStream(bytes) {
          @Override
          public synchronized int read(byte[] into, int offset, int length) {
            return super.read(into, offset, Math.min(1, length));
          }
        };
    assertTrue(ROOT.isIn(slow, () -> false));
    assertEquals(-1, slow.read());
  }

  @Test
  void itIsFoundWhereAPlainSearchFindsIt() throws IOException {
    Random random = new Random(7);
    int found = 0;
    for (int i = 0; i < 5_000; i++) {
      String text = text(random, 1 + random.nextInt(4));
      String in = text(random, random.nextInt(60));
      TextSearch search = new TextSearch(text);
      byte[] bytes = in.getBytes(StandardCharsets.UTF_8);
      assertEquals(in.contains(text), search.isIn(new ByteArrayInputStream(bytes), () -> false));
      found += in.contains(text) ? 1 : 0;
    }
    assertTrue(found > 500 && found < 4_500, found + " found");
  }

  private static String text(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append("/aé".charAt(random.nextInt(3)));
    }
    return text.toString();
  }

  @Test
  void nothingHoldsIt() throws IOException {
    assertFalse(ROOT.isIn(InputStream.nullInputStream(), () -> false));
  }

  /** When the build ends, the rest of a large file is not read. */
  @Test
  void theEndOfTheBuildEndsIt() {
    AtomicInteger pieces = new AtomicInteger();
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 0;
          }

          @Override
          public int read(byte[] into, int offset, int length) {
            pieces.incrementAndGet();
            return length;
          }
        };
    assertThrows(IOException.class, () -> ROOT.isIn(endless, () -> pieces.get() > 2));
    assertEquals(3, pieces.get());
  }
}
