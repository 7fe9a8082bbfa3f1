package dev.torc.results;

import dev.torc.bytes.Fields;
import dev.torc.hash.Digest;
import dev.torc.results.Blob.BlobSource;
import dev.torc.results.SigningKey.SigningWord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A record as it is sent, as one blob with its version, its kind and the key that signed it. What
 * is signed: a prefix that nothing else signed begins with, the version, the kind, and the digest
 * of the record, so that a large record need not be copied for a check. Small blobs of a result may
 * lie before the record, which names their digests: they need no requests of their own.
 *
 * @param signer the key that signed it, verified; null for an unsigned one
 * @param inside the blobs that came with it: all that {@link #small} names, or none
 */
record SealedRecord(StoreRecord record, SigningWord signer, Map<Blob, byte[]> inside) {

  /** The largest sealed record that is made or read, in bytes. */
  static final int MOST = 16 << 20;

  /** A blob of fewer bytes may lie in a record. */
  static final int SMALL = 64 << 10;

  /** The most bytes of all blobs inside: so they do not make a record a large one. */
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

  /** The bytes of the head with the signer's key: enough to tell the signer. */
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

  /** Makes the blob of an unchecked record: tests make bad ones with it. */
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
   * The signer that a blob names, not verified yet; null for an unsigned one.
   *
   * @param blob its first {@link #SIGNED} bytes at least must be set, or all if it is shorter
   * @throws StoreRefusal if it is no record that this torc reads
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

  /** Opens a blob; throws with the reason if it may not be taken, or is wrongly signed. */
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
      return inside; // the blobs come by requests of their own
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
   * A record under a key of a shared store: a result, or the lists of names that lead to one.
   * {@link SealedRecord} makes bytes of it.
   */
  sealed interface StoreRecord permits Result, FoundNames {

    /** The key that it was made for: a record under another key is a mistake, or an attack. */
    Digest key();
  }

  /**
   * The lists of found needs under one manifest: each list leads, with the digests of its files, to
   * the key of a result.
   *
   * @param key the key of the manifest without found needs
   * @param lists newest first, {@link #MOST} at most, each with sorted names
   */
  public record FoundNames(Digest key, List<List<String>> lists) implements StoreRecord {

    /** How many lists are kept under a key. */
    public static final int MOST = 16;

    private static final long MOST_LENGTH = 4 << 20; // characters, of three bytes at most

    /** Its form in stores. */
    static FoundNames form(Fields fields, FoundNames of) {
      return new FoundNames(
          fields.digest(1, of, FoundNames::key),
          fields.list(2, of, FoundNames::lists, (each, list) -> each.texts(1, list, all -> all)));
    }

    private static long length(List<String> list) {
      return list.stream().mapToLong(String::length).sum();
    }

    /** Puts a list in front; drops the oldest if there are too many, or they are too long. */
    static List<List<String>> with(List<List<String>> lists, List<String> newest) {
      List<List<String>> all = new ArrayList<>();
      all.add(List.copyOf(newest));
      long length = length(newest);
      for (List<String> list : lists) {
        length += length(list);
        if (all.size() < MOST && length < MOST_LENGTH && !list.equals(newest)) {
          all.add(list);
        }
      }
      return List.copyOf(all);
    }
  }

  /**
   * An entry below {@code /ac/}: an {@code ActionResult} of Bazel's remote execution API (package
   * build.bazel.remote.execution.v2), so that its servers take it. It names one blob, torc's own
   * record, as an output file; anything else in it is not read. The bytes of that output file are
   * the same wherever a server puts them: so they are looked for as a text of one byte a character.
   */
  static final class ActionEntry {

    /** The largest entry that is read, in bytes; servers add a little to what they were sent. */
    private static final int MOST = 64 << 10;

    /** Path and digest: each field has its number and form in one byte, then its length. */
    private static final Pattern RECORD =
        Pattern.compile(
            "\n\u0004torc\u0012[D-G]\n@([0-9a-f]{64})\u0010([\u0080-\u00ff]{0,3}[\0-\u007f])");

    private ActionEntry() {}

    /** The bytes of an entry that names a record's blob. */
    static byte[] encode(Blob record) {
      StringBuilder size = new StringBuilder();
      long rest = record.size();
      for (; rest > 0x7f; rest >>>= 7) { // seven bits a byte, the low ones first
        size.append((char) (rest & 0x7f | 0x80));
      }
      size.append((char) rest);
      String digest = "\n@" + record.name() + "\u0010" + size;
      String file = "\n\u0004torc\u0012" + (char) digest.length() + digest;
      return ("\u0012" + (char) file.length() + file).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The bytes of an entry; of one that is too long, one byte more than the limit. */
    static byte[] read(InputStream entry) throws IOException {
      return entry.readNBytes(MOST + 1);
    }

    /** The record's blob that an entry names; throws with the reason where it names none. */
    static Blob decode(byte[] entry) throws StoreRefusal {
      if (entry.length > MOST) {
        throw new StoreRefusal("its entry is longer than " + MOST + " bytes");
      }
      Matcher record = RECORD.matcher(new String(entry, StandardCharsets.ISO_8859_1));
      if (!record.find()) {
        throw new StoreRefusal("its entry names no record of torc's");
      }
      String bits = record.group(2);
      long size = 0;
      for (int i = 0; i < bits.length(); i++) {
        size |= (bits.charAt(i) & 0x7fL) << 7 * i;
      }
      if (size > SealedRecord.MOST) {
        throw new StoreRefusal("its entry names a record of " + size + " bytes");
      }
      return new Blob(Digest.ofHex(record.group(1)), size);
    }
  }
}
