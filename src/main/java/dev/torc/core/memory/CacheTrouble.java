package dev.torc.core.memory;

import dev.torc.core.memory.Cache.CacheException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.lmdbjava.Dbi;
import org.lmdbjava.Env;
import org.lmdbjava.LmdbNativeException;
import org.lmdbjava.Meta;

/** Turns an error of LMDB or of the file system into one line for the user. */
final class CacheTrouble {

  /** If fewer bytes are free, an input/output error counts as a full disk. */
  private static final long NO_SPACE = 1 << 20;

  private static final String FULL = "no space left on device; free some and build again";
  private static final String DENIED = "permission denied";
  private static final String NO_FOLDER = "not a folder; move it away";
  private static final String READ_ONLY = "read-only file system";

  /** How an error of a status call begins; the file and the reason follow. */
  private static final String LOOK = "cannot look at ";

  private static final int EIO = 5;
  private static final int EACCES = 13;
  private static final int EPERM = 1;
  private static final int EROFS = 30;
  private static final int ENOSPC = 28;
  private static final int ENOMEM = 12;

  private CacheTrouble() {}

  static CacheException of(String what, Path file, IOException e) {
    String others = e instanceof AccessDeniedException ? ForeignFile.line(file) : "";
    if (!others.isEmpty()) {
      return new CacheException(others, e);
    }
    String why =
        switch (e) {
          case AccessDeniedException _ -> DENIED;
          case NoSuchFileException _ -> "no such file or folder; check the path";
          case FileAlreadyExistsException _ -> NO_FOLDER;
          case FileSystemException f when f.getReason() != null -> lower(f.getReason());
          default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    // The message is about the file that the error names, if it gives a reason.
    boolean named =
        e instanceof FileSystemException f && (f.getReason() != null || why.equals(NO_FOLDER));
    Path subject = named ? Path.of(((FileSystemException) e).getFile()) : file;
    if (why.startsWith(LOOK)) {
      int end = why.lastIndexOf(": ");
      subject = Path.of(why.substring(LOOK.length(), end));
      why = why.substring(end + 2);
    }
    String said = why.toLowerCase(Locale.ROOT);
    if (said.contains("read-only")) {
      why = READ_ONLY;
    } else if (said.contains("no space left") || full(file)) {
      why = FULL;
    }
    return new CacheException(line(what, subject, why), e);
  }

  static CacheException of(String what, Path file, RuntimeException e) {
    if (e instanceof CacheException already) {
      return already;
    }
    int code = e instanceof LmdbNativeException lmdb ? lmdb.getResultCode() : 0;
    String others = code == EACCES ? ForeignFile.line(file) : "";
    if (!others.isEmpty()) {
      return new CacheException(others, e);
    }
    if (isDamage(e)) {
      return new CacheException(
          "the cache %s is %s; build again: its records are copied first, or it is set aside"
              .formatted(file, damage(e)),
          e);
    }
    String why =
        switch (code) {
          case ENOSPC -> FULL;
          case EIO -> full(file) ? FULL : "input/output error; check the disk, then build again";
          case EACCES, EPERM -> DENIED;
          case EROFS -> READ_ONLY;
          case ENOMEM -> "no address space for its map; allow more (ulimit -v)";
          default -> words(e);
        };
    return new CacheException(line(what, file, why), e);
  }

  /** Returns whether an error means that the database, and not the system, is damaged. */
  static boolean isDamage(RuntimeException e) {
    return e instanceof LmdbNativeException refused
        && refused.getResultCode() < 0 // a positive code is an errno
        && !(e instanceof LmdbNativeException.PanicException
            || e instanceof LmdbNativeException.TlsFullException
            || e instanceof Env.ReadersFullException
            || e instanceof Dbi.MapResizedException);
  }

  static String damage(RuntimeException e) {
    return "damaged (" + words(e) + ")";
  }

  /** Returns LMDB's own message for an error, which differs from lmdbjava's. */
  static String words(RuntimeException e) {
    return e instanceof LmdbNativeException refused
        ? Meta.error(refused.getResultCode()) + " (" + refused.getResultCode() + ")"
        : String.valueOf(e.getMessage());
  }

  private static String lower(String reason) {
    return reason.substring(0, 1).toLowerCase(Locale.ROOT) + reason.substring(1);
  }

  private static boolean full(Path file) {
    return there(file.toAbsolutePath()).toFile().getUsableSpace() < NO_SPACE;
  }

  private static String line(String what, Path file, String why) {
    boolean refused = why.equals(DENIED) || why.equals(READ_ONLY);
    String next = refused ? "; make " + there(file.toAbsolutePath().getParent()) + " writable" : "";
    return (what + " " + file + ": " + why + next).replace('\n', ' ');
  }

  /** Returns the path itself if it exists, and otherwise its nearest existing parent. */
  private static Path there(Path folder) {
    return folder.getParent() == null || Files.exists(folder) ? folder : there(folder.getParent());
  }
}
