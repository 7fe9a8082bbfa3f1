package dev.torc.base.posix;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Memory for the arguments of a few calls, all freed at once by {@link #clear}. For one thread. */
final class ScratchMemory {

  private static final int ALIGNED = 16;
  private static final int SIZE = 16 << 10; // bytes: enough for an ordinary environment

  private final Memory front = Memory.of(SIZE);
  private final List<Memory> further = new ArrayList<>(); // pieces that did not fit in front
  private int used;

  /** Frees everything: all addresses become invalid. */
  void clear() {
    used = 0;
    further.clear();
  }

  long copy(byte[] bytes) {
    int end = used + bytes.length;
    if (end > SIZE) {
      Memory own = Memory.of(bytes.length);
      own.put(0, bytes);
      further.add(own);
      return own.address();
    }
    front.put(used, bytes);
    long address = front.address() + used;
    used = Math.min(SIZE, end + ALIGNED - 1 & -ALIGNED);
    return address;
  }

  long zeros(int size) {
    return copy(new byte[size]);
  }

  /** Copies a text and a NUL after it; returns the address. */
  long text(byte[] text) {
    return copy(Arrays.copyOf(text, text.length + 1));
  }

  /**
   * Builds a NULL-terminated array of pointers: the non-NULL ones in {@code first}, then one to a
   * NUL-terminated copy of each text. Returns the address of the array.
   */
  long pointers(long[] first, List<byte[]> texts) {
    int size = 0;
    for (byte[] text : texts) {
      size += text.length + 1;
    }
    byte[] bytes = new byte[size]; // copied at once: many small copies take longer
    int at = 0;
    for (byte[] text : texts) {
      System.arraycopy(text, 0, bytes, at, text.length);
      at += text.length + 1;
    }
    long next = copy(bytes);
    long[] pointers = new long[first.length + texts.size() + 1];
    int count = 0;
    for (long pointer : first) {
      if (pointer != 0) {
        pointers[count++] = pointer;
      }
    }
    for (byte[] text : texts) {
      pointers[count++] = next;
      next += text.length + 1;
    }
    return copy(Memory.bytes(pointers));
  }
}
