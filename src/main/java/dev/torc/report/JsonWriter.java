package dev.torc.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.torc.machine.SafeText;
import dev.torc.posix.Io;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.Collection;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Writes JSON objects, field by field: those of events. What stands in them is for these to say.
 */
public final class JsonWriter {

  /** Version of the form of all documents; it changes when a field changes its meaning. */
  public static final int VERSION = 1;

  private static final double SECOND = 1e9;

  private final JsonGenerator out;

  private JsonWriter(JsonGenerator out) {
    this.out = out;
  }

  /** Writes an object on a line of its own; does not flush. */
  static void line(Writer to, Consumer<JsonWriter> fields) {
    step(
        () -> {
          try (JsonGenerator out = new JsonFactory().createGenerator(new Harmless(to))) {
            out.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            out.writeStartObject();
            fields.accept(new JsonWriter(out));
            out.writeEndObject();
          }
          to.write("\n");
        });
  }

  /** Takes JSON that is a text already, and writes it in such a way that a terminal obeys none. */
  public static Writer harmless(Writer to) {
    return new Harmless(to);
  }

  private static void step(Io.Run step) {
    try {
      step.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonWriter then(Io.Run step) {
    step(step);
    return this;
  }

  JsonWriter version() {
    return number("version", VERSION);
  }

  /** A text, or null. */
  JsonWriter text(String name, String text) {
    return then(() -> out.writeStringField(name, text));
  }

  JsonWriter flag(String name, boolean flag) {
    return then(() -> out.writeBooleanField(name, flag));
  }

  JsonWriter number(String name, long number) {
    return then(() -> out.writeNumberField(name, number));
  }

  /** A number, or null where it is not known. */
  JsonWriter number(String name, long number, boolean known) {
    return known ? number(name, number) : text(name, null);
  }

  /** Nanoseconds as seconds, or null where they are negative. */
  JsonWriter seconds(String name, long nanos) {
    return nanos < 0 ? text(name, null) : then(() -> out.writeNumberField(name, nanos / SECOND));
  }

  JsonWriter texts(String name, Collection<String> texts) {
    return then(
        () -> {
          out.writeArrayFieldStart(name);
          for (String text : texts) {
            out.writeString(text);
          }
          out.writeEndArray();
        });
  }

  /** An object, or null where there is none. */
  JsonWriter object(String name, boolean there, Runnable fields) {
    return there
        ? then(
            () -> {
              out.writeObjectFieldStart(name);
              fields.run();
              out.writeEndObject();
            })
        : text(name, null);
  }

  /** An array of objects, one for each of these; {@code fields} writes what stands in it. */
  <T> JsonWriter objects(String name, Iterable<T> all, Consumer<? super T> fields) {
    return then(
        () -> {
          out.writeArrayFieldStart(name);
          for (T each : all) {
            out.writeStartObject();
            fields.accept(each);
            out.writeEndObject();
          }
          out.writeEndArray();
        });
  }

  /** A constant's name as it stands in JSON. */
  static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /**
   * JSON on its way out, which may be a terminal: what a terminal obeys or reorders, and JSON lets
   * stand in a text as it is, leaves as the escape that means the same. It knows no more of JSON
   * than that such characters stand nowhere but in texts.
   */
  private static final class Harmless extends FilterWriter {

    /** Writes to another writer, to which it also hands flush and close. */
    Harmless(Writer out) {
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
}
