package dev.torc.features.stores;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/**
 * Searches bytes for a text, such as the root's path in a result. It does not find a text that is
 * encoded or compressed.
 */
final class TextSearch {

  private static final int PIECE = 1 << 16;

  private final String text; // a character for each byte

  TextSearch(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    this.text = chars(bytes, bytes.length);
  }

  private static String chars(byte[] bytes, int length) {
    return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }

  /**
   * Returns whether a stream contains the text. Reads the stream to its end. Calls {@code stopped}
   * for each piece, and throws if it returns true.
   */
  boolean isIn(InputStream bytes, BooleanSupplier stopped) throws IOException {
    byte[] window = new byte[PIECE + text.length()];
    int carried = 0; // bytes of the last piece: the text may begin there
    boolean found = false;
    for (int read = bytes.read(window, 0, PIECE);
        read >= 0;
        read = bytes.read(window, carried, PIECE)) {
      if (stopped.getAsBoolean()) {
        throw new IOException("the build was ended");
      }
      int length = carried + read;
      found = found || chars(window, length).contains(text);
      carried = Math.min(text.length() - 1, length);
      System.arraycopy(window, length - carried, window, 0, carried);
    }
    return found;
  }
}
