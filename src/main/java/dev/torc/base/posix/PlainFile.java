package dev.torc.base.posix;

import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Reads and writes small files, which every job has, at half the cost of {@link Files}' channels.
 * If the system refuses, it retries with {@link Files}, whose exceptions name the cause.
 */
public final class PlainFile {

  /** The most bytes that {@link FileInputStream} reads in one call without allocating memory. */
  public static final int PIECE = 8 << 10;

  private static final ThreadLocal<ScratchMemory> NAME =
      ThreadLocal.withInitial(ScratchMemory::new);

  private PlainFile() {}

  public static InputStream open(Path file) throws IOException {
    if (isOwn(file)) {
      try {
        return new FileInputStream(file.toString());
      } catch (FileNotFoundException refused) {
        // Files reports the cause
      }
    }
    return Files.newInputStream(file);
  }

  /** Returns a file's bytes: all, or the first {@code most} and one more if it is larger. */
  public static byte[] read(Path file, int most) throws IOException {
    try (InputStream in = open(file)) {
      byte[] bytes = new byte[PIECE];
      int length = 0;
      int read = 0;
      while (read >= 0 && length <= most) {
        length += read;
        if (length == bytes.length) {
          bytes = Arrays.copyOf(bytes, 2 * length);
        }
        read = in.read(bytes, length, Math.min(PIECE, bytes.length - length));
      }
      return Arrays.copyOf(bytes, Math.min(length, most + 1));
    }
  }

  public static void write(Path file, byte[] bytes) throws IOException {
    if (isOwn(file)) {
      try (FileOutputStream out = new FileOutputStream(file.toString())) {
        out.write(bytes);
        return;
      } catch (FileNotFoundException refused) {
        // Files reports the cause
      }
    }
    Files.write(file, bytes);
  }

  /** Removes a file that most likely exists; does nothing if it is missing. */
  public static void delete(Path file) throws IOException {
    if (!isOwn(file) || !new File(file.toString()).delete()) {
      Files.deleteIfExists(file);
    }
  }

  /** Sets the times of a file, folder or link to now, by the clock of its file system. */
  public static void touch(String path) throws IOException {
    ScratchMemory memory = NAME.get();
    memory.clear();
    long name = memory.text(path.getBytes(StandardCharsets.UTF_8));
    int result =
        NativeCall.of("utimensat").call(Libc.AT_FDCWD, name, 0, Libc.AT_SYMLINK_NOFOLLOW, 0, 0);
    if (result < 0) {
      throw new IOException("cannot set the time of " + path + ": " + Libc.reason(-result));
    }
  }

  private static boolean isOwn(Path file) {
    return file.getFileSystem() == FileSystems.getDefault();
  }
}
