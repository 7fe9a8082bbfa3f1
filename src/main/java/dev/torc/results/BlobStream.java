package dev.torc.results;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.function.LongConsumer;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The bytes of a blob on their way to a store or from one. Before it gives the last bytes, a read
 * fails if they are not those of the blob: so wrong bytes never arrive whole. Bytes that are
 * skipped, or read one by one, are not counted, so they make the check fail. One thread uses it.
 */
final class BlobStream extends FilterInputStream {

  private final Blob blob;
  private final LongConsumer passed;
  private final MessageDigest sha256 = DigestUtils.getSha256Digest();
  private long count;
  private boolean whole;

  /**
   * Checks a stream that should give a blob.
   *
   * @param passed is told how many more bytes passed
   */
  BlobStream(Blob blob, InputStream in, LongConsumer passed) {
    super(in);
    this.blob = blob;
    this.passed = passed;
  }

  /** The cause says why the bytes cannot be read; without a cause they are wrong ones. */
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
