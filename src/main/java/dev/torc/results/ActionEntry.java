package dev.torc.results;

import dev.torc.hash.Digest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * An entry below {@code /ac/}: an {@code ActionResult} of Bazel's remote execution API (package
 * build.bazel.remote.execution.v2), so that its servers take it. It names one blob, torc's own
 * record, as an output file; of what else may stand in it nothing is read. Protobuf by hand: three
 * messages of a few fields.
 */
final class ActionEntry {

  /** The largest entry that is read, in bytes; servers add a little to what they were sent. */
  static final int MOST = 64 << 10;

  private static final String PATH = "torc";

  /** Fields: of an ActionResult, an OutputFile, a Digest. */
  private static final int OUTPUT_FILES = 2;

  private static final int FILE_PATH = 1;
  private static final int FILE_DIGEST = 2;
  private static final int DIGEST_HASH = 1;
  private static final int DIGEST_SIZE = 2;

  /** Forms of fields on the wire. */
  private static final int NUMBER = 0;

  private static final int EIGHT = 1;
  private static final int BYTES = 2;
  private static final int FOUR = 5;

  private ActionEntry() {}

  /** The bytes of an entry that names a record's blob. */
  static byte[] encode(Blob record) {
    ByteArrayOutputStream digest = new ByteArrayOutputStream();
    field(digest, DIGEST_HASH, record.name().getBytes(StandardCharsets.US_ASCII));
    number(digest, DIGEST_SIZE << 3 | NUMBER);
    number(digest, record.size());
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    field(file, FILE_PATH, PATH.getBytes(StandardCharsets.US_ASCII));
    field(file, FILE_DIGEST, digest.toByteArray());
    ByteArrayOutputStream result = new ByteArrayOutputStream();
    field(result, OUTPUT_FILES, file.toByteArray());
    return result.toByteArray();
  }

  private static void field(ByteArrayOutputStream out, int field, byte[] bytes) {
    number(out, (long) field << 3 | BYTES);
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
    Reader in = new Reader(entry, 0, entry.length);
    Blob record = null;
    while (in.next()) {
      if (in.field == OUTPUT_FILES && in.form == BYTES && record == null) {
        record = file(in.inner());
      }
    }
    if (record == null) {
      throw new StoreRefusal("its entry names no record of torc's");
    }
    return record;
  }

  private static Blob file(Reader in) throws StoreRefusal {
    Blob record = null;
    boolean own = false;
    while (in.next()) {
      if (in.field == FILE_PATH && in.form == BYTES) {
        own = in.text().equals(PATH);
      } else if (in.field == FILE_DIGEST && in.form == BYTES) {
        record = digest(in.inner());
      }
    }
    return own ? record : null;
  }

  private static Blob digest(Reader in) throws StoreRefusal {
    String hash = "";
    long size = 0;
    while (in.next()) {
      if (in.field == DIGEST_HASH && in.form == BYTES) {
        hash = in.text();
      } else if (in.field == DIGEST_SIZE && in.form == NUMBER) {
        size = in.value;
      }
    }
    if (!hash.matches("[0-9a-f]{64}") || size < 0 || size > SealedRecord.MOST) {
      throw new StoreRefusal("its entry names no blob that can be a record");
    }
    return new Blob(Digest.of(HexFormat.of().parseHex(hash)), size);
  }

  /** One message, field by field. */
  private static final class Reader {

    private final byte[] bytes;
    private final int end;
    private int at;

    int field;
    int form;
    long value; // the number, or how many bytes
    private int from; // where these begin

    Reader(byte[] bytes, int from, int end) {
      this.bytes = bytes;
      this.at = from;
      this.end = end;
    }

    /** Goes on to the next field; false at the end. */
    boolean next() throws StoreRefusal {
      if (at == end) {
        return false;
      }
      long head = number();
      field = (int) Math.min(Integer.MAX_VALUE, head >>> 3);
      form = (int) head & 7;
      switch (form) {
        case NUMBER -> value = number();
        case EIGHT -> skip(Long.BYTES);
        case FOUR -> skip(Integer.BYTES);
        case BYTES -> {
          value = number();
          from = at;
          skip(value);
        }
        default -> throw damaged();
      }
      return true;
    }

    Reader inner() {
      return new Reader(bytes, from, at);
    }

    String text() {
      return new String(bytes, from, at - from, StandardCharsets.UTF_8);
    }

    private void skip(long count) throws StoreRefusal {
      if (count < 0 || count > end - at) {
        throw damaged();
      }
      at += (int) count;
    }

    private long number() throws StoreRefusal {
      long number = 0;
      for (int shift = 0; shift < Long.SIZE; shift += 7) {
        if (at == end) {
          throw damaged();
        }
        int part = bytes[at++];
        number |= (part & 0x7fL) << shift;
        if (part >= 0) {
          return number;
        }
      }
      throw damaged();
    }

    private static StoreRefusal damaged() {
      return new StoreRefusal("its entry is no ActionResult");
    }
  }
}
