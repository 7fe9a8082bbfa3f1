package dev.torc.results;

import dev.torc.hash.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A record that travels, with its version, its kind, and the key that signed it, as one blob. The
 * signature is one of words that nothing else that is signed begins with, version, kind, and the
 * digest of the record: so a large record is not copied to be looked at. Small blobs of a result
 * may lie before the record, which names their digests: so they need no requests of their own.
 *
 * @param signer the key that rightly signed it; null for none
 * @param inside the blobs that came with it; all that {@link #small} names, or none
 */
record SealedRecord(StoreRecord record, SigningWord signer, Map<Blob, byte[]> inside) {

  /** The largest blob that is made or taken, in bytes. */
  static final int MOST = 16 << 20;

  /** A blob of less may lie in a record, in bytes. */
  static final int SMALL = 64 << 10;

  /** All of them take no more: so none makes a record a large one. */
  private static final int MOST_INSIDE = 256 << 10;

  private static final byte[] MAGIC = "torc".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 4;

  /** Kinds of records. */
  private static final byte RESULT = 1;

  private static final byte NAMES = 2;
  private static final byte[] DOMAIN =
      "dev.torc shared record\0".getBytes(StandardCharsets.US_ASCII);

  private static final int KIND = MAGIC.length + 1;
  private static final int MARK = KIND + 1; // whether it is signed
  private static final int INSIDE = MARK + 1; // how many bytes of blobs there are
  private static final int HEAD = INSIDE + Integer.BYTES;

  /** The head with the signer's key: so many bytes tell whose it is. */
  static final int SIGNED = HEAD + SigningWord.LENGTH;

  /** The blobs of a result that may lie in its record, in their order. */
  static Set<Blob> small(Result result) {
    Set<Blob> small = new LinkedHashSet<>();
    long left = MOST_INSIDE;
    for (Blob blob : result.blobs()) {
      if (blob.size() < SMALL && blob.size() <= left) {
        left -= blob.size();
        small.add(blob);
      }
    }
    return small;
  }

  /**
   * The blob of a record.
   *
   * @param inside the bytes of the result's small blobs, or none
   * @param key null for a record without a signature
   * @throws StoreRefusal where no store would take it, or a blob cannot be read
   */
  static byte[] seal(StoreRecord record, List<BlobSource> inside, SigningKey key)
      throws StoreRefusal {
    ByteArrayOutputStream small = new ByteArrayOutputStream();
    for (BlobSource each : inside) {
      try (InputStream bytes = each.open()) {
        bytes.transferTo(small);
      } catch (IOException e) {
        throw BlobSource.unreadable(e);
      }
    }
    byte[] blob = seal(record.isResult(), small.toByteArray(), ResultChecks.encode(record), key);
    if (blob.length > MOST) {
      throw new StoreRefusal(
          "its record takes " + blob.length + " bytes, and " + MOST + " are the most");
    }
    return blob;
  }

  /** The same of unchecked bytes: tests send bad ones so. */
  static byte[] seal(boolean result, byte[] inside, byte[] payload, SigningKey key) {
    byte kind = result ? RESULT : NAMES;
    int head = key == null ? HEAD : SIGNED + SigningKey.SIGNATURE;
    ByteBuffer out = ByteBuffer.allocate(head + inside.length + payload.length);
    out.put(MAGIC).put((byte) VERSION).put(kind).put((byte) (key == null ? 0 : 1));
    out.putInt(inside.length);
    if (key != null) {
      out.put(key.word().bytes()).put(key.sign(signed(kind, payload, 0)));
    }
    return out.put(inside).put(payload).array();
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
    int mark = blob[MARK];
    if (blob[KIND] < RESULT || blob[KIND] > NAMES || mark < 0 || mark > 1) {
      throw new StoreRefusal("its record is of an unknown kind");
    }
    int head = mark == 0 ? HEAD : SIGNED + SigningKey.SIGNATURE;
    int inside = ByteBuffer.wrap(blob).getInt(INSIDE);
    if (inside < 0 || inside > MOST_INSIDE || blob.length < head + inside) {
      throw new StoreRefusal("its record is cut off");
    }
    return mark == 0 ? null : SigningWord.of(Arrays.copyOfRange(blob, HEAD, SIGNED));
  }

  /** What a blob holds; throws with the reason where it is not to be taken, or wrongly signed. */
  static SealedRecord open(byte[] blob) throws StoreRefusal {
    SigningWord signer = signer(blob);
    int inside = signer == null ? HEAD : SIGNED + SigningKey.SIGNATURE;
    int from = inside + ByteBuffer.wrap(blob).getInt(INSIDE);
    if (signer != null) {
      byte[] signature = Arrays.copyOfRange(blob, SIGNED, inside);
      if (!signer.verifies(signed(blob[KIND], blob, from), signature)) {
        throw new StoreRefusal("its record is wrongly signed");
      }
    }
    StoreRecord record = ResultChecks.decode(blob[KIND] == RESULT, blob, from);
    return new SealedRecord(record, signer, inside(record, blob, inside, from));
  }

  private static Map<Blob, byte[]> inside(StoreRecord record, byte[] blob, int from, int to)
      throws StoreRefusal {
    Map<Blob, byte[]> inside = new HashMap<>();
    int at = from;
    Set<Blob> small = record instanceof Result result ? small(result) : Set.of();
    if (from == to && small.stream().anyMatch(each -> each.size() > 0)) {
      return inside; // they have requests of their own
    }
    for (Blob each : small) {
      byte[] bytes = Arrays.copyOfRange(blob, at, at + (int) each.size());
      at += bytes.length;
      if (at > to || !Digest.ofBytes(bytes).equals(each.digest())) {
        throw new StoreRefusal("other bytes lie in its record than those of " + each.digest());
      }
      inside.put(each, bytes);
    }
    if (at != to) {
      throw new StoreRefusal("its record has bytes that belong to nothing");
    }
    return inside;
  }

  private static byte[] signed(byte kind, byte[] blob, int from) {
    MessageDigest sha256 = DigestUtils.getSha256Digest();
    sha256.update(blob, from, blob.length - from);
    return ByteBuffer.allocate(DOMAIN.length + 2 + Digest.LENGTH)
        .put(DOMAIN)
        .put((byte) VERSION)
        .put(kind)
        .put(sha256.digest())
        .array();
  }

  /**
   * What lies under a key of a shared store: a result, or the lists of names that lead to one.
   * {@link SealedRecord} makes bytes of it.
   */
  sealed interface StoreRecord permits Result, FoundNames {

    /** The key that it was made for: a record under another one is a mistake, or a trick. */
    Digest key();

    /** Whether it is a result, and no list of names. */
    default boolean isResult() {
      return this instanceof Result;
    }
  }
}
