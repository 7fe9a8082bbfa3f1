package dev.torc.bytes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Distinct texts by dense numbers from 0, and numbers by text: UTF-8 bytes one after the other, and
 * a table with open addressing over them. A table read back from bytes costs nothing until a text
 * is asked for. Safe for several threads.
 */
public sealed class StringTable {

  byte[] bytes;
  int[] start; // where each text begins, and behind the last one where that ends
  int[] slots; // number of a text plus one, 0 in a free slot
  String[] texts; // as far as they were asked for
  int size;

  private StringTable(byte[] bytes, int[] start, int[] slots, String[] texts, int size) {
    this.bytes = bytes;
    this.start = start;
    this.slots = slots;
    this.texts = texts;
    this.size = size;
  }

  /** A table that numbers further texts as they come. For one thread. */
  public static final class Builder extends StringTable {

    /** Begins without texts. */
    public Builder() {
      super(new byte[1024], new int[65], new int[256], new String[64], 0);
    }

    /** Begins with the texts of a table, which keep their numbers. */
    public Builder(StringTable first) {
      super(first.bytes, first.start, first.slots.clone(), first.texts, first.size);
      int room = Math.max(64, size + size / 8);
      bytes = Arrays.copyOf(bytes, Math.max(1024, start[size] + start[size] / 8));
      start = Arrays.copyOf(start, room + 1);
      texts = Arrays.copyOf(texts, room);
    }

    /** Returns the number of a text; a new text gets the next number. */
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

    /** Returns all texts so far. */
    public StringTable build() {
      int[] starts = Arrays.copyOf(start, size + 1);
      byte[] all = Arrays.copyOf(bytes, starts[size]);
      return new StringTable(all, starts, slots.clone(), Arrays.copyOf(texts, size), size);
    }
  }

  /** Returns the slot in which a text stands, or the free slot for it. */
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

  /** Computes FNV-1a, with its bits mixed once more: the low ones choose the slot. */
  private static int hash(byte[] bytes, int from, int to) {
    int hash = 0x811c9dc5;
    for (int i = from; i < to; i++) {
      hash = (hash ^ bytes[i]) * 0x01000193;
    }
    return hash ^ hash >>> 15;
  }

  /** Returns how many texts there are. */
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

  /** Takes a text as it is stored: UTF-8, from one index to another. */
  public interface Taker<T> {
    T take(byte[] bytes, int from, int to) throws IOException;
  }

  /** Hands over the bytes of a text by its number, which must stay as they are. */
  public final <T> T hand(int id, Taker<T> taker) throws IOException {
    return taker.take(bytes, start[id], start[id + 1]);
  }

  /** Returns the number of a text, -1 if the table does not have it. */
  public final int id(String text) {
    return slots[slot(text.getBytes(StandardCharsets.UTF_8))] - 1;
  }

  /** Writes the table; {@link #read} reads it back. */
  public final void write(ByteWriter out) {
    out.number(bytes.length);
    out.raw(bytes);
    out.ints(start);
    out.ints(slots);
  }

  /** Reads what {@link #write} wrote. */
  public static StringTable read(ByteReader in) {
    byte[] bytes = in.raw(in.small());
    int[] start = in.ints();
    int size = start.length - 1;
    return new StringTable(bytes, start, in.ints(), new String[size], size);
  }
}
