package dev.torc.results;

import dev.torc.hash.Digest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A record that travels, with its version, its kind, and who signed it, as one blob. The signature
 * is one of words that nothing else that is signed begins with, version, kind, and the digest of
 * the rest: so a large record is not copied to be looked at.
 *
 * @param type of the record
 * @param blob all of it; the record in it is not read yet
 * @param from where the record begins
 * @param signer the key that rightly signed it; null for none
 */
record SealedRecord(StoreRecord.Type type, byte[] blob, int from, SigningWord signer) {

  /** The largest blob that is made or taken, in bytes. */
  static final int MOST = 16 << 20;

  private static final byte[] MAGIC = "torc".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 2;
  private static final byte[] DOMAIN =
      "dev.torc shared record\0".getBytes(StandardCharsets.US_ASCII);

  /** Magic, version, kind, and whether it is signed. */
  private static final int HEAD = MAGIC.length + 3;

  /** The same with the signer's key: so many bytes tell whose it is. */
  static final int SIGNED = HEAD + SigningWord.LENGTH;

  private static final int KIND = MAGIC.length + 1;

  /**
   * The blob of a record.
   *
   * @param key null for a record without a signature
   * @throws StoreRefusal where no store would take it
   */
  static byte[] seal(StoreRecord record, SigningKey key) throws StoreRefusal {
    byte[] blob = seal(record.type(), ResultCodec.encode(record), key);
    if (blob.length > MOST) {
      throw new StoreRefusal(
          "its record takes " + blob.length + " bytes, and " + MOST + " are the most");
    }
    return blob;
  }

  /** The same of unchecked bytes: tests send bad ones so. */
  static byte[] seal(StoreRecord.Type type, byte[] payload, SigningKey key) {
    int head = key == null ? HEAD : SIGNED + SigningKey.SIGNATURE;
    ByteBuffer out = ByteBuffer.allocate(head + payload.length);
    out.put(MAGIC).put((byte) VERSION).put((byte) type.code).put((byte) (key == null ? 0 : 1));
    if (key != null) {
      out.put(key.word().bytes()).put(key.sign(signed(type, payload, 0)));
    }
    return out.put(payload).array();
  }

  /**
   * The signer that a blob names; null for none.
   *
   * @param blob of which at least {@link #SIGNED} bytes have come, or all
   * @throws StoreRefusal where it is none
   */
  static SigningWord signer(byte[] blob) throws StoreRefusal {
    if (blob.length > MOST
        || blob.length < HEAD
        || !Arrays.equals(MAGIC, Arrays.copyOf(blob, MAGIC.length))) {
      throw new StoreRefusal("its record is none of torc's");
    }
    int version = blob[MAGIC.length];
    if (version != VERSION) {
      throw new StoreRefusal(
          "its record has version " + version + ", and this torc knows " + VERSION);
    }
    int mark = blob[HEAD - 1];
    if (type(blob[KIND]) == null || mark < 0 || mark > 1) {
      throw new StoreRefusal("its record is of an unknown kind");
    }
    if (mark == 1 && blob.length < SIGNED + SigningKey.SIGNATURE) {
      throw new StoreRefusal("its record is cut off");
    }
    return mark == 0 ? null : new SigningWord(Arrays.copyOfRange(blob, HEAD, SIGNED));
  }

  /** What a blob holds; throws with the reason where it is none, or wrongly signed. */
  static SealedRecord open(byte[] blob) throws StoreRefusal {
    SigningWord signer = signer(blob);
    StoreRecord.Type type = type(blob[KIND]);
    int from = signer == null ? HEAD : SIGNED + SigningKey.SIGNATURE;
    if (signer != null) {
      byte[] signature = Arrays.copyOfRange(blob, SIGNED, from);
      if (!signer.verifies(signed(type, blob, from), signature)) {
        throw new StoreRefusal("its record is wrongly signed");
      }
    }
    return new SealedRecord(type, blob, from, signer);
  }

  private static StoreRecord.Type type(int code) {
    for (StoreRecord.Type type : StoreRecord.Type.values()) {
      if (type.code == code) {
        return type;
      }
    }
    return null;
  }

  private static byte[] signed(StoreRecord.Type type, byte[] blob, int from) {
    MessageDigest sha256 = DigestUtils.getSha256Digest();
    sha256.update(blob, from, blob.length - from);
    return ByteBuffer.allocate(DOMAIN.length + 2 + Digest.LENGTH)
        .put(DOMAIN)
        .put((byte) VERSION)
        .put((byte) type.code)
        .put(sha256.digest())
        .array();
  }

  /** The record; throws with the reason where it is not to be taken. */
  StoreRecord record() throws StoreRefusal {
    return ResultCodec.decode(type, blob, from);
  }
}
