package dev.torc.features.stores;

import dev.torc.base.digests.Digest;
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
 * A record in the form that is sent: one blob with version, kind and signing key. The signature
 * covers a prefix that is unique to torc, the version, the kind and the digest of the record, so a
 * large record need not be copied. Small blobs may precede the record, which saves requests; the
 * record has their digests.
 *
 * @param signer the verified key that signed the record; null if it is unsigned
 * @param inside the blobs that came with the record: all blobs of {@link #small}, or none
 */
record SealedRecord(StoreRecord record, SigningWord signer, Map<Blob, byte[]> inside) {

  static final int MOST = 16 << 20; // bytes of the largest record that is made or read

  static final int SMALL = 64 << 10; // a blob with fewer bytes may be inside a record

  private static final int MOST_INSIDE = 256 << 10; // bytes of all blobs inside

  private static final byte[] MAGIC = "torc".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 4;

  private static final byte RESULT = 1;

  private static final byte NAMES = 2;
  private static final byte[] DOMAIN =
      "dev.torc shared record\0".getBytes(StandardCharsets.US_ASCII);

  private static final int KIND = MAGIC.length + 1;
  private static final int MARK = KIND + 1; // whether it is signed
  private static final int INSIDE = MARK + 1; // the size of all blobs inside
  private static final int HEAD = INSIDE + Integer.BYTES;

  static final int SIGNED = HEAD + SigningWord.LENGTH; // bytes to read before the signer is known

  /** Returns the blobs of a result that may be inside its record, in order. */
  static Set<Blob> small(Result result) {
    Set<Blob> small = new LinkedHashSet<>();
    long room = MOST_INSIDE;
    for (Blob blob : result.blobs()) {
      if (blob.size() < SMALL && blob.size() <= room) {
        room -= blob.size();
        small.add(blob);
      }
    }
    return small;
  }

  /**
   * Returns the bytes of a record with the given blobs inside; unsigned if {@code key} is null.
   * Throws if no store would accept the record, or a blob cannot be read.
   */
  static byte[] seal(StoreRecord record, List<BlobSource> inside, SigningKey key)
      throws StoreRefusal {
    ByteArrayOutputStream small = new ByteArrayOutputStream();
    for (BlobSource each : inside) {
      try (InputStream bytes = each.open()) {
        bytes.transferTo(small);
      } catch (IOException e) {
        throw BlobSource.unreadable();
      }
    }
    boolean result = record instanceof Result;
    byte[] blob = seal(result, small.toByteArray(), ResultChecks.encode(record), key);
    if (blob.length > MOST) {
      throw new StoreRefusal(
          "its record takes " + blob.length + " bytes, and " + MOST + " are the most");
    }
    return blob;
  }

  /** Seals an encoded record without checking it, so that tests can make invalid ones. */
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
   * Returns the signer that a blob names, not yet verified; null if it is unsigned. Needs only the
   * first {@link #SIGNED} bytes. Throws if this torc cannot read such a record.
   */
  static SigningWord signer(byte[] blob) throws StoreRefusal {
    if (blob.length > MOST
        || blob.length < HEAD
        || !Arrays.equals(MAGIC, Arrays.copyOf(blob, MAGIC.length))) {
      throw new StoreRefusal("its record was not written by torc");
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

  /** Opens a blob. If it is invalid or wrongly signed, throws with the reason. */
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
      return inside; // the blobs need separate requests
    }
    for (Blob each : small) {
      byte[] bytes = Arrays.copyOfRange(blob, at, at + (int) each.size());
      at += bytes.length;
      if (at > to || !Digest.ofBytes(bytes).equals(each.digest())) {
        throw new StoreRefusal("its record names blob " + each.digest() + " but holds other bytes");
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

  /** A record under a key of a shared store: a result, or lists that lead to results. */
  sealed interface StoreRecord permits Result, FoundNames {

    /**
     * Returns the key that the record is for. A record under another key is an error or an attack.
     */
    Digest key();
  }
}
