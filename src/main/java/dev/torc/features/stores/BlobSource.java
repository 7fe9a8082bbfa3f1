package dev.torc.features.stores;

import dev.torc.base.digests.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/** A blob to send. Its bytes are in memory, or in a file, which must not be a symlink. */
public record BlobSource(Blob blob, Path file, byte[] memory) {

  /** Returns a blob in a file. If the file has other bytes, sending them fails. */
  static BlobSource file(Blob blob, Path file) {
    return new BlobSource(blob, file, null);
  }

  public static BlobSource bytes(byte[] bytes) {
    return new BlobSource(new Blob(Digest.ofBytes(bytes), bytes.length), null, bytes);
  }

  /** Opens the bytes, and counts them as sent. If reading fails, throw {@link #unreadable}. */
  InputStream open(StoreRequest request) throws BlobStream.Broken {
    request.sends(blob.size());
    return open(request::moved);
  }

  /** Opens the bytes without counting them as sent. */
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

  static StoreRefusal unreadable() {
    return new StoreRefusal("a file to be sent cannot be read, or changed meanwhile");
  }
}
