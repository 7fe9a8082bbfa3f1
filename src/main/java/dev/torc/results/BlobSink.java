package dev.torc.results;

import dev.torc.text.Refusal;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Takes the bytes of a blob as they come, into a new file or into memory, and takes no byte more
 * than the blob has. Whether they were the right ones is known when all have come. It may be filled
 * by one thread after another.
 */
final class BlobSink implements AutoCloseable {

  private static final int PIECE = 1 << 16;

  private final Blob blob;
  private final MessageDigest sha256 = DigestUtils.getSha256Digest();
  private final Path file;
  private final OutputStream out;
  private final byte[] memory;
  private Head head; // null where nothing is to be looked at any more
  private long count;
  private boolean whole;
  private boolean wrong;
  private boolean closed;

  /** Into a file, which must not be there; it goes on close unless it is whole. */
  BlobSink(Blob blob, Path file) throws StoreRefusal {
    this.blob = blob;
    this.file = file;
    this.memory = null;
    try { // nothing is opened through a link: a new file is not
      this.out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW);
    } catch (IOException e) {
      throw new StoreRefusal("cannot write " + Refusal.line(e));
    }
  }

  /** Looks at what has come of a blob, before the rest does. */
  interface Head {

    /**
     * Whether that is enough; it is not asked again then.
     *
     * @throws StoreRefusal where the rest need not come
     */
    boolean isEnough(byte[] bytes, int length) throws StoreRefusal;
  }

  /** Into memory; the blob's size must be one that has room. */
  BlobSink(Blob blob, Head head) {
    this.blob = blob;
    this.file = null;
    this.out = null;
    this.memory = new byte[Math.toIntExact(blob.size())];
    this.head = head;
  }

  /**
   * Takes all bytes of a stream.
   *
   * @throws IOException where it cannot be read
   * @throws StoreRefusal where they are not those of the blob, they cannot be written here, or the
   *     rest need not come
   */
  void fill(InputStream in, StoreCall call) throws IOException, StoreRefusal {
    byte[] piece = new byte[PIECE];
    for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
      call.begin();
      call.moved(read);
      take(piece, read);
    }
    end();
  }

  /** Takes the next bytes. */
  synchronized void take(byte[] bytes, int length) throws StoreRefusal {
    if (closed) {
      return; // nothing waits for them any more
    }
    if (length > blob.size() - count) {
      throw wrong(blob.digest() + " has more than its " + blob.size() + " bytes");
    }
    sha256.update(bytes, 0, length);
    if (out != null) {
      try {
        out.write(bytes, 0, length);
      } catch (IOException e) {
        throw unwritten(e);
      }
    } else {
      System.arraycopy(bytes, 0, memory, (int) count, length);
      if (head != null && head.isEnough(memory, (int) count + length)) {
        head = null;
      }
    }
    count += length;
  }

  private StoreRefusal unwritten(IOException e) {
    String name = SafeText.name(file.toString());
    return new StoreRefusal("cannot write " + name + ": " + Refusal.why(e));
  }

  /** Says that no more bytes come; throws where they were not those of the blob. */
  synchronized void end() throws StoreFailure {
    if (count < blob.size()) {
      throw wrong(blob.digest() + " ended after " + count + " of its " + blob.size() + " bytes");
    }
    if (!MessageDigest.isEqual(sha256.digest(), blob.digest().bytes())) {
      throw wrong("other bytes lie under the name " + blob.digest());
    }
    whole = true;
  }

  private StoreFailure wrong(String line) {
    wrong = true;
    return StoreFailure.of(line);
  }

  /** Whether other bytes came than those of the blob. */
  synchronized boolean isWrong() {
    return wrong;
  }

  /** What came into memory; nothing writes to it any more. */
  byte[] bytes() {
    return memory;
  }

  /** Closes the file, and takes it away unless the blob came whole. */
  @Override
  public synchronized void close() throws StoreRefusal {
    closed = true;
    try {
      if (out != null) {
        out.close();
        if (!whole) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw unwritten(e);
    }
  }
}
