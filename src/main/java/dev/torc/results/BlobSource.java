package dev.torc.results;

import dev.torc.hash.Digest;
import dev.torc.text.Refusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A blob to be sent, and where its bytes are: a file, which is not opened through a link, or
 * memory, which does not change.
 */
public record BlobSource(Blob blob, Path file, byte[] memory) {

  /** A file that should still have these bytes; where it has others, they are not sent. */
  static BlobSource file(Blob blob, Path file) {
    return new BlobSource(blob, file, null);
  }

  /** Bytes. */
  public static BlobSource bytes(byte[] bytes) {
    return new BlobSource(new Blob(Digest.ofBytes(bytes), bytes.length), null, bytes);
  }

  /** The bytes cannot be read, or are others; with the reason. */
  static final class Unreadable extends IOException {

    private static final long serialVersionUID = 1L;

    Unreadable(IOException e) {
      super("a file to be sent cannot be read: " + Refusal.why(e), e);
    }
  }

  /**
   * Opens the bytes. A read fails, before the last of them, where they are not the blob's: so wrong
   * ones are never sent whole.
   */
  InputStream open() throws Unreadable {
    try {
      return new Checked(
          blob,
          file == null
              ? new ByteArrayInputStream(memory)
              : Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS));
    } catch (IOException e) {
      throw new Unreadable(e);
    }
  }

  private static final class Checked extends InputStream {

    private final Blob blob;
    private final InputStream in;
    private final MessageDigest sha256 = DigestUtils.getSha256Digest();
    private long left;

    Checked(Blob blob, InputStream in) {
      this.blob = blob;
      this.in = in;
      this.left = blob.size();
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (left == 0 || length == 0) {
        return left == 0 ? -1 : 0;
      }
      try {
        int read = in.readNBytes(into, offset, (int) Math.min(left, length));
        sha256.update(into, offset, read);
        left -= read;
        if (read == 0
            || left == 0 && !MessageDigest.isEqual(sha256.digest(), blob.digest().bytes())) {
          throw new IOException("it changed meanwhile");
        }
        return read;
      } catch (IOException e) {
        throw new Unreadable(e);
      }
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
