package dev.torc.base.bytes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Numbers distinct texts from 0. It holds their UTF-8 bytes one after the other, and a hash table
 * with open addressing. A table that was read decodes a text only when the text is asked for. Safe
 * for use by several threads, except for a {@link Builder}.
 */
public sealed class StringTable {

  byte[] bytes;
  int[] start; // where each text begins, and then where the last one ends
  int[] slots; // number of a text plus one, 0 in a free slot
  String[] texts; // null until a text is asked for
  int size;

  private StringTable(byte[] bytes, int[] start, int[] slots, String[] texts, int size) {
    this.bytes = bytes;
    this.start = start;
    this.slots = slots;
    this.texts = texts;
    this.size = size;
  }

  /** A table that gives new texts numbers. */
  public static final class Builder extends StringTable {

    public Builder() {
      super(new byte[1024], new int[65], new int[256], new String[64], 0);
    }

    /** Starts with the texts of a table, which keep their numbers. */
    public Builder(StringTable first) {
      super(first.bytes, first.start, first.slots.clone(), first.texts, first.size);
      int room = Math.max(64, size + size / 8);
      bytes = Arrays.copyOf(bytes, Math.max(1024, start[size] + start[size] / 8));
      start = Arrays.copyOf(start, room + 1);
      texts = Arrays.copyOf(texts, room);
    }

    /** Returns the number of a text; a new one gets the next number. */
    public int add(String text) {
      byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
      int slot = slot(wanted);
      if (slots[slot] != 0) {
        return slots[slot] - 1;
      }
      if (size == texts.length) {
        texts = Arrays.copyOf(texts, 2 * size);
        start = Arrays.copyOf(start, 2 * size + 1);
      }
      int end = start[size] + wanted.length;
      if (end > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(end, 2 * bytes.length));
      }
      System.arraycopy(wanted, 0, bytes, start[size], wanted.length);
      texts[size] = text;
      slots[slot] = ++size;
      start[size] = end;
      if (slots.length < 2 * size) {
        grow();
      }
      return size - 1;
    }

    private void grow() {
      int[] wider = new int[2 * slots.length];
      for (int i = 0; i < size; i++) {
        int slot = hash(bytes, start[i], start[i + 1]) & wider.length - 1;
        while (wider[slot] != 0) {
          slot = slot + 1 & wider.length - 1;
        }
        wider[slot] = i + 1;
      }
      slots = wider;
    }

    public StringTable build() {
      int[] starts = Arrays.copyOf(start, size + 1);
      byte[] all = Arrays.copyOf(bytes, starts[size]);
      return new StringTable(all, starts, slots.clone(), Arrays.copyOf(texts, size), size);
    }
  }

  /** Returns the slot of a text, or the free slot for it. */
  final int slot(byte[] text) {
    int slot = hash(text, 0, text.length) & slots.length - 1;
    while (slots[slot] != 0) {
      int id = slots[slot] - 1;
      if (Arrays.equals(bytes, start[id], start[id + 1], text, 0, text.length)) {
        return slot;
      }
      slot = slot + 1 & slots.length - 1;
    }
    return slot;
  }

  /** Computes FNV-1a and mixes its bits once more, since the low ones choose the slot. */
  private static int hash(byte[] bytes, int from, int to) {
    int hash = 0x811c9dc5;
    for (int i = from; i < to; i++) {
      hash = (hash ^ bytes[i]) * 0x01000193;
    }
    return hash ^ hash >>> 15;
  }

  public final int size() {
    return size;
  }

  public final String text(int id) {
    String text = texts[id];
    if (text == null) {
      text = new String(bytes, start[id], start[id + 1] - start[id], StandardCharsets.UTF_8);
      texts[id] = text;
    }
    return text;
  }

  /** Receives the UTF-8 bytes of a text, which are between two indexes. */
  public interface Taker<T> {
    T take(byte[] bytes, int from, int to) throws IOException;
  }

  /** Passes the bytes of a text to {@code taker}, which must not change them. */
  public final <T> T hand(int id, Taker<T> taker) throws IOException {
    return taker.take(bytes, start[id], start[id + 1]);
  }

  /** Returns the number of a text, or -1 if it is missing. */
  public final int id(String text) {
    return slots[slot(text.getBytes(StandardCharsets.UTF_8))] - 1;
  }

  public final void write(ByteWriter out) {
    out.number(bytes.length);
    out.raw(bytes);
    out.ints(start);
    out.ints(slots);
  }

  public static StringTable read(ByteReader in) {
    byte[] bytes = in.raw(in.small());
    int[] start = in.ints();
    int size = start.length - 1;
    return new StringTable(bytes, start, in.ints(), new String[size], size);
  }
}
