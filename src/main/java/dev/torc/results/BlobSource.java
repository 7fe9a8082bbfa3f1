package dev.torc.results;

import dev.torc.hash.Digest;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Objects;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A blob to be sent, and where its bytes are: a file, which is not opened through a link, or
 * memory.
 */
public final class BlobSource {

  private final Blob blob;
  private final Path file;
  private final byte[] memory;

  private BlobSource(Blob blob, Path file, byte[] memory) {
    this.blob = blob;
    this.file = file;
    this.memory = memory;
  }

  /** A file that should still have these bytes; where it has others, they are not sent. */
  public static BlobSource file(Blob blob, Path file) {
    return new BlobSource(blob, file, null);
  }

  /** Bytes, which must not change. */
  public static BlobSource bytes(byte[] bytes) {
    Blob blob = new Blob(Digest.ofBytes(bytes), bytes.length);
    return new BlobSource(blob, null, bytes);
  }

  /** What it should be. */
  public Blob blob() {
    return blob;
  }

  /**
   * Opens the bytes. A read fails, before the last of them, where they are not the blob's: so who
   * sends them never sends wrong ones whole.
   */
  InputStream open() throws IOException {
    return new Checked(
        file == null
            ? new ByteArrayInputStream(memory)
            : Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS),
        blob);
  }

  private static final class Checked extends FilterInputStream {

    private final Blob blob;
    private final MessageDigest sha256 = DigestUtils.getSha256Digest();
    private long left;

    Checked(InputStream in, Blob blob) {
      super(in);
      this.blob = blob;
      this.left = blob.size();
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, into.length);
      if (left == 0) {
        return -1;
      }
      int read = in.readNBytes(into, offset, (int) Math.min(left, length));
      sha256.update(into, offset, read);
      left -= read;
      boolean cut = read == 0 && length > 0;
      if (cut || left == 0 && !MessageDigest.isEqual(sha256.digest(), blob.digest().bytes())) {
        throw new IOException("it changed meanwhile");
      }
      return read;
    }

    @Override
    public long skip(long count) {
      return 0;
    }

    @Override
    public int available() {
      return 0;
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
