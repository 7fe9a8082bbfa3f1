package dev.torc.bytes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Distinct texts by dense numbers from 0, and numbers by text: UTF-8 bytes one after the other, and
 * a table with open addressing over them. Read back from bytes it costs nothing until a text is
 * asked for. Safe for several threads.
 */
public final class StringTable {

  private final byte[] bytes;
  private final int[] start;
  private final int[] slots;
  private final String[] decoded;

  private StringTable(byte[] bytes, int[] start, int[] slots) {
    this.bytes = bytes;
    this.start = start;
    this.slots = slots;
    this.decoded = new String[start.length - 1];
  }

  /** Numbers texts in their order; none may occur twice. */
  public static StringTable of(List<String> texts) {
    ByteWriter all = new ByteWriter(0);
    int[] start = new int[texts.size() + 1];
    for (int i = 0; i < texts.size(); i++) {
      all.raw(texts.get(i).getBytes(StandardCharsets.UTF_8));
      start[i + 1] = all.length();
    }
    int[] slots = new int[Integer.highestOneBit(Math.max(1, texts.size())) * 4];
    StringTable names = new StringTable(all.bytes(), start, slots);
    for (int i = 0; i < texts.size(); i++) {
      int slot = hash(names.bytes, start[i], start[i + 1]) & slots.length - 1;
      while (slots[slot] != 0) {
        slot = slot + 1 & slots.length - 1;
      }
      slots[slot] = i + 1;
      names.decoded[i] = texts.get(i);
    }
    return names;
  }

  /** FNV-1a, with its bits mixed once more: the low ones choose the slot. */
  private static int hash(byte[] bytes, int from, int to) {
    int hash = 0x811c9dc5;
    for (int i = from; i < to; i++) {
      hash = (hash ^ bytes[i]) * 0x01000193;
    }
    return hash ^ hash >>> 15;
  }

  /** How many texts there are. */
  public int size() {
    return decoded.length;
  }

  /** A text by its number. */
  public String text(int id) {
    String text = decoded[id];
    if (text == null) {
      text = new String(bytes, start[id], start[id + 1] - start[id], StandardCharsets.UTF_8);
      decoded[id] = text;
    }
    return text;
  }

  /** Takes a text as it is stored: UTF-8, from one index to another. */
  public interface Taker<T> {
    T take(byte[] bytes, int from, int to) throws IOException;
  }

  /** Hands over the bytes of a text by its number, which must stay as they are. */
  public <T> T hand(int id, Taker<T> taker) throws IOException {
    return taker.take(bytes, start[id], start[id + 1]);
  }

  /** The number of a text, -1 if it is none of these. */
  public int id(String text) {
    byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
    int slot = hash(wanted, 0, wanted.length) & slots.length - 1;
    while (slots[slot] != 0) {
      int id = slots[slot] - 1;
      if (Arrays.equals(bytes, start[id], start[id + 1], wanted, 0, wanted.length)) {
        return id;
      }
      slot = slot + 1 & slots.length - 1;
    }
    return -1;
  }

  /** Writes them; {@link #read} reads them back. */
  public void write(ByteWriter out) {
    out.number(bytes.length);
    out.raw(bytes);
    out.ints(start);
    out.ints(slots);
  }

  /** What {@link #write} wrote. */
  public static StringTable read(ByteReader in) {
    return new StringTable(in.raw(in.small()), in.ints(), in.ints());
  }
}
