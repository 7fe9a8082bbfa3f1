package dev.torc.core.memory;

import dev.torc.base.bytes.ByteReader;
import dev.torc.base.bytes.ByteWriter;
import dev.torc.core.memory.DatabaseKey.RecordTree;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Encodes one commit of the journal. A frame begins with four fields of four bytes each: the word
 * {@code torc}, the length of the changes, the checksum of the previous frame, and its own
 * checksum. The changes follow. A checksum covers the previous one, and so the whole file up to
 * this frame.
 *
 * <p>A change is its tree, the length of its key, the key, the length of its value plus one, and
 * the value. If a 0 replaces the last two, the change removes the key. The values have {@linkplain
 * RecordCodec checksums} of their own.
 */
final class JournalFrame {

  /** Bytes before the changes. */
  static final int HEAD = 4 * Integer.BYTES;

  private static final int MAGIC = 0x746f7263;
  private static final RecordTree[] TREES = RecordTree.values();

  private JournalFrame() {}

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

  /** Returns about how many bytes a record takes in a frame. */
  static long size(byte[] key, byte[] value) {
    return key.length + value.length + 5L;
  }

  /** Returns the length of a frame from its head at an index; 0 if there is no head. */
  static int wanted(byte[] bytes, int from) {
    ByteBuffer head = ByteBuffer.wrap(bytes, from, HEAD);
    int magic = head.getInt();
    int size = head.getInt();
    return magic == MAGIC && size >= 0 && size <= Integer.MAX_VALUE - HEAD ? HEAD + size : 0;
  }

  static boolean isWhole(byte[] bytes, int from) {
    int length = bytes.length - from < HEAD ? 0 : wanted(bytes, from);
    return length > 0
        && length <= bytes.length - from
        && chain(bytes, from) == sum(bytes, from, length, before(bytes, from));
  }

  /** Returns the checksum of the frame before the frame at an index. */
  static int before(byte[] bytes, int from) {
    return ByteBuffer.wrap(bytes).getInt(from + 2 * Integer.BYTES);
  }

  /** Returns the checksum of the frame at an index. */
  static int chain(byte[] bytes, int from) {
    return ByteBuffer.wrap(bytes).getInt(from + 3 * Integer.BYTES);
  }

  /** Returns a frame's changes; null for another version. */
  static List<Batch.Change> changes(byte[] frame) {
    return ByteReader.orNull(frame, HEAD, JournalFrame::changes);
  }

  private static List<Batch.Change> changes(ByteReader in) {
    List<Batch.Change> changes = new ArrayList<>();
    while (!in.isAtEnd()) {
      RecordTree tree = TREES[in.one()];
      byte[] key = in.raw((int) in.number());
      int value = (int) in.number();
      changes.add(new Batch.Change(tree, key, value == 0 ? null : in.raw(value - 1)));
    }
    return changes;
  }

  private static int sum(byte[] bytes, int from, int length, int before) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(2 * Integer.BYTES).putInt(before).putInt(length).flip());
    crc.update(bytes, from + HEAD, length - HEAD);
    return (int) crc.getValue();
  }
}
