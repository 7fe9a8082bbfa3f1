package dev.torc.base.posix;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Memory outside the JVM's heap, at an address that a C function takes or returned. It does not use
 * memory segments: to access them, the JVM generates and loads classes at every start, which no AOT
 * cache keeps.
 */
public final class Memory {

  private static final MemoryIO AT = MemoryIO.getInstance();

  private final ByteBuffer bytes;
  private final long address;

  private Memory(int size) {
    bytes = ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
    address = AT.getDirectBufferAddress(bytes);
  }

  /**
   * Allocates zeroed bytes. They are freed some time after the last use of this object, not of its
   * address: the caller must hold the object until a call with the address has returned.
   */
  public static Memory of(int size) {
    return new Memory(size);
  }

  /** Returns memory that holds a text in UTF-8, ended by a NUL; see {@link #of}. */
  public static Memory ofText(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Memory memory = new Memory(bytes.length + 1); // the rest is zero
    memory.put(0, bytes);
    return memory;
  }

  /** Returns the eight bytes at an address of this process, which must not be NULL. */
  public static long longAt(long address) {
    return AT.getLong(address);
  }

  static int intAt(long address) {
    return AT.getInt(address);
  }

  /** Returns numbers as bytes, eight for each, in native byte order. */
  static byte[] bytes(long[] numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * numbers.length);
    bytes.order(ByteOrder.nativeOrder()).asLongBuffer().put(numbers);
    return bytes.array();
  }

  /** Returns a copy of the bytes at an address up to the first NUL, without it; null for NULL. */
  public static byte[] textAt(long address) {
    return address == 0 ? null : AT.getZeroTerminatedByteArray(address);
  }

  public long address() {
    return address;
  }

  public int size() {
    return bytes.capacity();
  }

  /** Writes bytes, or throws an {@link IndexOutOfBoundsException} if they do not fit. */
  public void put(int offset, byte[] value) {
    bytes.put(offset, value);
  }

  void put(int offset, byte[] value, int from, int length) {
    bytes.put(offset, value, from, length);
  }

  void putLong(int offset, long value) {
    bytes.putLong(offset, value);
  }

  void putInt(int offset, int value) {
    bytes.putInt(offset, value);
  }

  /** Writes longs at offset 0, in native byte order. */
  void put(long[] values) {
    Objects.checkFromIndexSize(0, Long.BYTES * values.length, size());
    AT.putLongArray(address, values, 0, values.length);
  }

  /** Writes a text and a NUL after it, at offset 0. */
  void putText(byte[] text) {
    Objects.checkIndex(text.length, size());
    AT.putZeroTerminatedByteArray(address, text, 0, text.length);
  }

  /** Reads longs from offset 0, in native byte order. */
  void get(long[] into) {
    Objects.checkFromIndexSize(0, Long.BYTES * into.length, size());
    AT.getLongArray(address, into, 0, into.length);
  }

  /** Returns the bytes from offset 0 up to a NUL, at most {@code most}. */
  byte[] text(int most) {
    return AT.getZeroTerminatedByteArray(address, Objects.checkIndex(most, size() + 1));
  }

  void get(int offset, byte[] into, int from, int length) {
    bytes.get(offset, into, from, length);
  }

  public long getLong(int offset) {
    return bytes.getLong(offset);
  }

  short getShort(int offset) {
    return bytes.getShort(offset);
  }

  public int getInt(int offset) {
    return bytes.getInt(offset);
  }
}
