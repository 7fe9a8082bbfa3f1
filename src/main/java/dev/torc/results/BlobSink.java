package dev.torc.results;

import dev.torc.machine.Refusal;
import dev.torc.machine.SafeText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Takes the bytes of a blob as they come, into a new file or into memory, and takes no byte more
 * than the blob has. Whether they were the right ones is known when all have come. It may be filled
 * by one thread after another.
 */
final class BlobSink implements AutoCloseable {

  private final Blob blob;
  private final MessageDigest sha256 = DigestUtils.getSha256Digest();
  private final Path file;
  private final byte[] memory;
  private Head head; // null where nothing is to be looked at any more
  private final WritableByteChannel channel;
  private long count;
  private boolean whole;
  private boolean wrong;
  private boolean closed;

  private BlobSink(Blob blob, Path file, byte[] memory, Head head) throws StoreRefusal {
    this.blob = blob;
    this.file = file;
    this.memory = memory;
    this.head = head;
    try {
      this.channel =
          file == null
              ? null
              : Files.newByteChannel(
                  file,
                  Set.of(
                      StandardOpenOption.CREATE_NEW,
                      StandardOpenOption.WRITE,
                      LinkOption.NOFOLLOW_LINKS));
    } catch (IOException e) {
      throw new StoreRefusal("cannot write " + Refusal.line(e));
    }
  }

  /** Into a file, which must not be there; it goes on close unless it is whole. */
  static BlobSink file(Blob blob, Path file) throws StoreRefusal {
    return new BlobSink(blob, file, null, null);
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
  static BlobSink memory(Blob blob, Head head) throws StoreRefusal {
    return new BlobSink(blob, null, new byte[Math.toIntExact(blob.size())], head);
  }

  /**
   * Takes the next bytes.
   *
   * @throws StoreFailure where there are more than the blob has
   * @throws StoreRefusal where they cannot be written here, or the rest need not come
   */
  synchronized void take(ByteBuffer bytes) throws StoreFailure, StoreRefusal {
    if (closed) {
      return; // nobody waits for them any more
    }
    if (bytes.remaining() > blob.size() - count) {
      throw wrong(blob.digest() + " has more than its " + blob.size() + " bytes");
    }
    sha256.update(bytes.duplicate());
    int length = bytes.remaining();
    if (memory != null) {
      bytes.get(memory, (int) count, length);
      if (head != null && head.isEnough(memory, (int) count + length)) {
        head = null;
      }
    } else {
      try {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      } catch (IOException e) {
        throw new StoreRefusal(
            "cannot write " + SafeText.name(file.toString()) + ": " + Refusal.why(e));
      }
    }
    count += length;
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
      if (channel != null) {
        channel.close();
        if (!whole) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new StoreRefusal(
          "cannot write " + SafeText.name(file.toString()) + ": " + Refusal.why(e));
    }
  }
}
