package dev.torc.core.memory;

import dev.torc.base.posix.OwnFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the frames of a {@link Journal}, which may grow at the same time. Each frame is on the disk
 * before the next one is written. So an incomplete frame is the end, unless a complete one follows:
 * then the journal is damaged.
 */
final class JournalReader implements AutoCloseable {

  /** Thrown if the journal cannot be used; the message says why. */
  static final class Damaged extends Exception {
    private static final long serialVersionUID = 1;

    Damaged(String message) {
      super(message);
    }
  }

  static final String TITLE = "torc journal 1, records " + RecordStore.SCHEMA + ", ";

  /** The length of an id of {@link dev.torc.base.posix.RandomId}. */
  static final int ID = 36;

  static final int HEADER = TITLE.length() + ID + 1;

  /** The size of the read buffer in bytes. A larger frame is read all at once. */
  private static final int PIECE = 1 << 18;

  /** The maximum size of an incomplete frame in bytes; a longer end of the file is damaged. */
  private static final int TORN = 64 << 20;

  private final FileChannel file;
  private JournalPosition position;

  /** The stream that continues at the position; null before the first read from there. */
  private InputStream in;

  private JournalReader(FileChannel file, String id) {
    this.file = file;
    this.position = new JournalPosition(id, 0, HEADER, 0, 0);
  }

  /** Opens a journal; throws {@link Damaged} if it is not a journal of this version. */
  static JournalReader open(Path path) throws IOException, Damaged {
    FileChannel file = OwnFile.channel(path);
    try {
      String line = new String(from(file, 0).readNBytes(HEADER), StandardCharsets.US_ASCII);
      if (line.length() < HEADER || !line.startsWith(TITLE) || !line.endsWith("\n")) {
        throw new Damaged(
            line.startsWith("torc journal ") ? "of another version of torc" : "not a journal");
      }
      return new JournalReader(file, line.substring(TITLE.length(), HEADER - 1));
    } catch (IOException | Damaged e) {
      file.close();
      throw e;
    }
  }

  private static InputStream from(FileChannel file, long begin) throws IOException {
    return Channels.newInputStream(file.position(begin));
  }

  JournalPosition position() {
    return position;
  }

  long length() throws IOException {
    return file.size();
  }

  /** Moves to a database's position; returns false if the journal does not contain it. */
  boolean goTo(JournalPosition wanted) throws IOException {
    in = null;
    if (wanted == null
        || !wanted.journal().equals(position.journal())
        || wanted.end() > file.size()) {
      return false;
    }
    if (wanted.last() > 0) {
      byte[] head = from(file, wanted.last()).readNBytes(JournalFrame.HEAD);
      if (head.length < JournalFrame.HEAD || JournalFrame.chain(head, 0) != wanted.chain()) {
        return false;
      }
    }
    position = wanted;
    return true;
  }

  /** Returns the changes of the next frame and moves past it; null if no complete one is left. */
  List<Batch.Change> next() throws IOException, Damaged {
    long begin = position.end();
    if (in == null) {
      in = new BufferedInputStream(from(file, begin), PIECE);
    }
    byte[] frame = frame();
    if (frame == null) {
      mustBeTheEnd();
      return null;
    }
    List<Batch.Change> changes = JournalFrame.changes(frame);
    if (changes == null) {
      throw new Damaged("of another version of torc at byte " + begin);
    }
    position = position.behind(frame);
    return changes;
  }

  /** Returns the frame at the current position; null if it is incomplete. */
  private byte[] frame() throws IOException {
    byte[] head = in.readNBytes(JournalFrame.HEAD);
    int length = head.length < JournalFrame.HEAD ? 0 : JournalFrame.wanted(head, 0);
    if (length == 0
        || length > file.size() - position.end()
        || JournalFrame.before(head, 0) != position.chain()) {
      return null;
    }
    byte[] frame = Arrays.copyOf(head, length);
    in.readNBytes(frame, head.length, length - head.length);
    return JournalFrame.isWhole(frame, 0) ? frame : null;
  }

  /** Throws {@link Damaged} if more than an incomplete frame is left. */
  private void mustBeTheEnd() throws IOException, Damaged {
    in = null;
    long size = Math.max(0, file.size() - position.end());
    boolean damaged = size > TORN;
    if (!damaged) {
      byte[] rest = from(file, position.end()).readNBytes((int) size);
      for (int at = 1; at < rest.length && !damaged; at++) {
        damaged = JournalFrame.isWhole(rest, at);
      }
    }
    if (damaged) {
      throw new Damaged("damaged at byte " + position.end());
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
