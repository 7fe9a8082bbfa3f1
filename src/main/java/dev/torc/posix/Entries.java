package dev.torc.posix;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The environment of one process: entries of the caller's that lie in native memory already, and
 * others. Which those are is decided by {@link Environment#with}.
 */
public final class Entries {

  private final Environment.Block block; // keeps the memory alive
  private final long[] kept;
  private final List<byte[]> own;
  private final byte[] path;

  /**
   * @param kept addresses in the block
   * @param own {@code name=value} entries without the closing NUL
   * @param path the value of PATH, null where there is none
   */
  Entries(Environment.Block block, long[] kept, List<byte[]> own, byte[] path) {
    this.block = block;
    this.kept = kept;
    this.own = own;
    this.path = path;
  }

  /** The entries that are not the caller's. */
  List<byte[]> own() {
    return own;
  }

  /** The value of PATH, null where there is none. */
  byte[] path() {
    return path;
  }

  /** The array of pointers that a process is started with; valid while these entries are held. */
  MemorySegment array(SegmentAllocator arena) {
    return array(arena, kept, own);
  }

  /** A NULL-ended array of pointers: given ones, then those to NUL-ended strings. */
  static MemorySegment array(SegmentAllocator arena, long[] first, List<byte[]> texts) {
    int size = 0;
    for (byte[] text : texts) {
      size += text.length + 1;
    }
    MemorySegment all = arena.allocate(size);
    byte[] bytes = new byte[size]; // copied at once: many small copies take longer
    long[] pointers = new long[first.length + texts.size() + 1];
    System.arraycopy(first, 0, pointers, 0, first.length);
    int count = first.length;
    int at = 0;
    for (byte[] text : texts) {
      pointers[count++] = all.address() + at;
      System.arraycopy(text, 0, bytes, at, text.length);
      at += text.length + 1;
    }
    MemorySegment.copy(bytes, 0, all, ValueLayout.JAVA_BYTE, 0, size);
    MemorySegment array = arena.allocate(ValueLayout.JAVA_LONG, pointers.length);
    MemorySegment.copy(pointers, 0, array, ValueLayout.JAVA_LONG, 0, pointers.length);
    return array;
  }

  /** All entries, without the closing NUL, in the order in which a process gets them. */
  List<byte[]> all() {
    List<byte[]> all = new ArrayList<>();
    for (long address : kept) {
      all.add(block.entry(address));
    }
    all.addAll(own);
    return all;
  }
}
