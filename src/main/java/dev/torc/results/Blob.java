package dev.torc.results;

import dev.torc.hash.Digest;
import dev.torc.records.RecordedProduct;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.function.LongConsumer;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Bytes that a shared store keeps by their digest.
 *
 * @param digest of the bytes alone; without the executable bit of a product
 * @param size bytes
 */
public record Blob(Digest digest, long size) {

  /** Leaves out the executable bit of the digest. */
  public Blob {
    digest = digest.isExecutable() ? Digest.of(digest.bytes()) : digest;
  }

  /** The bytes of a file. */
  static Blob of(RecordedProduct file) {
    return new Blob(file.digest(), file.size());
  }

  /** Its name in a store: 64 hexadecimal digits. */
  String name() {
    return digest.hex();
  }

  /**
   * The bytes of a blob on their way to a store or from one. Before it gives the last bytes, a read
   * fails if they are not those of the blob: so wrong bytes never arrive whole. Bytes that are
   * skipped, or read one by one, are not counted, so they make the check fail. One thread uses it.
   */
  static final class BlobStream extends FilterInputStream {

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

  /**
   * A blob to be sent, and where its bytes are: a file, which is not opened through a link, or
   * memory, which does not change.
   */
  public record BlobSource(Blob blob, Path file, byte[] memory) {

    /** A file that should still have these bytes; where it has others, they are not sent. */
    static BlobSource file(Blob blob, Path file) {
      return new BlobSource(blob, file, null);
    }

    /** Bytes in memory. */
    public static BlobSource bytes(byte[] bytes) {
      return new BlobSource(new Blob(Digest.ofBytes(bytes), bytes.length), null, bytes);
    }

    /** Opens the bytes to send them; if that fails, {@link #unreadable} has the line. */
    InputStream open(StoreCall.Request request) throws BlobStream.Broken {
      request.sends(blob.size());
      return open(request::moved);
    }

    /** Opens the bytes to look at them. */
    InputStream open() throws BlobStream.Broken {
      return open(_ -> {});
    }

    private InputStream open(LongConsumer passed) throws BlobStream.Broken {
      try {
        InputStream bytes =
            file == null
                ? new ByteArrayInputStream(memory)
                : Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
        return new BlobStream(blob, bytes, passed);
      } catch (IOException e) {
        throw new BlobStream.Broken(e.getMessage(), e);
      }
    }

    /** The refusal for a blob that cannot be read. */
    static StoreRefusal unreadable() {
      return new StoreRefusal("a file to be sent cannot be read, or changed meanwhile");
    }
  }
}
