package dev.torc.results;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/**
 * Looks for a text in bytes of any number, as they are: whether a result holds the path of its
 * root. It is not found where it is written in another encoding, or compressed.
 */
final class TextSearch {

  private static final int PIECE = 1 << 16;

  private final String text; // a character for each byte

  /** A text of at least one byte. */
  TextSearch(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    this.text = chars(bytes, bytes.length);
  }

  private static String chars(byte[] bytes, int length) {
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }

  /**
   * Whether it is among the bytes of a stream, which is read to its end either way.
   *
   * @param stopped whether the user ended the build: asked before each piece
   * @throws IOException where it cannot be read, or the build was ended
   */
  boolean in(InputStream bytes, BooleanSupplier stopped) throws IOException {
    byte[] window = new byte[PIECE + text.length()];
    int kept = 0; // from the bytes before: a text may begin there
    boolean found = false;
    for (int read = bytes.read(window, 0, PIECE);
        read >= 0;
        read = bytes.read(window, kept, PIECE)) {
      if (stopped.getAsBoolean()) {
        throw new IOException("the build was ended");
      }
      int length = kept + read;
      found = found || chars(window, length).contains(text);
      kept = Math.min(text.length() - 1, length);
      System.arraycopy(window, length - kept, window, 0, kept);
    }
    return found;
  }
}
