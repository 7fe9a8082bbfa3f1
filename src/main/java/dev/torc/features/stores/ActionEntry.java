package dev.torc.features.stores;

import dev.torc.base.digests.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An entry under {@code /ac/}: an {@code ActionResult} of Bazel's remote execution API (package
 * build.bazel.remote.execution.v2), so that servers for that API accept it. It names one output
 * file, torc's record; torc reads nothing else in it. A server may move the output file within the
 * entry but keeps its bytes, so a pattern finds it.
 */
final class ActionEntry {

  private static final int MOST = 64 << 10; // bytes; servers may add a few

  /** Path and digest of the output file. A field is number and type (one byte), length, value. */
  private static final Pattern RECORD =
      Pattern.compile(
          "\n\u0004torc\u0012[D-G]\n@([0-9a-f]{64})\u0010([\u0080-\u00ff]{0,3}[\0-\u007f])");

  private ActionEntry() {}

  static byte[] encode(Blob record) {
    StringBuilder size = new StringBuilder();
    long rest = record.size();
    for (; rest > 0x7f; rest >>>= 7) { // seven bits per byte, lowest first
      size.append((char) (rest & 0x7f | 0x80));
    }
    size.append((char) rest);
    String digest = "\n@" + record.name() + "\u0010" + size;
    String file = "\n\u0004torc\u0012" + (char) digest.length() + digest;
    return ("\u0012" + (char) file.length() + file).getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Returns the bytes of an entry, or one byte more than the limit if it is too long. */
  static byte[] read(InputStream entry) throws IOException {
    return entry.readNBytes(MOST + 1);
  }

  /** Returns the blob of the record that an entry names; throws if it names none. */
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
