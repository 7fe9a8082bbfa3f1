package dev.torc.base.posix;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Opens torc's own files and folders (rule 9), and nothing that has replaced them: an archive, a
 * version control system or a copy may put links, hard links, FIFOs and folders in their places.
 * torc makes no links there, so a link counts as missing, and a writer removes it. If a file has a
 * second hard link, a writer creates a new file and leaves the other link alone. Anything else is
 * an error of one line and is never opened: a FIFO would block. {@code WholeFile} is for files that
 * the user asked for. Each open costs one more call, to check the file first.
 */
public final class OwnFile {

  private static final LinkOption NO_LINK = LinkOption.NOFOLLOW_LINKS;

  private OwnFile() {}

  /** Returns whether a regular file exists at the path; a link does not count. */
  public static boolean exists(Path file) throws IOException {
    return look(file).isFile();
  }

  /** Removes a link, or a file with several hard links, so that a new file can be written. */
  public static void prepare(Path file) throws IOException {
    FileStatus there = look(file);
    if (there.isLink() || there.links() > 1) {
      Files.deleteIfExists(file);
    }
  }

  /** Removes a file or link; does nothing if it is missing. */
  public static void remove(Path file) throws IOException {
    if (look(file).exists()) {
      Files.deleteIfExists(file);
    }
  }

  /** Removes a folder if it is empty. */
  public static void removeEmpty(Path folder) {
    try {
      Files.deleteIfExists(folder);
    } catch (IOException kept) {
      return; // not empty, or harmless
    }
  }

  /** Opens a file for reading; throws {@link NoSuchFileException} if it is missing. */
  public static InputStream in(Path file) throws IOException {
    mustExist(file);
    return Files.newInputStream(file, NO_LINK);
  }

  /** Opens a channel for reading a file; an interrupt of its thread closes it. */
  public static FileChannel channel(Path file) throws IOException {
    mustExist(file);
    return FileChannel.open(file, StandardOpenOption.READ, NO_LINK);
  }

  /** Returns the text in the last {@code most} bytes of a file. */
  public static String tail(Path file, int most) throws IOException {
    try (FileChannel in = channel(file)) {
      ByteBuffer tail = ByteBuffer.allocate((int) Math.min(most, in.size()));
      in.position(in.size() - tail.capacity());
      while (tail.hasRemaining() && in.read(tail) >= 0) {
        // stops early if the file shrinks
      }
      return new String(tail.array(), 0, tail.position(), StandardCharsets.UTF_8);
    }
  }

  /** Returns all bytes of a file; throws {@link NoSuchFileException} if it is missing. */
  public static byte[] read(Path file) throws IOException {
    try (InputStream in = in(file)) {
      return in.readAllBytes();
    }
  }

  /** Opens a file for writing; {@code how} is as for {@link Files#newOutputStream}. */
  public static OutputStream out(Path file, OpenOption... how) throws IOException {
    prepare(file);
    OpenOption[] options = Arrays.copyOf(how, how.length + 1);
    options[how.length] = NO_LINK;
    return Files.newOutputStream(file, options);
  }

  /** Opens a channel for writing a file; creates it if it is missing, but does not truncate it. */
  public static FileChannel outChannel(Path file) throws IOException {
    prepare(file);
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, NO_LINK);
  }

  /** Writes a small file, replacing its content, at the lowest cost. */
  public static void write(Path file, byte[] bytes) throws IOException {
    prepare(file);
    PlainFile.write(file, bytes);
  }

  /**
   * Writes a file next to its path and moves it there, so a reader finds either all of it or the
   * old content. It is not forced to the disk. Removes what a killed torc left there.
   */
  public static void replace(Path file, Io.Take<OutputStream> content) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    remove(fresh);
    prepare(file);
    replace(file, fresh, content);
  }

  /** Replaces any file; {@code fresh} is an unused name on the same file system, not in errors. */
  public static void replace(Path file, Path fresh, Io.Take<OutputStream> content)
      throws IOException {
    try {
      try (OutputStream out = Files.newOutputStream(fresh, StandardOpenOption.CREATE_NEW)) {
        content.take(out);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(fresh);
      if (e instanceof FileSystemException at && fresh.toString().equals(at.getFile())) {
        throw e instanceof AccessDeniedException
            ? new AccessDeniedException(file.toString())
            : new FileSystemException(file.toString(), null, at.getReason());
      }
      throw e;
    }
  }

  /** Makes a folder if it is missing; its parents may be links, but not the folder itself. */
  public static void folder(Path folder) throws IOException {
    refuseLink(folder);
    Files.createDirectories(folder);
  }

  /** Throws if a link is in the place of a folder. */
  public static void refuseLink(Path folder) throws IOException {
    if (FileStatus.identity(folder.toString(), false).isLink()) {
      throw new FileSystemException(
          folder.toString(), null, "it is a link, and none is followed there; remove the link");
    }
  }

  private static void mustExist(Path file) throws IOException {
    if (!exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
  }

  private static FileStatus look(Path file) throws IOException {
    FileStatus there = FileStatus.of(file.toString(), false);
    if (there.exists() && !there.isFile() && !there.isLink()) {
      String kind = there.isFolder() ? "a folder" : there.isFifo() ? "a FIFO" : "a device";
      throw new FileSystemException(
          file.toString(),
          null,
          kind + " is in the place of one of torc's own files; move it away");
    }
    return there;
  }

  /** Encodes a text as one line, with {@code \\} for a backslash and {@code \n} for a newline. */
  public static String line(String text) {
    return text.replace("\\", "\\\\").replace("\n", "\\n");
  }

  /** Decodes such a line; drops a backslash before any other character. */
  public static String text(String line) {
    return Pattern.compile("\\\\(.)", Pattern.DOTALL)
        .matcher(line)
        .replaceAll(
            escaped -> {
              String c = escaped.group(1);
              return c.equals("n") ? "\n" : Matcher.quoteReplacement(c);
            });
  }
}
