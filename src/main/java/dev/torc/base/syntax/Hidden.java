package dev.torc.base.syntax;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.torc.base.posix.Io;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/**
 * The secrets that a call must not show, wherever they came from: a name of a file, a command, a
 * message. They are known when the call has read its project, and only in memory. What leaves torc
 * passes here; {@link Mask} replaces them. Thread-safe.
 */
public final class Hidden {

  private volatile Set<String> values = Set.of();

  /** Adds values; from now on none of them is shown. */
  public synchronized void add(Collection<String> more) {
    if (!values.containsAll(more)) {
      Set<String> all = new TreeSet<>(values);
      all.addAll(more);
      values = Set.copyOf(all);
    }
  }

  /** Returns all values: the same object until another one is added. */
  public Set<String> values() {
    return values;
  }

  /** Returns a whole text, masked. */
  public String text(String text) {
    return values.isEmpty() ? text : new String(bytes(text.getBytes(UTF_8)), UTF_8);
  }

  /** Returns the bytes of a whole text, masked. */
  public byte[] bytes(byte[] text) {
    return values.isEmpty() ? text : new Mask(values).all(text);
  }

  /** Passes a writer to {@code text}, and writes what came, masked, to another one. */
  public void write(Writer out, Io.Take<Writer> text) throws IOException {
    if (values.isEmpty()) {
      text.take(out);
      return;
    }
    StringWriter whole = new StringWriter();
    text.take(whole);
    out.write(text(whole.toString()));
  }
}
