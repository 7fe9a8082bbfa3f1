package dev.torc.posix;

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
 * Where the system refuses, {@link Files} does it: its exceptions tell the causes apart.
 */
public final class PlainFile {

  /** The most bytes that {@link FileInputStream} reads at a time without allocating memory. */
  public static final int PIECE = 8 << 10;

  private static final ThreadLocal<ScratchMemory> NAME =
      ThreadLocal.withInitial(ScratchMemory::new);

  private PlainFile() {}

  public static InputStream open(Path file) throws IOException {
    if (isOwn(file)) {
      try {
        return new FileInputStream(file.toString());
      } catch (FileNotFoundException refused) {
        // the other way says why
      }
    }
    return Files.newInputStream(file);
  }

  /** Returns all bytes of a file, or one more than {@code most} of a larger one. */
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
        // the other way says why
      }
    }
    Files.write(file, bytes);
  }

  /** Removes a file that is most likely there; does nothing where it is not. */
  public static void delete(Path file) throws IOException {
    if (!isOwn(file) || !new File(file.toString()).delete()) {
      Files.deleteIfExists(file);
    }
  }

  /** Gives a file, folder or link the time of this moment, by the clock of its file system. */
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
