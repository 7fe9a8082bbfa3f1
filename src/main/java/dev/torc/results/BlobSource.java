package dev.torc.results;

import dev.torc.hash.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/**
 * A blob to be sent, and where its bytes are: a file, which is not opened through a link, or
 * memory, which does not change.
 */
public record BlobSource(Blob blob, Path file, byte[] memory) {

  /** Returns a file that should still have these bytes; where it has others, they are not sent. */
  static BlobSource file(Blob blob, Path file) {
    return new BlobSource(blob, file, null);
  }

  /** Returns bytes in memory. */
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

  /** Returns the refusal for a blob that cannot be read. */
  static StoreRefusal unreadable() {
    return new StoreRefusal("a file to be sent cannot be read, or changed meanwhile");
  }
}
