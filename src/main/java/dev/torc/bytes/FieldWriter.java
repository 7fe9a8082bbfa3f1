package dev.torc.bytes;

import dev.torc.hash.Digest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * A record being written as fields, which {@link FieldReader} reads. A field is a byte with its tag
 * and form, and then a number, or bytes behind their length. What is 0, null or empty is left out.
 * Tags go from 1 to 127 and must rise in a record; a list is one field for each item. A new field
 * gets a tag that no torc used before, so an older torc can skip it.
 *
 * @param out takes the bytes, behind what it has
 */
public record FieldWriter(ByteWriter out) {

  /** Forms of a field: the lowest bit of its first byte. */
  static final int NUMBER = 0;

  static final int BYTES = 1;

  /** Kinds of digests: the first byte of one. */
  static final int SHA256 = 1;

  static final int SHA256_EXECUTABLE = 2;

  /** A number; 0 is left out. */
  public void number(int tag, long value) {
    if (value != 0) {
      head(tag, NUMBER);
      out.number(value);
    }
  }

  /** A constant of an enum by its place, so constants may only be appended; null is left out. */
  public void constant(int tag, Enum<?> value) {
    number(tag, value == null ? 0 : value.ordinal() + 1L);
  }

  /** Yes or no. */
  public void flag(int tag, boolean value) {
    number(tag, value ? 1 : 0);
  }

  /** A text; null is left out. */
  public void text(int tag, String text) {
    if (text != null) {
      bytes(tag, text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Bytes as they are; null is left out. */
  public void bytes(int tag, byte[] bytes) {
    if (bytes != null) {
      head(tag, BYTES);
      out.size(bytes.length);
      out.raw(bytes);
    }
  }

  /** A digest behind its kind; null is left out. */
  public void digest(int tag, Digest digest) {
    if (digest != null) {
      head(tag, BYTES);
      out.size(1 + Digest.LENGTH);
      out.one(digest.isExecutable() ? SHA256_EXECUTABLE : SHA256);
      out.raw(digest.bytes());
    }
  }

  /** Texts, none of them null. */
  public void texts(int tag, List<String> texts) {
    for (String text : texts) {
      text(tag, text);
    }
  }

  /** Records in the record. */
  public <T> void records(int tag, List<T> items, BiConsumer<FieldWriter, T> each) {
    for (T item : items) {
      head(tag, BYTES);
      int from = out.length();
      each.accept(this, item);
      out.sizeBefore(from);
    }
  }

  /** A record in the record; null is left out. */
  public <T> void record(int tag, T item, BiConsumer<FieldWriter, T> content) {
    if (item != null) {
      records(tag, List.of(item), content);
    }
  }

  private void head(int tag, int form) {
    out.one(tag << 1 | form);
  }
}
