package dev.torc.base.bytes;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.Stamp;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Reads bytes that {@link ByteWriter} wrote. For other bytes, the methods return wrong values or
 * throw {@link IndexOutOfBoundsException}, {@link IllegalArgumentException}, {@link
 * ArithmeticException} or {@link NegativeArraySizeException}.
 */
public final class ByteReader {

  private static final Stamp.FileKind[] KINDS = Stamp.FileKind.values();

  private final byte[] bytes;
  private final int end;
  private int at;

  /** Creates a reader that starts at an offset. The bytes must not change. */
  public ByteReader(byte[] bytes, int from) {
    this(bytes, from, bytes.length);
  }

  private ByteReader(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  /** Returns what is read; null if the bytes are damaged, or of another version of torc. */
  public static <T> T orNull(byte[] bytes, int from, Function<ByteReader, T> read) {
    try {
      return read.apply(new ByteReader(bytes, from));
    } catch (IndexOutOfBoundsException
        | IllegalArgumentException
        | ArithmeticException
        | NegativeArraySizeException e) {
      return null;
    }
  }

  /** Returns a reader of the next {@code count} bytes; this one continues after them. */
  public ByteReader part(int count) {
    at += count;
    return new ByteReader(bytes, at - count, at);
  }

  /** Returns whether the remaining bytes of both readers are equal. */
  public boolean isSame(ByteReader other) {
    return Arrays.equals(bytes, at, end, other.bytes, other.at, other.end);
  }

  /** Returns a byte as 0 to 255. */
  public int one() {
    if (at >= end) {
      throw new IndexOutOfBoundsException(at);
    }
    return bytes[at++] & 0xff;
  }

  public boolean flag() {
    return one() != 0;
  }

  public long eight() {
    long value = ByteBuffer.wrap(bytes).getLong(at);
    at += Long.BYTES;
    return value;
  }

  /** Reads a zigzag varint. */
  public long number() {
    long value = unsigned();
    return value >>> 1 ^ -(value & 1);
  }

  private long unsigned() {
    long value = 0;
    int part;
    int shift = 0;
    do {
      part = one();
      value |= (part & 0x7fL) << shift;
      shift += 7;
    } while ((part & 0x80) != 0);
    return value;
  }

  /** Reads a varint that must fit in an int. */
  public int small() {
    if (at < end && bytes[at] >= 0) { // most are one byte
      int value = bytes[at++];
      return value >>> 1 ^ -(value & 1);
    }
    return Math.toIntExact(number());
  }

  public byte[] raw(int count) {
    if (count < 0 || count > end - at) {
      throw new IndexOutOfBoundsException(count);
    }
    at += count;
    return Arrays.copyOfRange(bytes, at - count, at);
  }

  public int[] ints() {
    int[] values = new int[many(small(), Integer.BYTES)];
    ByteBuffer.wrap(bytes, at, Integer.BYTES * values.length).asIntBuffer().get(values);
    at += Integer.BYTES * values.length;
    return values;
  }

  public long[] longs() {
    long[] values = new long[many(small(), Long.BYTES)];
    ByteBuffer.wrap(bytes, at, Long.BYTES * values.length).asLongBuffer().get(values);
    at += Long.BYTES * values.length;
    return values;
  }

  /** Reads a size that {@link ByteWriter#sizeBefore} wrote. */
  int size() {
    return many(Math.toIntExact(unsigned()), 1);
  }

  /** Returns the size if that many items of at least {@code each} bytes can follow; else throws. */
  private int many(int size, int each) {
    if (size < 0 || size > (end - at) / each) {
      throw new IllegalArgumentException("a list of " + size);
    }
    return size;
  }

  /** Returns a text, or null. */
  public String text() {
    int length = small() - 1;
    return length < 0 ? null : utf8(length);
  }

  String utf8(int length) {
    String text = new String(bytes, at, length, StandardCharsets.UTF_8);
    at += length;
    return text;
  }

  /** Returns a digest, or null. */
  public Digest digest() {
    int head = one();
    if (head == 0) {
      return null;
    }
    Digest digest = Digest.of(raw(Digest.LENGTH));
    return head == 2 ? digest.executable() : digest;
  }

  public KnownDigest known() {
    int head = one();
    Stamp stamp = new Stamp(KINDS[head >> 2], (head & 2) != 0, eight(), eight(), eight(), eight());
    return new KnownDigest(stamp, digest(), (head & 1) != 0);
  }

  /** Passes an empty list; returns whether one came next. */
  public boolean passEmpty() {
    boolean empty = at < end && bytes[at] == 0;
    at += empty ? 1 : 0;
    return empty;
  }

  /** Reads an unmodifiable list. */
  public <T> List<T> list(Function<ByteReader, T> each) {
    int size = many(small(), 1);
    if (size < 2) {
      return size == 0 ? List.of() : List.of(each.apply(this));
    }
    List<T> items = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      items.add(each.apply(this));
    }
    return List.copyOf(items);
  }

  /** Reads names and their values into a map that the caller may change. */
  public <T> SortedMap<String, T> map(Function<ByteReader, T> value) {
    SortedMap<String, T> map = new TreeMap<>();
    for (int rest = small(); rest > 0; rest--) {
      map.put(text(), value.apply(this));
    }
    return map;
  }

  public boolean isAtEnd() {
    return at == end;
  }
}
