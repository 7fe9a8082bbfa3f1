package dev.torc.bytes;

import dev.torc.hash.Digest;
import dev.torc.hash.Digest.KnownDigest;
import dev.torc.hash.Stamp;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.BiConsumer;

/**
 * Writes bytes to memory: numbers are zigzag varints, fixed-width ones big-endian, text is UTF-8
 * behind its length plus one (0 is null). It does not know what they stand for.
 */
public final class ByteWriter {

  private byte[] bytes;
  private int length;

  /** Begins behind {@code free} bytes that the caller fills. */
  public ByteWriter(int free) {
    bytes = new byte[Math.max(128, 2 * free)];
    length = free;
  }

  /** Appends the bytes of other writers, one after the other; they are copied once. */
  public void add(ByteWriter... others) {
    int more = 0;
    for (ByteWriter other : others) {
      more += other.length;
    }
    bytes = Arrays.copyOf(bytes, length + more);
    for (ByteWriter other : others) {
      System.arraycopy(other.bytes, 0, bytes, length, other.length);
      length += other.length;
    }
  }

  /** Returns all bytes so far, up to {@link #length}; nothing is copied. */
  byte[] buffer() {
    return bytes;
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }

  public void one(int value) {
    room(1);
    bytes[length++] = (byte) value;
  }

  /** Writes yes or no. */
  public void flag(boolean value) {
    one(value ? 1 : 0);
  }

  /** Writes eight bytes, whatever the number. */
  public void eight(long value) {
    room(Long.BYTES);
    ByteBuffer.wrap(bytes).putLong(length, value);
    length += Long.BYTES;
  }

  /** Writes a number in as few bytes as it needs. */
  public void number(long value) {
    unsigned(value << 1 ^ value >> 63);
  }

  /** Writes a number that is not negative, in as few bytes as it needs. */
  void size(int value) {
    unsigned(value);
  }

  private void unsigned(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      one((int) rest | 0x80);
      rest >>>= 7;
    }
    one((int) rest);
  }

  /** Inserts their number before the bytes from an index on. */
  void sizeBefore(int from) {
    int size = length - from;
    int end = length;
    size(size);
    int width = length - end;
    System.arraycopy(bytes, from, bytes, from + width, size);
    length = from;
    size(size);
    length += size;
  }

  /** Writes bytes as they are. */
  public void raw(byte[] more) {
    room(more.length);
    System.arraycopy(more, 0, bytes, length, more.length);
    length += more.length;
  }

  /** Writes how many there are, then each in four bytes. */
  public void ints(int[] values) {
    number(values.length);
    room(Integer.BYTES * values.length);
    ByteBuffer.wrap(bytes, length, Integer.BYTES * values.length).asIntBuffer().put(values);
    length += Integer.BYTES * values.length;
  }

  /** Writes how many there are, then each in eight bytes. */
  public void longs(long[] values) {
    number(values.length);
    room(Long.BYTES * values.length);
    ByteBuffer.wrap(bytes, length, Long.BYTES * values.length).asLongBuffer().put(values);
    length += Long.BYTES * values.length;
  }

  /** Writes a text, or null. */
  public void text(String text) {
    if (text == null) {
      number(0);
      return;
    }
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    number(utf8.length + 1L);
    raw(utf8);
  }

  /** Writes a digest: its bytes behind a 1, or behind a 2 for an executable product; 0 for null. */
  public void digest(Digest digest) {
    one(digest == null ? 0 : digest.isExecutable() ? 2 : 1);
    if (digest != null) {
      raw(digest.bytes());
    }
  }

  /** Writes what is known of a file. */
  public void known(KnownDigest known) {
    Stamp stamp = known.stamp();
    one(stamp.kind().ordinal() << 2 | (stamp.executable() ? 2 : 0) | (known.safe() ? 1 : 0));
    eight(stamp.size());
    eight(stamp.mtime());
    eight(stamp.ctime());
    eight(stamp.inode());
    digest(known.digest());
  }

  /** Writes how many there are, then each. */
  public <T> void list(List<? extends T> items, BiConsumer<ByteWriter, T> each) {
    number(items.size());
    for (T item : items) {
      each.accept(this, item);
    }
  }

  /** Writes how many there are, then each name with its value. */
  public <T> void map(SortedMap<String, ? extends T> map, BiConsumer<ByteWriter, T> value) {
    number(map.size());
    for (Map.Entry<String, ? extends T> entry : map.entrySet()) {
      text(entry.getKey());
      value.accept(this, entry.getValue());
    }
  }

  /** Returns how many bytes there are by now, the free ones included. */
  public int length() {
    return length;
  }

  public byte[] bytes() {
    return Arrays.copyOf(bytes, length);
  }
}
