package dev.torc.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * What the system says of many files of one folder, one after the other: the numbers of {@link
 * FileStatus}, without a text or an object for each file. For one thread.
 */
public final class StatusReader {

  private final StatusBuffer buffer;
  private final int prefix; // bytes that stand before each name that is relative
  private final boolean follow;

  /**
   * A reader for the files of a folder. In the folder of the process, names need not be laid behind
   * its path: the system finds them in fewer steps.
   *
   * @param folder absolute
   * @param follow whether a link at the end of a path is followed
   */
  public StatusReader(String folder, boolean follow) throws IOException {
    this(folder, follow, new StatusBuffer());
  }

  StatusReader(String folder, boolean follow, StatusBuffer buffer) throws IOException {
    this.buffer = buffer;
    this.follow = follow;
    byte[] path = (folder.endsWith("/") ? folder : folder + "/").getBytes(StandardCharsets.UTF_8);
    prefix = isHere(folder) ? 0 : path.length;
    buffer.put(0, path, 0, prefix);
  }

  private static boolean isHere(String folder) throws IOException {
    FileStatus here = FileStatus.of(".", true);
    FileStatus wanted = FileStatus.of(folder, true);
    return here.exists() && here.inode() == wanted.inode() && here.device() == wanted.device();
  }

  /**
   * Looks at a file.
   *
   * @param names in UTF-8: one of them, from an index to another, relative to the folder or
   *     absolute, without a NUL
   * @param numbers takes size, mtime, ctime and inode, unless nothing is there
   * @return the mode as {@link FileStatus} has it; 0 where nothing is there
   * @throws IOException with a line that names the path, where the system refuses to say
   */
  public int look(byte[] names, int from, int to, long[] numbers) throws IOException {
    boolean absolute = from < to && names[from] == '/';
    buffer.put(prefix, names, from, to - from);
    if (!buffer.look(absolute ? prefix : 0, follow)) {
      return 0;
    }
    numbers[0] = buffer.size();
    numbers[1] = buffer.mtime();
    numbers[2] = buffer.ctime();
    numbers[3] = buffer.inode();
    return buffer.mode();
  }

  /**
   * What {@link FileStatus} and {@link StatusReader} say, asked of opened files: for file systems
   * of other machines, whose clients remember for seconds what they heard of a file, and ask again
   * when it is opened. Which root needs that, the caller knows.
   */
  public static final class OpenedStatus {

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
}
