package dev.torc.results;

import dev.torc.hash.Digest;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * An entry below {@code /ac/}: an {@code ActionResult} of Bazel's remote execution API (package
 * build.bazel.remote.execution.v2), so that its servers take it. It names one blob, torc's own
 * record, as an output file; anything else in it is not read. Protobuf by hand: three messages of a
 * few fields.
 */
final class ActionEntry {

  /** The largest entry that is read, in bytes; servers add a little to what they were sent. */
  static final int MOST = 64 << 10;

  private static final String PATH = "torc";

  /** Forms of fields on the wire. */
  private static final int NUMBER = 0;

  private static final int EIGHT = 1;
  private static final int BYTES = 2;
  private static final int FOUR = 5;

  /** Fields, each with its form: of an ActionResult, an OutputFile, a Digest. */
  private static final int OUTPUT_FILES = 2 << 3 | BYTES;

  private static final int FILE_PATH = 1 << 3 | BYTES;
  private static final int FILE_DIGEST = 2 << 3 | BYTES;
  private static final int DIGEST_HASH = 1 << 3 | BYTES;
  private static final int DIGEST_SIZE = 2 << 3 | NUMBER;

  private ActionEntry() {}

  /** The bytes of an entry that names a record's blob. */
  static byte[] encode(Blob record) {
    ByteArrayOutputStream digest = new ByteArrayOutputStream();
    field(digest, DIGEST_HASH, record.name().getBytes(StandardCharsets.US_ASCII));
    number(digest, DIGEST_SIZE);
    number(digest, record.size());
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    field(file, FILE_PATH, PATH.getBytes(StandardCharsets.US_ASCII));
    field(file, FILE_DIGEST, digest.toByteArray());
    ByteArrayOutputStream result = new ByteArrayOutputStream();
    field(result, OUTPUT_FILES, file.toByteArray());
    return result.toByteArray();
  }

  private static void field(ByteArrayOutputStream out, int field, byte[] bytes) {
    number(out, field);
    number(out, bytes.length);
    out.writeBytes(bytes);
  }

  private static void number(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  /** The record's blob that an entry names; throws with the reason where it names none. */
  static Blob decode(byte[] entry) throws StoreRefusal {
    if (entry.length > MOST) {
      throw new StoreRefusal("its entry is longer than " + MOST + " bytes");
    }
    try {
      for (Field file : fields(ByteBuffer.wrap(entry), OUTPUT_FILES)) {
        List<Field> paths = fields(file.bytes, FILE_PATH);
        List<Field> digests = fields(file.bytes, FILE_DIGEST);
        if (!paths.isEmpty() && paths.getLast().text().equals(PATH) && !digests.isEmpty()) {
          return digest(digests.getLast().bytes);
        }
      }
    } catch (BufferUnderflowException e) {
      throw new StoreRefusal("its entry is no ActionResult");
    }
    throw new StoreRefusal("its entry names no record of torc's");
  }

  private static Blob digest(ByteBuffer message) throws StoreRefusal {
    List<Field> hashes = fields(message, DIGEST_HASH);
    List<Field> sizes = fields(message, DIGEST_SIZE);
    String hash = hashes.isEmpty() ? "" : hashes.getLast().text();
    long size = sizes.isEmpty() ? 0 : sizes.getLast().number;
    if (!hash.matches("[0-9a-f]{64}") || size < 0 || size > SealedRecord.MOST) {
      throw new StoreRefusal("its entry names no blob that can be a record");
    }
    return new Blob(Digest.of(HexFormat.of().parseHex(hash)), size);
  }

  /** A number, or bytes. */
  private record Field(long number, ByteBuffer bytes) {

    String text() {
      return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }
  }

  /** The fields of a message with one head; throws where it is no message. */
  private static List<Field> fields(ByteBuffer message, int wanted) {
    List<Field> fields = new ArrayList<>();
    ByteBuffer in = message.duplicate();
    while (in.hasRemaining()) {
      long head = number(in);
      int form = (int) head & 7;
      long value = form == NUMBER || form == BYTES ? number(in) : 0;
      ByteBuffer bytes =
          switch (form) {
            case NUMBER -> null;
            case BYTES -> skip(in, value);
            case EIGHT -> skip(in, Long.BYTES);
            case FOUR -> skip(in, Integer.BYTES);
            default -> throw new BufferUnderflowException();
          };
      if (head == wanted) {
        fields.add(new Field(value, bytes));
      }
    }
    return fields;
  }

  private static ByteBuffer skip(ByteBuffer in, long count) {
    if (count < 0 || count > in.remaining()) {
      throw new BufferUnderflowException();
    }
    ByteBuffer bytes = in.slice(in.position(), (int) count);
    in.position(in.position() + (int) count);
    return bytes;
  }

  private static long number(ByteBuffer in) {
    long number = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      int part = in.get();
      number |= (part & 0x7fL) << shift;
      if (part >= 0) {
        return number;
      }
    }
    throw new BufferUnderflowException();
  }
}
