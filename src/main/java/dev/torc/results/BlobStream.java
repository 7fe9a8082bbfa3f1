package dev.torc.results;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.function.LongConsumer;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The bytes of a blob on their way to a store or from one. A read fails, before the last of them,
 * where they are not the blob's: so wrong ones never arrive whole. One thread uses it.
 */
final class BlobStream extends FilterInputStream {

  private final Blob blob;
  private final LongConsumer passed;
  private final MessageDigest sha256 = DigestUtils.getSha256Digest();
  private long count;
  private boolean whole;

  /**
   * What a stream gives, which should be a blob.
   *
   * @param passed is told how many more bytes passed
   */
  BlobStream(Blob blob, InputStream in, LongConsumer passed) {
    super(in);
    this.blob = blob;
    this.passed = passed;
  }

  /** The bytes cannot be read, for the cause that it has; without one they are not the blob's. */
  static final class Broken extends IOException {

    private static final long serialVersionUID = 1L;

    Broken(String line, IOException cause) {
      super(line, cause);
    }

    @Override
    public synchronized IOException getCause() {
      return (IOException) super.getCause();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
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
