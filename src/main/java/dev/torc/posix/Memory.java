package dev.torc.posix;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Memory outside of the JVM's heap: what lies at an address that a C function gave, and memory with
 * an address for functions to read and to fill. It does not know what the bytes mean.
 *
 * <p>It uses no memory segments: to look into them the JVM writes and loads classes at every start,
 * which no AOT cache keeps.
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
   * Allocates memory of zeros. It is freed some time after the last use of this object, not of its
   * address: the caller that hands the address over must hold on to the object until the call has
   * returned.
   *
   * @param size bytes
   */
  public static Memory of(int size) {
    return new Memory(size);
  }

  /** Returns memory that holds a text in UTF-8 with a NUL after it; see {@link #of}. */
  public static Memory ofText(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Memory memory = new Memory(bytes.length + 1); // the rest is zero
    memory.put(0, bytes);
    return memory;
  }

  /** Returns the eight bytes at an address of the process, which must not be NULL. */
  public static long longAt(long address) {
    return AT.getLong(address);
  }

  /** Returns the four bytes at an address of the process, which must not be NULL. */
  static int intAt(long address) {
    return AT.getInt(address);
  }

  /** Returns numbers of eight bytes each, in the order of the machine. */
  static byte[] bytes(long[] numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * numbers.length);
    bytes.order(ByteOrder.nativeOrder()).asLongBuffer().put(numbers);
    return bytes.array();
  }

  /** Returns a copy of the bytes at an address up to the first NUL, without it; null for NULL. */
  public static byte[] textAt(long address) {
    return address == 0 ? null : AT.getZeroTerminatedByteArray(address);
  }

  /** Returns where the memory begins, for C functions. */
  public long address() {
    return address;
  }

  public int size() {
    return bytes.capacity();
  }

  /**
   * Writes bytes.
   *
   * @throws IndexOutOfBoundsException where they do not fit; then nothing is written
   */
  public void put(int offset, byte[] value) {
    bytes.put(offset, value);
  }

  /** Writes some of the bytes; see {@link #put(int, byte[])}. */
  void put(int offset, byte[] value, int from, int length) {
    bytes.put(offset, value, from, length);
  }

  /** Writes eight bytes in the order of the machine. */
  void putLong(int offset, long value) {
    bytes.putLong(offset, value);
  }

  /** Writes four bytes in the order of the machine. */
  void putInt(int offset, int value) {
    bytes.putInt(offset, value);
  }

  /** Copies longs from the begin on, in the order of the machine. */
  void put(long[] values) {
    Objects.checkFromIndexSize(0, Long.BYTES * values.length, size());
    AT.putLongArray(address, values, 0, values.length);
  }

  /** Writes a text, and a NUL behind it. */
  void putText(byte[] text) {
    Objects.checkIndex(text.length, size());
    AT.putZeroTerminatedByteArray(address, text, 0, text.length);
  }

  /** Fills an array with what stands from the begin on; see {@link #put(long[])}. */
  void get(long[] into) {
    Objects.checkFromIndexSize(0, Long.BYTES * into.length, size());
    AT.getLongArray(address, into, 0, into.length);
  }

  /**
   * Returns the bytes from the begin up to a NUL, without it; {@code most} bytes where there is
   * none.
   */
  byte[] text(int most) {
    return AT.getZeroTerminatedByteArray(address, Objects.checkIndex(most, size() + 1));
  }

  /** Copies some of the bytes into an array. */
  void get(int offset, byte[] into, int from, int length) {
    bytes.get(offset, into, from, length);
  }

  /**
   * Returns eight bytes in the order of the machine.
   *
   * @throws IndexOutOfBoundsException where they are not all in this memory
   */
  public long getLong(int offset) {
    return bytes.getLong(offset);
  }

  /** Returns two bytes in the order of the machine. */
  short getShort(int offset) {
    return bytes.getShort(offset);
  }

  /**
   * Returns four bytes in the order of the machine.
   *
   * @throws IndexOutOfBoundsException where they are not all in this memory
   */
  public int getInt(int offset) {
    return bytes.getInt(offset);
  }
}
