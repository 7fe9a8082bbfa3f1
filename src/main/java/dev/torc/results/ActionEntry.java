package dev.torc.results;

import dev.torc.hash.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An entry below {@code /ac/}: an {@code ActionResult} of Bazel's remote execution API (package
 * build.bazel.remote.execution.v2), so that its servers accept it. It names one blob, torc's own
 * record, as an output file; nothing else in it is read. A server may move that output file, but
 * keeps its bytes, so a pattern finds it.
 */
final class ActionEntry {

  private static final int MOST = 64 << 10; // bytes; servers add a little to what they were sent

  /** Path and digest: each field has its number and form in one byte, then its length. */
  private static final Pattern RECORD =
      Pattern.compile(
          "\n\u0004torc\u0012[D-G]\n@([0-9a-f]{64})\u0010([\u0080-\u00ff]{0,3}[\0-\u007f])");

  private ActionEntry() {}

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

  /** Returns the bytes of an entry; if it is too long, one byte more than the limit. */
  static byte[] read(InputStream entry) throws IOException {
    return entry.readNBytes(MOST + 1);
  }

  /** Returns the record's blob that an entry names; throws with the reason if it names none. */
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
