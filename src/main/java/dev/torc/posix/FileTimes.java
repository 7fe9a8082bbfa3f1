package dev.torc.posix;

import java.io.IOException;
import java.lang.ref.Reference;

/** The times of a file, set without opening it: the JDK opens, and asks twice. */
public final class FileTimes {

  private static final NativeCall UTIMENSAT = NativeCall.of("utimensat");

  private static final int HERE = NativeCall.number(-100, -2); // AT_FDCWD
  private static final int NOFOLLOW = NativeCall.number(0x100, 0x20); // AT_SYMLINK_NOFOLLOW

  private FileTimes() {}

  /** Gives a file, folder or link the time of this moment, by the clock of its file system. */
  public static void now(String path) throws IOException {
    Memory name = Memory.ofText(path);
    int result = UTIMENSAT.call(HERE, name.address(), 0, NOFOLLOW);
    Reference.reachabilityFence(name);
    if (result < 0) {
      throw new IOException("cannot set the time of " + path + ": " + FileStatus.reason(-result));
    }
  }
}
