package dev.torc.records;

import dev.torc.bytes.ByteReader;
import dev.torc.bytes.ByteWriter;
import dev.torc.posix.OwnFile;
import dev.torc.posix.RandomId;
import dev.torc.records.DatabaseKey.RecordTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * The records of a root that several hosts share, as a file that only grows: a line that names it,
 * then a {@linkplain JournalFrame frame} for each commit, which is on the disk before the commit
 * counts. It is the truth; the database of each host is made from it. This class writes it, for the
 * holder of the build lock; {@link JournalReader} reads it.
 */
final class Journal implements AutoCloseable {

  /** With more dead bytes the journal is written anew, if they are also more than half of it. */
  private static final long DEAD = 16 << 20;

  /** Bytes of the records that make a frame of a rewritten journal. */
  static final int GATHER = 1 << 20;

  private final Path file;
  private FileChannel out;
  private JournalPosition end;

  private Journal(Path file, FileChannel out, JournalPosition end) {
    this.file = file;
    this.out = out;
    this.end = end;
  }

  /** Opens a journal to append to it; what a killed torc left half written is cut off. */
  static Journal open(Path file, JournalPosition end) throws IOException {
    FileChannel out = OwnFile.outChannel(file);
    try {
      if (out.size() > end.end()) {
        out.truncate(end.end());
        out.force(true);
      }
      return new Journal(file, out, end);
    } catch (IOException e) {
      out.close();
      throw e;
    }
  }

  /**
   * Makes a journal that replaces any other, whole or not at all.
   *
   * @param records hands over all records, some at a time
   */
  static Journal make(Path file, Consumer<Consumer<List<Batch.Change>>> records)
      throws IOException {
    Path fresh = file.resolveSibling("journal.new");
    OwnFile.remove(fresh);
    String id = RandomId.next();
    FileChannel out = OwnFile.outChannel(fresh);
    try {
      Journal journal = new Journal(file, out, new JournalPosition(id, 0, 0, 0, 0));
      journal.write((JournalReader.TITLE + id + "\n").getBytes(StandardCharsets.US_ASCII));
      journal.end = new JournalPosition(id, 0, JournalReader.HEADER, 0, 0);
      try {
        records.accept(journal::take);
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
      out.force(true);
      OwnFile.prepare(file);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
      syncName(file);
      return journal;
    } catch (IOException | RuntimeException e) {
      out.close();
      Files.deleteIfExists(fresh); // it may be what fills the disk
      throw e;
    }
  }

  private void take(List<Batch.Change> records) {
    try {
      frame(records);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    records.forEach(each -> grown(JournalFrame.size(each.key, each.value)));
  }

  /** Brings a new file's name to the disk; where the system syncs no folders, a server has it. */
  static void syncName(Path file) {
    try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
      folder.force(true);
    } catch (IOException refused) {
      return; // some network file systems refuse; their servers rename before they answer
    }
  }

  /** The position of its end. */
  JournalPosition end() {
    return end;
  }

  /** Whether it is worth writing anew. */
  boolean isMostlyDead() {
    long dead = end.end() - end.live();
    return dead > DEAD && dead > end.live();
  }

  /**
   * Adds a commit; when this has returned it is on the disk. After a failure nothing more may be
   * added.
   *
   * @throws IOException also where another host has written to the journal: a host that was cut off
   *     from the server for long has lost the build lock without being told
   */
  void append(List<Batch.Change> changes) throws IOException {
    long before = end.end();
    if (out.size() != before) {
      throw new FileSystemException(
          file.toString(), null, "another host has written to it; build again when it is done");
    }
    try {
      frame(changes);
      out.force(true);
    } catch (IOException e) {
      try {
        out.truncate(before); // else the next build does that
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  /** Notes by how many bytes the records in it have grown. */
  void grown(long bytes) {
    end = end.with(end.live() + bytes);
  }

  private void frame(List<Batch.Change> changes) throws IOException {
    if (changes.isEmpty()) {
      return;
    }
    byte[] frame = JournalFrame.of(changes, end.chain());
    write(frame);
    end = end.behind(frame);
  }

  private void write(byte[] bytes) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(bytes);
    while (left.hasRemaining()) {
      out.write(left, end.end() + left.position());
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  /**
   * How far a database holds the records of a {@link Journal}. It is written to the database in the
   * same transaction as the records. The checksum stands for all that is in the journal up to here,
   * so a journal that was put back from a backup, and then grew, is not taken for this one.
   *
   * @param journal the journal's random id; a rewritten one has another
   * @param last where the last frame begins, in bytes; 0 where there is none
   * @param end where that frame ends
   * @param chain the checksum of the last frame; 0 where there is none
   * @param live bytes of the journal that the records take: the others are dead
   */
  record JournalPosition(String journal, long last, long end, int chain, long live) {

    byte[] bytes() {
      ByteWriter out = new ByteWriter(0);
      out.text(journal);
      out.number(last);
      out.number(end);
      out.number(chain);
      out.number(live);
      return out.bytes();
    }

    /** Reads it back; null for null and for a position of another version. */
    static JournalPosition of(byte[] bytes) {
      if (bytes == null) {
        return null;
      }
      try {
        ByteReader in = new ByteReader(bytes, 0);
        return new JournalPosition(
            in.text(), in.number(), in.number(), (int) in.number(), in.number());
      } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
        return null;
      }
    }

    /** The position behind one more frame. */
    JournalPosition behind(byte[] frame) {
      return new JournalPosition(
          journal, end, end + frame.length, JournalFrame.chain(frame, 0), live);
    }

    /** This position with another number of live bytes. */
    JournalPosition with(long bytes) {
      return new JournalPosition(journal, last, end, chain, bytes);
    }
  }

  /**
   * One commit in the journal, as bytes: the word {@code torc}, the length of the changes, the
   * checksum of the frame before and its own, four bytes each, then the changes. A checksum covers
   * the one before it, so it stands for all that is in the file up to here. It reads and writes no
   * file.
   *
   * <p>A change is its tree, the length of its key, the key, the length of its value plus one, and
   * the value; for a key that is removed, 0 stands in the place of the last two. The values carry
   * {@linkplain RecordCodec checksums} of their own.
   */
  static final class JournalFrame {

    /** Bytes before the changes. */
    static final int HEAD = 4 * Integer.BYTES;

    private static final int MAGIC = 0x746f7263;
    private static final RecordTree[] TREES = RecordTree.values();

    private JournalFrame() {}

    /** A whole frame. */
    static byte[] of(List<Batch.Change> changes, int before) {
      ByteWriter out = new ByteWriter(HEAD);
      for (Batch.Change change : changes) {
        out.one(change.tree.ordinal());
        out.number(change.key.length);
        out.raw(change.key);
        out.number(change.value == null ? 0 : change.value.length + 1L);
        if (change.value != null) {
          out.raw(change.value);
        }
      }
      byte[] bytes = out.bytes();
      ByteBuffer.wrap(bytes)
          .putInt(MAGIC)
          .putInt(bytes.length - HEAD)
          .putInt(before)
          .putInt(sum(bytes, 0, bytes.length, before));
      return bytes;
    }

    /** About how many bytes a record with this key and value takes in a frame. */
    static long size(byte[] key, byte[] value) {
      return key.length + value.length + 5L;
    }

    /** The length of a frame by its head, which begins at an index; 0 where no head does. */
    static int wanted(byte[] bytes, int from) {
      ByteBuffer head = ByteBuffer.wrap(bytes, from, HEAD);
      int magic = head.getInt();
      int size = head.getInt();
      return magic == MAGIC && size >= 0 && size <= Integer.MAX_VALUE - HEAD ? HEAD + size : 0;
    }

    /** Whether a whole frame begins at an index. */
    static boolean isWhole(byte[] bytes, int from) {
      int length = bytes.length - from < HEAD ? 0 : wanted(bytes, from);
      return length > 0
          && length <= bytes.length - from
          && chain(bytes, from) == sum(bytes, from, length, before(bytes, from));
    }

    /** The checksum of the frame before the one that begins at an index. */
    static int before(byte[] bytes, int from) {
      return ByteBuffer.wrap(bytes).getInt(from + 2 * Integer.BYTES);
    }

    /** The checksum of the frame that begins at an index. */
    static int chain(byte[] bytes, int from) {
      return ByteBuffer.wrap(bytes).getInt(from + 3 * Integer.BYTES);
    }

    /**
     * The changes of a whole frame.
     *
     * @throws IllegalArgumentException where only another version can read them
     */
    static List<Batch.Change> changes(byte[] frame) {
      List<Batch.Change> changes = new ArrayList<>();
      ByteReader in = new ByteReader(frame, HEAD);
      try {
        while (!in.isAtEnd()) {
          RecordTree tree = TREES[in.one()];
          byte[] key = in.raw((int) in.number());
          int value = (int) in.number();
          changes.add(new Batch.Change(tree, key, value == 0 ? null : in.raw(value - 1)));
        }
        return changes;
      } catch (IndexOutOfBoundsException | ArithmeticException | NegativeArraySizeException e) {
        throw new IllegalArgumentException("not of this version", e);
      }
    }

    private static int sum(byte[] bytes, int from, int length, int before) {
      CRC32C crc = new CRC32C();
      crc.update(ByteBuffer.allocate(2 * Integer.BYTES).putInt(before).putInt(length).flip());
      crc.update(bytes, from + HEAD, length - HEAD);
      return (int) crc.getValue();
    }
  }
}
