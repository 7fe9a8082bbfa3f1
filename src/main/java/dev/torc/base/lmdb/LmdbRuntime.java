package dev.torc.base.lmdb;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.Map;
import jnr.ffi.NativeType;
import jnr.ffi.ObjectReferenceManager;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.Type;
import jnr.ffi.TypeAlias;
import jnr.ffi.provider.AbstractRuntime;
import jnr.ffi.provider.ClosureManager;
import jnr.ffi.provider.MemoryManager;
import jnr.ffi.provider.jffi.ByteBufferMemoryIO;

/**
 * Allocates the memory that lmdbjava shares with LMDB, on 64-bit machines. New memory is filled
 * with zeros. The garbage collector frees it some time after its last pointer becomes unreachable.
 * Safe for use by several threads.
 *
 * <p>jnr-ffi's own memory manager, which this class replaces, starts a thread to free memory. It
 * also loads the JDK's logging, which searches every jar for a logging framework.
 */
final class LmdbRuntime extends AbstractRuntime implements MemoryManager {

  static final LmdbRuntime INSTANCE = new LmdbRuntime();

  /** Bytes that are allocated at once. One key or value takes a few hundred bytes. */
  private static final int CHUNK = 1 << 14;

  private ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);

  /** Holds an address to turn it into a pointer, because jnr-ffi has no other public way. */
  private final Pointer address = allocateDirect(Long.BYTES);

  private LmdbRuntime() {
    super(
        ByteOrder.nativeOrder(),
        new EnumMap<>(Map.of(NativeType.ADDRESS, new Word(), NativeType.SLONG, new Word())));
  }

  /** The type of a pointer, or of a number of the same size. */
  private static final class Word extends Type {
    @Override
    public int size() {
      return Long.BYTES;
    }

    @Override
    public int alignment() {
      return Long.BYTES;
    }

    @Override
    public NativeType getNativeType() {
      return NativeType.ADDRESS;
    }
  }

  @Override
  public MemoryManager getMemoryManager() {
    return this;
  }

  @Override
  public synchronized Pointer allocateDirect(int size) {
    int room = Math.addExact(size, Long.BYTES - 1) & -Long.BYTES;
    if (room > chunk.remaining()) {
      chunk = ByteBuffer.allocateDirect(Math.max(room, CHUNK));
    }
    ByteBuffer part = chunk.slice(chunk.position(), size).order(ByteOrder.nativeOrder());
    chunk.position(chunk.position() + room);
    return newPointer(part);
  }

  @Override
  public Pointer newPointer(ByteBuffer buffer) {
    return new ByteBufferMemoryIO(this, buffer);
  }

  @Override
  public synchronized Pointer newPointer(long to) {
    address.putLong(0, to);
    return address.getPointer(0);
  }

  @Override
  public synchronized Pointer newPointer(long to, long size) {
    address.putLong(0, to);
    return address.getPointer(0, size);
  }

  @Override
  public Pointer newOpaquePointer(long to) {
    return newPointer(to);
  }

  @Override
  public Pointer allocate(int size) {
    return allocateDirect(size);
  }

  @Override
  public Pointer allocateDirect(long size) {
    return allocateDirect(Math.toIntExact(size));
  }

  @Override
  public Pointer allocateDirect(int size, boolean clear) {
    return allocateDirect(size);
  }

  @Override
  public Pointer allocateDirect(long size, boolean clear) {
    return allocateDirect(size);
  }

  @Override
  public Pointer allocateTemporary(int size, boolean clear) {
    return allocateDirect(size);
  }

  @Override
  public boolean isCompatible(Runtime other) {
    return other == this;
  }

  @Override
  public Type findType(TypeAlias type) {
    throw unused();
  }

  @Override
  public ClosureManager getClosureManager() {
    throw unused();
  }

  @Override
  public <T> ObjectReferenceManager<T> newObjectReferenceManager() {
    throw unused();
  }

  @Override
  public int getLastError() {
    throw unused();
  }

  @Override
  public void setLastError(int error) {
    throw unused();
  }

  private static UnsupportedOperationException unused() {
    return new UnsupportedOperationException(
        "LMDB calls nothing back, takes no struct and returns its errors");
  }
}
