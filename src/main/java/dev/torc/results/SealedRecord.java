package dev.torc.results;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A shared record with its version, its kind, and who signed it, as one blob. The signature holds
 * for all of it, behind words that nothing else that is signed begins with.
 *
 * @param type of the record
 * @param payload its bytes, which nobody has looked into yet
 * @param signer who signed it, and did so rightly; null where nobody did
 */
record SealedRecord(StoreRecord.Type type, byte[] payload, SigningWord signer) {

  /** The largest blob that is made or taken, in bytes. */
  static final int MOST = 16 << 20;

  private static final byte[] MAGIC = "torc".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 2;
  private static final byte[] DOMAIN =
      "dev.torc shared record\0".getBytes(StandardCharsets.US_ASCII);

  /** Magic, version, kind, and whether it is signed. */
  private static final int HEAD = MAGIC.length + 3;

  /**
   * The blob of a record.
   *
   * @param key null for a record without a signature
   * @throws StoreRefusal where nobody would take it
   */
  static byte[] seal(StoreRecord record, SigningKey key) throws StoreRefusal {
    byte[] blob = seal(record.type(), ResultCodec.encode(record), key);
    if (blob.length > MOST) {
      throw new StoreRefusal(
          "its record takes " + blob.length + " bytes, and " + MOST + " are the most");
    }
    return blob;
  }

  /** The same of bytes that nobody has checked: tests send bad ones so. */
  static byte[] seal(StoreRecord.Type type, byte[] payload, SigningKey key) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(MAGIC);
    out.write(VERSION);
    out.write(type.code);
    out.write(key == null ? 0 : 1);
    if (key != null) {
      out.writeBytes(key.word().bytes());
      out.writeBytes(key.sign(signed(type, payload)));
    }
    out.writeBytes(payload);
    return out.toByteArray();
  }

  /** What a blob holds; throws with the reason where it is none, or wrongly signed. */
  static SealedRecord open(byte[] blob) throws StoreRefusal {
    ByteBuffer in = ByteBuffer.wrap(blob);
    byte[] magic = new byte[MAGIC.length];
    if (blob.length > MOST || blob.length < HEAD || !Arrays.equals(MAGIC, get(in, magic))) {
      throw new StoreRefusal("its record is none of torc's");
    }
    int version = in.get();
    if (version != VERSION) {
      throw new StoreRefusal(
          "its record has version " + version + ", and this torc knows " + VERSION);
    }
    StoreRecord.Type type = type(in.get());
    int mark = in.get();
    if (type == null || mark < 0 || mark > 1) {
      throw new StoreRefusal("its record is of an unknown kind");
    }
    if (mark == 0) {
      return new SealedRecord(type, get(in, new byte[in.remaining()]), null);
    }
    if (in.remaining() < SigningWord.LENGTH + SigningKey.SIGNATURE) {
      throw new StoreRefusal("its record is cut off");
    }
    SigningWord signer = new SigningWord(get(in, new byte[SigningWord.LENGTH]));
    byte[] signature = get(in, new byte[SigningKey.SIGNATURE]);
    byte[] payload = get(in, new byte[in.remaining()]);
    if (!signer.verifies(signed(type, payload), signature)) {
      throw new StoreRefusal("its record is wrongly signed");
    }
    return new SealedRecord(type, payload, signer);
  }

  private static byte[] get(ByteBuffer in, byte[] into) {
    in.get(into);
    return into;
  }

  private static StoreRecord.Type type(int code) {
    for (StoreRecord.Type type : StoreRecord.Type.values()) {
      if (type.code == code) {
        return type;
      }
    }
    return null;
  }

  private static byte[] signed(StoreRecord.Type type, byte[] payload) {
    return ByteBuffer.allocate(DOMAIN.length + 2 + payload.length)
        .put(DOMAIN)
        .put((byte) VERSION)
        .put((byte) type.code)
        .put(payload)
        .array();
  }

  /** The record; throws with the reason where it is not to be taken. */
  StoreRecord record() throws StoreRefusal {
    return ResultCodec.decode(type, payload);
  }
}
