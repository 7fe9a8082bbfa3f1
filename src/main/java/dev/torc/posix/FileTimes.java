package dev.torc.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The times of a file, set without opening it: the JDK opens, and asks twice. */
public final class FileTimes {

  private static final NativeCall UTIMENSAT = NativeCall.of("utimensat");

  private static final int HERE = NativeCall.number(-100, -2); // AT_FDCWD
  private static final int NOFOLLOW = NativeCall.number(0x100, 0x20); // AT_SYMLINK_NOFOLLOW

  private static final ThreadLocal<ScratchMemory> NAME =
      ThreadLocal.withInitial(ScratchMemory::new);

  private FileTimes() {}

  /** Gives a file, folder or link the time of this moment, by the clock of its file system. */
  public static void now(String path) throws IOException {
    ScratchMemory memory = NAME.get();
    memory.clear();
    long name = memory.text(path.getBytes(StandardCharsets.UTF_8));
    int result = UTIMENSAT.call(HERE, name, 0, NOFOLLOW, 0, 0);
    if (result < 0) {
      throw new IOException("cannot set the time of " + path + ": " + FileStatus.reason(-result));
    }
  }
}
