package dev.torc.cache;

import dev.torc.posix.OwnFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Reads data.mdb by hand, to tell whether LMDB may be let near it: LMDB believes what its pages
 * say, and a wrong size or page number in one takes the whole process along (SIGBUS), or makes it
 * hand out, or write over, a page of something else. Checked are the meta pages, that every page of
 * a tree is where it should be and is used once, that nodes lie inside their pages, that keys
 * ascend, and that free pages are free. It does not look into the records; they have checksums.
 *
 * <p>The format is that of LMDB 0.9 on 64 bits, little-endian: {@code MDB_page}, {@code MDB_meta},
 * {@code MDB_db} and {@code MDB_node} in liblmdb/mdb.c. The file may be shorter than its last page
 * number says where the last pages are free, so its size is held against the pages in use. LMDB's
 * locks are on lock.mdb only: opening and closing this file takes none away.
 */
final class PageCheck {

  private static final int HEADER = 16;
  private static final int NODE = 8;
  private static final int DB = 48;
  private static final int META = 136;
  private static final int MAGIC = 0xBEEFC0DE;
  private static final int VERSION = 1;
  private static final long NONE = -1;
  private static final int MOST_DEPTH = 32;

  private static final int BRANCH = 1;
  private static final int LEAF = 2;
  private static final int OVERFLOW = 4;
  private static final int META_PAGE = 8;
  private static final int BIG_DATA = 1;
  private static final int SUB_DATA = 2;
  private static final int INTEGER_KEY = 8;

  /** The file is no sound database; the message says how, as the end of a sentence. */
  static final class Damaged extends Exception {
    private static final long serialVersionUID = 1L;

    Damaged(String how) {
      super(how);
    }
  }

  /** The root of a tree. */
  private record Root(int flags, int depth, long page) {}

  /** A meta page: one state of the whole database, numbered by its transaction. */
  record Meta(long pageSize, long transaction, long last, Root free, Root main) {}

  private final MemorySegment file;
  private final Meta meta;
  private final long pages;
  private final BitSet used = new BitSet();
  private final byte[][] levels = new byte[MOST_DEPTH][];
  private final Map<String, byte[]> records = new HashMap<>();
  private final Map<RecordTree, Root> trees = new HashMap<>();

  /** The last key seen in the tree being walked, and the least that the next one may be. */
  private byte[] previous;

  private byte[] floor;

  private PageCheck(MemorySegment file, Meta meta) {
    this.file = file;
    this.meta = meta;
    this.pages = Math.min(meta.last + 1, file.byteSize() / meta.pageSize);
  }

  /**
   * The newest state.
   *
   * @throws Damaged where the meta pages are cut off, foreign or contradict each other
   */
  static Meta newest(Path path) throws IOException, Damaged {
    try (FileChannel channel = OwnFile.channel(path)) {
      if (channel.size() == 0) {
        throw new Damaged("empty");
      }
      Meta first = meta(channel, 0);
      Meta second = meta(channel, first.pageSize);
      Meta newest = second.transaction > first.transaction ? second : first;
      // Transaction N is written to page N % 2, so the two are neighbours once one was written.
      boolean unwritten = first.transaction == 0 && second.transaction == 0;
      if (!unwritten
          && (Math.abs(first.transaction - second.transaction) != 1
              || (newest.transaction & 1) != (newest == second ? 1 : 0))) {
        throw new Damaged("damaged in its first pages");
      }
      return newest;
    }
  }

  /** The state of a transaction, or null where it is none of the newest two. */
  static Meta of(Path path, long transaction) throws IOException, Damaged {
    try (FileChannel channel = OwnFile.channel(path)) {
      Meta first = meta(channel, 0);
      long at = (transaction & 1) == 0 ? 0 : first.pageSize;
      // A writer may be at work: what reads the same twice was not read while it was written.
      Meta meta = meta(channel, at);
      return meta.transaction == transaction && meta.equals(meta(channel, at)) ? meta : null;
    }
  }

  private static Meta meta(FileChannel channel, long at) throws IOException, Damaged {
    ByteBuffer page = ByteBuffer.allocate(HEADER + META).order(ByteOrder.LITTLE_ENDIAN);
    while (page.hasRemaining()) {
      if (channel.read(page, at + page.position()) < 0) {
        throw new Damaged("cut off");
      }
    }
    if (page.getShort(10) != META_PAGE || page.getInt(HEADER) != MAGIC) {
      throw new Damaged("no database");
    }
    if (page.getInt(HEADER + 4) != VERSION) {
      throw new Damaged("of another version of LMDB");
    }
    Root free = root(page, HEADER + 24);
    long pageSize = page.getInt(HEADER + 24) & 0xffffffffL;
    long last = page.getLong(HEADER + 120);
    if (pageSize < 512
        || pageSize > 65536
        || Long.bitCount(pageSize) != 1
        || free.flags != INTEGER_KEY
        || last < 1
        || last > Long.MAX_VALUE / pageSize - 1) {
      throw new Damaged("damaged in its first pages");
    }
    return new Meta(pageSize, page.getLong(HEADER + 128), last, free, root(page, HEADER + 24 + DB));
  }

  private static Root root(ByteBuffer from, int at) {
    return new Root(
        from.getShort(at + 4) & 0xffff, from.getShort(at + 6) & 0xffff, from.getLong(at + 40));
  }

  /**
   * Checks trees of a state that nobody writes over meanwhile.
   *
   * @param wanted the trees to check; with all of them, the free pages are checked too
   * @return the plain records beside the trees, by name
   * @throws Damaged where LMDB must not read them
   */
  static Map<String, byte[]> check(Path path, Meta meta, Set<RecordTree> wanted)
      throws IOException, Damaged {
    try (FileChannel channel = OwnFile.channel(path);
        Arena arena = Arena.ofConfined()) {
      MemorySegment file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      PageCheck pages = new PageCheck(file, meta);
      pages.tree(meta.main, true);
      if (meta.transaction > 0
          && !Arrays.equals(
              pages.records.get(RecordStore.SCHEMA_KEY), RecordStore.bytes(RecordStore.SCHEMA))) {
        throw new Damaged("of another version of torc");
      }
      if (meta.transaction > 0 && pages.trees.size() < RecordTree.values().length) {
        throw new Damaged("damaged in its list of trees");
      }
      for (RecordTree tree : wanted) {
        Root root = pages.trees.get(tree);
        if (root != null) {
          pages.tree(root, false);
        }
      }
      if (wanted.size() == RecordTree.values().length) {
        pages.free();
      }
      return pages.records;
    } catch (InternalError cutMeanwhile) {
      throw new Damaged("cut off");
    }
  }

  private void tree(Root root, boolean main) throws Damaged {
    if (root.flags != 0 || root.depth > MOST_DEPTH) {
      throw new Damaged("damaged in the root of a tree");
    }
    previous = null;
    floor = null;
    if (root.page != NONE) {
      page(root.page, root.depth, main);
    }
  }

  private void use(long number, long count) throws Damaged {
    if (number < 2 || count < 1 || number > pages - count) {
      sound(number <= meta.last - count + 1, number);
      throw new Damaged("cut off");
    }
    for (int page = (int) number; page < number + count; page++) {
      sound(!used.get(page), page);
      used.set(page);
    }
  }

  private static void sound(boolean is, long page) throws Damaged {
    if (!is) {
      throw new Damaged("damaged in page " + page);
    }
  }

  /** A page of a tree, which is used now. */
  private byte[] load(long number, int depth) throws Damaged {
    sound(depth >= 1, number);
    use(number, 1);
    int size = (int) meta.pageSize;
    if (levels[depth - 1] == null) {
      levels[depth - 1] = new byte[size];
    }
    byte[] bytes = levels[depth - 1];
    bytes(number * size, size).get(bytes);
    int lower = u16(bytes, 12);
    int upper = u16(bytes, 14);
    boolean kind = u16(bytes, 10) == (depth == 1 ? LEAF : BRANCH);
    boolean bounds = lower >= HEADER && lower <= upper && upper <= size;
    sound(u64(bytes, 0) == number && kind && bounds, number);
    return bytes;
  }

  private static int nodes(byte[] bytes) {
    return (u16(bytes, 12) - HEADER) / 2;
  }

  /** Where the data of a node begins, behind its key. */
  private static int data(byte[] bytes, int node, long number) throws Damaged {
    sound(node >= u16(bytes, 14) && node + NODE <= bytes.length, number);
    int data = node + NODE + u16(bytes, node + 6);
    sound(data <= bytes.length, number);
    return data;
  }

  private void page(long number, int depth, boolean main) throws Damaged {
    byte[] bytes = load(number, depth);
    int nodes = nodes(bytes);
    int lastKey = 0;
    int lastData = 0;
    for (int i = 0; i < nodes; i++) {
      int node = u16(bytes, HEADER + 2 * i);
      int key = node + NODE;
      int data = data(bytes, node, number);
      if (depth > 1) {
        if (i > 0) {
          sound(previous == null || compare(bytes, key, data, previous) > 0, number);
          floor = Arrays.copyOfRange(bytes, key, data);
        }
        page(child(bytes, node), depth - 1, main);
        continue;
      }
      boolean ascends =
          i > 0
              ? Arrays.compareUnsigned(bytes, key, data, bytes, lastKey, lastData) > 0
              : (previous == null || compare(bytes, key, data, previous) > 0)
                  && (floor == null || compare(bytes, key, data, floor) >= 0);
      sound(ascends, number);
      leaf(bytes, node, key, data, number, main);
      lastKey = key;
      lastData = data;
    }
    if (depth == 1 && nodes > 0) {
      previous = Arrays.copyOfRange(bytes, lastKey, lastData);
      floor = null;
    }
  }

  private static long child(byte[] bytes, int node) {
    return u16(bytes, node) | (long) u16(bytes, node + 2) << 16 | (long) u16(bytes, node + 4) << 32;
  }

  private void leaf(byte[] bytes, int node, int key, int data, long number, boolean main)
      throws Damaged {
    long size = u16(bytes, node) | (long) u16(bytes, node + 2) << 16;
    int flags = u16(bytes, node + 4);
    if (flags == BIG_DATA && !main) {
      sound(data + 8 <= bytes.length && size <= Integer.MAX_VALUE, number);
      long first = u64(bytes, data);
      long count = (HEADER - 1 + size) / meta.pageSize + 1;
      use(first, count);
      ByteBuffer head = bytes(first * meta.pageSize, HEADER);
      long held = head.getInt(12) & 0xffffffffL;
      sound(head.getLong(0) == first && head.getShort(10) == OVERFLOW && held >= count, first);
      if (held > count) {
        use(first + count, held - count);
      }
      return;
    }
    sound(flags == 0 || main && flags == SUB_DATA && size == DB, number);
    sound(data + size <= bytes.length, number);
    if (main) {
      byte[] name = Arrays.copyOfRange(bytes, key, data);
      if (flags == 0) {
        records.put(RecordKey.name(name), Arrays.copyOfRange(bytes, data, data + (int) size));
        return;
      }
      for (RecordTree tree : EnumSet.allOf(RecordTree.class)) {
        if (Arrays.equals(tree.key(), name)) {
          ByteBuffer db = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
          trees.put(tree, root(db, data));
        }
      }
    }
  }

  /** Checks that what the free list names is used by nothing; the list's own pages are few. */
  private void free() throws Damaged {
    if (meta.free.depth > MOST_DEPTH) {
      throw new Damaged("damaged in its first pages");
    }
    if (meta.free.page != NONE) {
      BitSet free = new BitSet();
      freePage(meta.free.page, meta.free.depth, free);
      if (free.intersects(used)) {
        throw new Damaged("damaged in its list of free pages");
      }
    }
  }

  private void freePage(long number, int depth, BitSet free) throws Damaged {
    byte[] bytes = load(number, depth);
    for (int i = 0; i < nodes(bytes); i++) {
      int node = u16(bytes, HEADER + 2 * i);
      int data = data(bytes, node, number);
      if (depth > 1) {
        freePage(child(bytes, node), depth - 1, free);
      } else {
        freeNode(bytes, node, data, number, free);
      }
    }
  }

  /** A node of the free list: a transaction's number, then the count and numbers of its pages. */
  private void freeNode(byte[] bytes, int node, int data, long number, BitSet free) throws Damaged {
    long size = u16(bytes, node) | (long) u16(bytes, node + 2) << 16;
    int flags = u16(bytes, node + 4);
    ByteBuffer list;
    boolean numbers = size % 8 == 0 && size >= 8 && size <= Integer.MAX_VALUE;
    sound(numbers && data - node - NODE == 8, number);
    if (flags == BIG_DATA && data + 8 <= bytes.length) {
      long first = u64(bytes, data);
      long count = (HEADER - 1 + size) / meta.pageSize + 1;
      use(first, count);
      list = bytes(first * meta.pageSize + HEADER, size);
    } else {
      sound(flags == 0 && data + size <= bytes.length, number);
      list = ByteBuffer.wrap(bytes, data, (int) size).slice().order(ByteOrder.LITTLE_ENDIAN);
    }
    long count = list.getLong(0);
    sound(count >= 0 && count <= size / 8 - 1, number);
    for (int i = 1; i <= count; i++) {
      long page = list.getLong(8 * i);
      if (page < 2 || page > meta.last || page > Integer.MAX_VALUE || free.get((int) page)) {
        throw new Damaged("damaged in its list of free pages");
      }
      free.set((int) page);
    }
  }

  /**
   * A part of the file. A segment's own ways to its bytes have the JVM write classes at a start.
   */
  private ByteBuffer bytes(long at, long size) {
    return file.asSlice(at, size).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int compare(byte[] bytes, int from, int to, byte[] other) {
    return Arrays.compareUnsigned(bytes, from, to, other, 0, other.length);
  }

  private static int u16(byte[] bytes, int at) {
    return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8;
  }

  private static long u64(byte[] bytes, int at) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(at);
  }
}
