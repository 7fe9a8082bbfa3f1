package dev.torc.records;

import dev.torc.posix.OwnFile;
import dev.torc.records.Journal.JournalFrame;
import dev.torc.records.Journal.JournalPosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads the frames of a {@link Journal} in their order, from its beginning or from where a database
 * stands. Each frame is on the disk before the next one is written, so only the last one can be
 * torn: what is not whole is the end, unless a whole frame follows. It never writes, and a file
 * that grows meanwhile is no trouble.
 */
final class JournalReader implements AutoCloseable {

  /** The journal cannot be used; the message says why. */
  static final class Damaged extends Exception {
    private static final long serialVersionUID = 1;

    Damaged(String message) {
      super(message);
    }
  }

  /** The first line but for the id: with the format of the records. */
  static final String TITLE = "torc journal 1, records " + RecordStore.SCHEMA + ", ";

  /** Characters of an id, as {@link dev.torc.posix.RandomId} makes them. */
  static final int ID = 36;

  static final int HEADER = TITLE.length() + ID + 1;

  /** Bytes that are read at once, if a frame is no larger. */
  private static final int PIECE = 1 << 18;

  /** No commit that was cut off is larger, in bytes: what is no frame for so long is damage. */
  private static final int TORN = 64 << 20;

  private final FileChannel in;
  private JournalPosition position;
  private byte[] bytes = {};
  private int at; // where the position is among the bytes that were read
  private int limit; // how many these are

  private JournalReader(FileChannel in, String id) {
    this.in = in;
    this.position = new JournalPosition(id, 0, HEADER, 0, 0);
  }

  /**
   * Opens a journal at its beginning.
   *
   * @throws java.nio.file.NoSuchFileException where there is none
   * @throws Damaged where it is another file, or of another version
   */
  static JournalReader open(Path file) throws IOException, Damaged {
    FileChannel in = OwnFile.channel(file);
    try {
      ByteBuffer line = ByteBuffer.allocate(HEADER);
      fill(in, line, 0);
      String text = new String(line.array(), 0, line.position(), StandardCharsets.US_ASCII);
      if (text.length() < HEADER || !text.startsWith(TITLE) || !text.endsWith("\n")) {
        throw new Damaged(
            text.startsWith("torc journal ") ? "of another version of torc" : "not a journal");
      }
      return new JournalReader(in, text.substring(TITLE.length(), HEADER - 1));
    } catch (IOException | Damaged e) {
      in.close();
      throw e;
    }
  }

  /** Where it stands. */
  JournalPosition position() {
    return position;
  }

  /** How long the file is now, in bytes. */
  long length() throws IOException {
    return in.size();
  }

  /**
   * Goes to where a database stands, if the journal has all that the database holds.
   *
   * @param wanted may be null
   */
  boolean goTo(JournalPosition wanted) throws IOException {
    if (wanted == null || !wanted.journal().equals(position.journal())) {
      return false;
    }
    if (wanted.last() > 0) {
      ByteBuffer head = ByteBuffer.allocate(JournalFrame.HEAD);
      fill(in, head, wanted.last());
      if (head.hasRemaining()
          || in.size() < wanted.end()
          || JournalFrame.chain(head.array(), 0) != wanted.chain()) {
        return false;
      }
    }
    position = wanted;
    at = 0;
    limit = 0;
    return true;
  }

  /**
   * The changes of the next frame; the position is behind it then.
   *
   * @return null at the end, be there half a frame
   * @throws Damaged where a frame is not whole and others follow
   */
  List<Batch.Change> next() throws IOException, Damaged {
    int length = frame();
    if (length == 0) {
      return null;
    }
    long from = position.end();
    List<Batch.Change> changes;
    try {
      changes = JournalFrame.changes(bytes, at, length);
    } catch (IllegalArgumentException e) {
      throw new Damaged("of another version of torc at byte " + from);
    }
    int chain = JournalFrame.chain(bytes, at);
    position = new JournalPosition(position.journal(), from, from + length, chain, position.live());
    at += length;
    return changes;
  }

  /** How long the frame is that begins here, all of which is read then; 0 at the end. */
  private int frame() throws IOException, Damaged {
    int length = 0;
    if (ahead(JournalFrame.HEAD)) {
      int wanted = JournalFrame.wanted(bytes, at);
      length = wanted > 0 && ahead(wanted) ? JournalFrame.length(bytes, at, limit) : 0;
    }
    if (length == 0 || JournalFrame.before(bytes, at) != position.chain()) {
      mustBeTheEnd();
      return 0;
    }
    return length;
  }

  /** Whether a frame is only begun here: no whole one follows. */
  private void mustBeTheEnd() throws IOException, Damaged {
    long left = in.size() - position.end();
    boolean damaged = left > TORN;
    if (!damaged) {
      ahead((int) left);
      for (int from = at + 1; from < limit && !damaged; from++) {
        damaged = JournalFrame.length(bytes, from, limit) > 0;
      }
    }
    if (damaged) {
      throw new Damaged("damaged at byte " + position.end());
    }
  }

  /** Whether so many bytes are read from here on, after trying to. */
  private boolean ahead(int wanted) throws IOException {
    if (limit - at < wanted && position.end() + wanted <= in.size()) {
      ByteBuffer more = ByteBuffer.allocate(Math.max(PIECE, wanted));
      more.put(bytes, at, limit - at);
      fill(in, more, position.end() + limit - at);
      bytes = more.array();
      at = 0;
      limit = more.position();
    }
    return limit - at >= wanted;
  }

  /** Reads from an offset on until the buffer is full or the file ends. */
  private static void fill(FileChannel in, ByteBuffer buffer, long from) throws IOException {
    int begin = buffer.position();
    while (buffer.hasRemaining()) {
      if (in.read(buffer, from + buffer.position() - begin) < 0) {
        return;
      }
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
