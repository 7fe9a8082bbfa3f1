package dev.torc.posix;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/**
 * A file system that has no locks, or gives none now. The message is the system's; the caller knows
 * what the lock was for, and whether it can do without.
 */
public final class UnlockableException extends FileSystemException {

  private static final long serialVersionUID = 1L;

  private final String next;

  private UnlockableException(Path file, String reason, String next) {
    super(file.toString(), null, reason);
    this.next = next;
  }

  /** What an error of a lock means: this one, or any other trouble with the file. */
  static IOException of(Path file, int errno) {
    String said = FileStatus.reason(errno);
    if (errno == Libc.ENOLCK) {
      return new UnlockableException(
          file,
          "the file system gives no locks now (" + said + ")",
          "see that its lock service is at work (for NFS 3 rpc.statd, on this host and the"
              + " server)");
    }
    if (errno == Libc.ENOSYS || errno == Libc.EOPNOTSUPP) {
      return new UnlockableException(
          file, "the file system has no locks (" + said + ")", "mount it with locks");
    }
    return new FileSystemException(file.toString(), null, "cannot be locked: " + said);
  }

  /** What to do about it, as an order. */
  public String next() {
    return next;
  }
}
