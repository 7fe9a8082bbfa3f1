package dev.torc.core.memory;

import dev.torc.base.posix.Io;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.posix.RandomId;
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
import java.util.List;
import java.util.function.Consumer;

/**
 * The records of a network root, as a file to which each commit is appended. It begins with a line
 * that names it. A {@linkplain JournalFrame frame} for each commit follows; a commit counts only
 * once its frame is on the disk. The journal is authoritative, and each host makes its database
 * from it. The holder of the build lock writes the journal with this class; {@link JournalReader}
 * reads it.
 */
final class Journal implements AutoCloseable {

  /** The journal is rewritten once more bytes than this, and over half of all, are outdated. */
  private static final long DEAD = 16 << 20;

  /** The approximate number of bytes of records in a frame of a rewritten journal. */
  static final int GATHER = 1 << 20;

  private final Path file;
  private FileChannel out;
  private JournalPosition end;

  private Journal(Path file, FileChannel out, JournalPosition end) {
    this.file = file;
    this.out = out;
    this.end = end;
  }

  /** Opens a journal to append to it, and cuts off a frame that a killed torc left incomplete. */
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

  /** Replaces the journal atomically; {@code records} passes all records in lists. */
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
    Io.unchecked(() -> frame(records));
    records.forEach(each -> grown(JournalFrame.size(each.key, each.value)));
  }

  /** Forces the name of a new file to the disk. */
  static void syncName(Path file) {
    try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
      folder.force(true);
    } catch (IOException refused) {
      return; // some network file systems refuse; their servers rename before they answer
    }
  }

  JournalPosition end() {
    return end;
  }

  boolean isMostlyDead() {
    long dead = end.end() - end.live();
    return dead > DEAD && dead > end.live();
  }

  /**
   * Appends a commit and forces it to the disk. After a failure, nothing more may be appended. Also
   * fails if another host has written: a host that was disconnected for a long time has lost the
   * build lock without notice.
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
        out.truncate(before); // if this fails, the next build does it
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

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
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    while (rest.hasRemaining()) {
      out.write(rest, end.end() + rest.position());
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
