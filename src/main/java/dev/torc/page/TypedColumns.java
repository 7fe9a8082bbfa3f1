package dev.torc.page;

import dev.torc.show.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.DeflaterOutputStream;

/**
 * Columns of numbers and texts for a page: each a typed array of JavaScript, one after the other,
 * deflated (zlib, RFC 1950) and in Base64. So 100 000 rows are a few megabytes, and a browser reads
 * them without parsing. It does not know what the columns mean.
 */
final class TypedColumns {

  /** Where a column lies in the bytes; {@code type} is the name of the array in JavaScript. */
  private record Column(String name, String type, int from, int count) {}

  /** Arrays must begin at a multiple of the size of their elements. */
  private static final int ALIGN = 4;

  private final List<Column> columns = new ArrayList<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** Adds numbers of 32 bits. */
  void ints(String name, int[] values) {
    ByteBuffer buffer = buffer(values.length * Integer.BYTES);
    buffer.asIntBuffer().put(values);
    add(name, "Int32Array", values.length, buffer.array());
  }

  /** Adds numbers of seven digits; NaN for unknown. */
  void floats(String name, float[] values) {
    ByteBuffer buffer = buffer(values.length * Float.BYTES);
    buffer.asFloatBuffer().put(values);
    add(name, "Float32Array", values.length, buffer.array());
  }

  /** Adds small numbers, from 0 to 255. */
  void bytes(String name, byte[] values) {
    add(name, "Uint8Array", values.length, values);
  }

  /** Adds texts, none with a line feed: UTF-8, a line feed behind each. */
  void texts(String name, Iterable<String> texts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (String text : texts) {
      all.writeBytes(text.replace('\n', ' ').getBytes(StandardCharsets.UTF_8));
      all.write('\n');
    }
    add(name, "Uint8Array", all.size(), all.toByteArray());
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void add(String name, String type, int count, byte[] values) {
    while (bytes.size() % ALIGN != 0) {
      bytes.write(0);
    }
    columns.add(new Column(name, type, bytes.size(), count));
    bytes.writeBytes(values);
  }

  /** Which columns there are, as JSON. */
  String json() throws IOException {
    StringWriter out = new StringWriter();
    Json.write(columns, out);
    return out.toString().strip();
  }

  /** The bytes for a page. */
  String text() {
    ByteArrayOutputStream small = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(small)) {
      bytes.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // there is no disk behind it
    }
    return Base64.getEncoder().encodeToString(small.toByteArray());
  }
}
