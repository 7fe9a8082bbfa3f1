package dev.torc.store;

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
record SharedEnvelope(SharedRecord.Type type, byte[] payload, SigningWord signer) {

  /** The largest blob that is made or taken, in bytes. */
  static final int MOST = 16 << 20;

  private static final byte[] MAGIC = "torc".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final byte[] DOMAIN =
      "dev.torc shared record\0".getBytes(StandardCharsets.US_ASCII);

  /** Magic, version, kind, and whether it is signed. */
  private static final int HEAD = MAGIC.length + 3;

  /**
   * The blob of a record.
   *
   * @param key null for a record without a signature
   * @throws SharedRefusal where nobody would take it
   */
  static byte[] seal(SharedRecord record, SigningKey key) throws SharedRefusal {
    byte[] blob = seal(record.type(), SharedCodec.encode(record), key);
    if (blob.length > MOST) {
      throw new SharedRefusal(
          "its record takes " + blob.length + " bytes, and " + MOST + " are the most");
    }
    return blob;
  }

  /** The same of bytes that nobody has checked: tests send bad ones so. */
  static byte[] seal(SharedRecord.Type type, byte[] payload, SigningKey key) {
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
  static SharedEnvelope open(byte[] blob) throws SharedRefusal {
    ByteBuffer in = ByteBuffer.wrap(blob);
    byte[] magic = new byte[MAGIC.length];
    if (blob.length > MOST || blob.length < HEAD || !Arrays.equals(MAGIC, get(in, magic))) {
      throw new SharedRefusal("its record is none of torc's");
    }
    int version = in.get();
    if (version != VERSION) {
      throw new SharedRefusal(
          "its record has version " + version + ", and this torc knows " + VERSION);
    }
    SharedRecord.Type type = type(in.get());
    int mark = in.get();
    if (type == null || mark < 0 || mark > 1) {
      throw new SharedRefusal("its record is of an unknown kind");
    }
    if (mark == 0) {
      return new SharedEnvelope(type, get(in, new byte[in.remaining()]), null);
    }
    if (in.remaining() < SigningWord.LENGTH + SigningKey.SIGNATURE) {
      throw new SharedRefusal("its record is cut off");
    }
    SigningWord signer = new SigningWord(get(in, new byte[SigningWord.LENGTH]));
    byte[] signature = get(in, new byte[SigningKey.SIGNATURE]);
    byte[] payload = get(in, new byte[in.remaining()]);
    if (!signer.verifies(signed(type, payload), signature)) {
      throw new SharedRefusal("its record is wrongly signed");
    }
    return new SharedEnvelope(type, payload, signer);
  }

  private static byte[] get(ByteBuffer in, byte[] into) {
    in.get(into);
    return into;
  }

  private static SharedRecord.Type type(int code) {
    for (SharedRecord.Type type : SharedRecord.Type.values()) {
      if (type.code == code) {
        return type;
      }
    }
    return null;
  }

  private static byte[] signed(SharedRecord.Type type, byte[] payload) {
    return ByteBuffer.allocate(DOMAIN.length + 2 + payload.length)
        .put(DOMAIN)
        .put((byte) VERSION)
        .put((byte) type.code)
        .put(payload)
        .array();
  }

  /** The record; throws with the reason where it is not to be taken. */
  SharedRecord record() throws SharedRefusal {
    return SharedCodec.decode(type, payload);
  }
}
