package dev.torc.features.stores;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.function.LongConsumer;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The bytes of a blob on their way to or from a store. If they do not match the blob, a read throws
 * before the last bytes are returned, so wrong bytes never arrive completely. Bytes that are
 * skipped or read one by one are not counted, so the check fails. For one thread only.
 */
final class BlobStream extends FilterInputStream {

  private final Blob blob;
  private final LongConsumer passed;
  private final MessageDigest sha256 = DigestUtils.getSha256Digest();
  private long count;
  private boolean whole;

  BlobStream(Blob blob, InputStream in, LongConsumer passed) {
    super(in);
    this.blob = blob;
    this.passed = passed;
  }

  /** Thrown if the bytes cannot be read (with a cause) or are wrong (without a cause). */
  static final class Broken extends IOException {

    private static final long serialVersionUID = 1L;

    Broken(String line, IOException cause) {
      super(line, cause);
    }
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int read;
    try {
      read = super.read(into, offset, length);
    } catch (IOException e) {
      throw new Broken(e.getMessage(), e);
    }
    if (read > 0) {
      passed.accept(read);
      sha256.update(into, offset, read);
      count += read;
    }
    if (count > blob.size()) {
      throw wrong(blob.digest() + " has more than its " + blob.size() + " bytes");
    }
    if (read < 0 && count < blob.size()) {
      throw wrong(blob.digest() + " ended after " + count + " of its " + blob.size() + " bytes");
    }
    if (count == blob.size() && !whole) {
      whole = MessageDigest.isEqual(sha256.digest(), blob.digest().bytes());
      if (!whole) {
        throw wrong("other bytes lie under the name " + blob.digest());
      }
    }
    return read;
  }

  private static Broken wrong(String line) {
    return new Broken(line, null);
  }
}
