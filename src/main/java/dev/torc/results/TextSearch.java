package dev.torc.results;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * Looks for a text in bytes of any number, as they are (Horspool): whether a result holds the path
 * of its root. It is not found where it is written in another encoding, or compressed.
 */
final class TextSearch {

  private static final int PIECE = 1 << 16;

  private final byte[] text;

  /** By the last byte in the window: how far the window may go on. */
  private final int[] steps = new int[256];

  /** A text of at least one byte. */
  TextSearch(String text) {
    this.text = text.getBytes(StandardCharsets.UTF_8);
    int last = this.text.length - 1;
    Arrays.fill(steps, this.text.length);
    for (int i = 0; i < last; i++) {
      steps[this.text[i] & 0xff] = last - i;
    }
  }

  /** Whether a text holds it. */
  boolean in(String other) {
    byte[] bytes = other == null ? new byte[0] : other.getBytes(StandardCharsets.UTF_8);
    return in(bytes, bytes.length);
  }

  /**
   * Whether it is among the bytes of a stream, which is read to its end either way.
   *
   * @param stopped whether the user ended the build: asked before each piece
   * @throws IOException where it cannot be read, or the build was ended
   */
  boolean in(InputStream bytes, BooleanSupplier stopped) throws IOException {
    byte[] window = new byte[PIECE + text.length];
    int kept = 0; // of what was read before: a text may begin there
    boolean found = false;
    for (int read = bytes.read(window, kept, PIECE);
        read >= 0;
        read = bytes.read(window, kept, PIECE)) {
      if (stopped.getAsBoolean()) {
        throw new IOException("the build was ended");
      }
      int length = kept + read;
      found = found || in(window, length);
      kept = Math.min(text.length - 1, length);
      System.arraycopy(window, length - kept, window, 0, kept);
    }
    return found;
  }

  private boolean in(byte[] bytes, int length) {
    int last = text.length - 1;
    int at = 0;
    while (at + last < length) {
      int end = bytes[at + last];
      if (end == text[last] && Arrays.equals(bytes, at, at + last, text, 0, last)) {
        return true;
      }
      at += steps[end & 0xff];
    }
    return false;
  }
}
