package dev.torc.core.model;

import dev.torc.base.bytes.ByteReader;
import dev.torc.base.bytes.ByteWriter;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Rows of numbers in two flat arrays (compressed sparse rows). The numbers may mean anything. */
public final class Adjacency {

  private final int[] start;
  private final int[] target;

  private Adjacency(int[] start, int[] target) {
    this.start = start;
    this.target = target;
  }

  public void write(ByteWriter out) {
    out.ints(start);
    out.ints(target);
  }

  /** Reads the rows that {@link #write} wrote. */
  public static Adjacency read(ByteReader in) {
    return new Adjacency(in.ints(), in.ints());
  }

  /** Writes the rows compactly; smallest if the entries of each row rise and are close together. */
  public void pack(ByteWriter out) {
    out.number(rows());
    for (int r = 0; r < rows(); r++) {
      out.number(count(r));
      int before = 0;
      for (int i = start[r]; i < start[r + 1]; i++) {
        out.number(target[i] - before);
        before = target[i];
      }
    }
  }

  /** Reads the rows that {@link #pack} wrote. */
  public static Adjacency unpack(ByteReader in) {
    RowCollector rows = new RowCollector();
    for (int left = in.small(); left > 0; left--) {
      int entry = 0;
      for (int more = in.small(); more > 0; more--) {
        entry += in.small();
        rows.add(entry);
      }
      rows.endRow(false);
    }
    return rows.build();
  }

  public int rows() {
    return start.length - 1;
  }

  /** Returns the index of the first entry of a row. */
  public int from(int row) {
    return start[row];
  }

  /** Returns the index after the last entry of a row. */
  public int to(int row) {
    return start[row + 1];
  }

  /** Returns the entry at an index between {@link #from} and {@link #to}. */
  public int at(int index) {
    return target[index];
  }

  /** Returns the given nodes and all nodes that they reach along the edges. */
  public BitSet along(BitSet nodes) {
    BitSet all = (BitSet) nodes.clone();
    ArrayDeque<Integer> open = new ArrayDeque<>();
    for (int first = nodes.nextSetBit(0); first >= 0; first = nodes.nextSetBit(first + 1)) {
      for (int node = first; node >= 0; node = open.isEmpty() ? -1 : open.pop()) {
        for (int i = from(node); i < to(node); i++) {
          if (!all.get(at(i))) {
            all.set(at(i));
            open.push(at(i));
          }
        }
      }
    }
    return all;
  }

  public int count(int row) {
    return start[row + 1] - start[row];
  }

  public boolean has(int row, int entry) {
    for (int i = start[row]; i < start[row + 1]; i++) {
      if (target[i] == entry) {
        return true;
      }
    }
    return false;
  }

  public int[] row(int row) {
    return Arrays.copyOfRange(target, start[row], start[row + 1]);
  }

  /**
   * Returns the reverse of the rows from {@code first} on: each pair (row, entry) becomes (entry,
   * row), and all numbers are reduced by {@code first}. Pairs with an entry below {@code first} are
   * dropped. The entries of each new row are ascending.
   */
  public Adjacency reversed(int first) {
    RowCollector some = new RowCollector();
    for (int r = first; first > 0 && r < rows(); r++) {
      for (int i = start[r]; i < start[r + 1]; i++) {
        if (target[i] >= first) {
          some.add(target[i] - first);
        }
      }
      some.endRow(false);
    }
    Adjacency rows = first > 0 ? some.build() : this;
    return rows.reversed(IntStream.range(0, rows.rows()).toArray());
  }

  /**
   * Returns the reverse: each pair (row, entry) becomes (entry, row). {@code order} lists all rows;
   * the entries of each new row are in that order.
   */
  Adjacency reversed(int[] order) {
    int[] begin = new int[rows() + 1];
    for (int t : target) {
      begin[t + 1]++;
    }
    for (int r = 0; r < rows(); r++) {
      begin[r + 1] += begin[r];
    }
    int[] next = Arrays.copyOf(begin, rows());
    int[] other = new int[target.length];
    for (int r : order) {
      for (int i = start[r]; i < start[r + 1]; i++) {
        other[next[target[i]]++] = r;
      }
    }
    return new Adjacency(begin, other);
  }

  /** Sorts the entries of some rows in place. Call this only before the object is shared. */
  void sort(NodeOrder order, BitSet rows) {
    for (int r = rows.nextSetBit(0); r >= 0; r = rows.nextSetBit(r + 1)) {
      order.sort(target, start[r], start[r + 1]);
    }
  }

  public static final class RowCollector {
    private int[] start = new int[64];
    private int[] target = new int[256];
    private int rows;
    private int size;

    /** Adds an entry to the row being built. */
    public void add(int value) {
      target = room(target, size);
      target[size++] = value;
    }

    /** Ends the row. With {@code set}, sorts its entries and drops duplicates. */
    public void endRow(boolean set) {
      int from = start[rows];
      if (set && size - from > 1) {
        Arrays.sort(target, from, size);
        int distinct = from + 1;
        for (int i = from + 1; i < size; i++) {
          if (target[i] != target[distinct - 1]) {
            target[distinct++] = target[i];
          }
        }
        size = distinct;
      }
      start = room(start, ++rows);
      start[rows] = size;
    }

    /** Adds the rows of {@code other} from {@code first} up to, but not including, {@code end}. */
    void addRows(Adjacency other, int first, int end) {
      int from = other.start[first];
      int more = other.start[end] - from;
      target = room(target, size + more);
      start = room(start, rows + end - first);
      System.arraycopy(other.target, from, target, size, more);
      System.arraycopy(other.start, first + 1, start, rows + 1, end - first);
      for (int row = 1; from != size && row <= end - first; row++) {
        start[rows + row] += size - from;
      }
      rows += end - first;
      size += more;
    }

    private static int[] room(int[] array, int index) {
      return index < array.length ? array : Arrays.copyOf(array, Math.max(index + 1, 2 * index));
    }

    /** Visits the entries of an ended row. */
    void forEach(int row, IntConsumer each) {
      for (int i = start[row]; i < start[row + 1]; i++) {
        each.accept(target[i]);
      }
    }

    /**
     * Returns all rows so far. Replaces each entry by its new number unless {@code numbers} is
     * null. {@code set} is the same as for {@link #endRow}.
     */
    Adjacency build(int[] numbers, boolean set) {
      RowCollector other = new RowCollector();
      for (int r = 0; r < rows; r++) {
        for (int i = start[r]; i < start[r + 1]; i++) {
          other.add(numbers == null ? target[i] : numbers[target[i]]);
        }
        other.endRow(set);
      }
      return other.build();
    }

    public Adjacency build() {
      return new Adjacency(Arrays.copyOf(start, rows + 1), Arrays.copyOf(target, size));
    }
  }
}
