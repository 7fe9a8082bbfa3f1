package dev.torc.posix;

import java.io.IOException;

/**
 * What {@link FileStatus} and {@link StatusReader} say, asked of opened files: for file systems of
 * other machines, whose clients remember for seconds what they heard of a file, and ask again when
 * it is opened. Which root needs that, the caller knows.
 */
public final class OpenedStatus {

  private static final ThreadLocal<OpenedBuffer> BUFFER =
      ThreadLocal.withInitial(OpenedBuffer::new);

  private OpenedStatus() {}

  /** As {@link FileStatus#of}. */
  public static FileStatus of(String path, boolean follow) throws IOException {
    return FileStatus.of(path, follow, BUFFER.get());
  }

  /** A reader of many files; as {@link StatusReader#StatusReader(String, boolean)}. */
  public static StatusReader reader(String folder, boolean follow) throws IOException {
    return new StatusReader(folder, follow, new OpenedBuffer());
  }
}
