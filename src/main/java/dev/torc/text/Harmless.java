package dev.torc.text;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;

/** Takes JSON, and writes it in such a way that a terminal obeys none of its characters. */
public final class Harmless extends FilterWriter {

  /** Writes to another writer, to which it also hands flush and close. */
  public Harmless(Writer out) {
    super(out);
  }

  @Override
  public void write(int c) throws IOException {
    if (obeyed((char) c)) {
      out.write(String.format("\\u%04x", c));
    } else {
      out.write(c);
    }
  }

  @Override
  public void write(char[] text, int from, int length) throws IOException {
    int begin = from;
    for (int i = from; i < from + length; i++) {
      if (obeyed(text[i])) {
        out.write(text, begin, i - begin);
        write(text[i]);
        begin = i + 1;
      }
    }
    out.write(text, begin, from + length - begin);
  }

  @Override
  public void write(String text, int from, int length) throws IOException {
    write(text.toCharArray(), from, length);
  }

  /** Below are the line ends between the values, and what JSON itself forbids. */
  private static boolean obeyed(char c) {
    return c > '~' && !Character.isSurrogate(c) && SafeText.hidden(c);
  }
}
