package dev.torc.base.bytes;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.Stamp;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.BiConsumer;

/**
 * Writes bytes to memory. Numbers are zigzag varints, or big-endian if they have a fixed width. A
 * text is its length plus one (0 for null), and then its UTF-8 bytes. This class does not know what
 * the values mean; {@link Fields} does.
 */
public final class ByteWriter {

  private byte[] bytes;
  private int length;

  /** Creates a writer and leaves {@code free} bytes at the beginning for the caller. */
  public ByteWriter(int free) {
    bytes = new byte[Math.max(128, 2 * free)];
    length = free;
  }

  /** Appends the bytes of other writers, enlarging the array only once. */
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

  /** Returns the internal array, of which the first {@link #length} bytes are in use. */
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

  public void flag(boolean value) {
    one(value ? 1 : 0);
  }

  public void eight(long value) {
    room(Long.BYTES);
    ByteBuffer.wrap(bytes).putLong(length, value);
    length += Long.BYTES;
  }

  /** Writes a zigzag varint. */
  public void number(long value) {
    unsigned(value << 1 ^ value >> 63);
  }

  /** Writes a number that is not negative, as a varint without zigzag. */
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

  /** Inserts at an index the number of bytes from that index to the end. */
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

  public void raw(byte[] more) {
    room(more.length);
    System.arraycopy(more, 0, bytes, length, more.length);
    length += more.length;
  }

  /** Writes the number of values, and then each value in four bytes. */
  public void ints(int[] values) {
    number(values.length);
    room(Integer.BYTES * values.length);
    ByteBuffer.wrap(bytes, length, Integer.BYTES * values.length).asIntBuffer().put(values);
    length += Integer.BYTES * values.length;
  }

  /** Writes the number of values, and then each value in eight bytes. */
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

  /** Writes a digest: a 1 (2 for an executable product) and its bytes; only a 0 for null. */
  public void digest(Digest digest) {
    one(digest == null ? 0 : digest.isExecutable() ? 2 : 1);
    if (digest != null) {
      raw(digest.bytes());
    }
  }

  public void known(KnownDigest known) {
    Stamp stamp = known.stamp();
    one(stamp.kind().ordinal() << 2 | (stamp.executable() ? 2 : 0) | (known.safe() ? 1 : 0));
    eight(stamp.size());
    eight(stamp.mtime());
    eight(stamp.ctime());
    eight(stamp.inode());
    digest(known.digest());
  }

  public <T> void list(List<? extends T> items, BiConsumer<ByteWriter, T> each) {
    number(items.size());
    for (T item : items) {
      each.accept(this, item);
    }
  }

  /** Writes the number of entries, and then each name with its value. */
  public <T> void map(SortedMap<String, ? extends T> map, BiConsumer<ByteWriter, T> value) {
    number(map.size());
    for (Map.Entry<String, ? extends T> entry : map.entrySet()) {
      text(entry.getKey());
      value.accept(this, entry.getValue());
    }
  }

  /** Returns the number of bytes written so far, including the free ones. */
  public int length() {
    return length;
  }

  public byte[] bytes() {
    return Arrays.copyOf(bytes, length);
  }
}
