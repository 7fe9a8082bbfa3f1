package dev.torc.base.posix;

import dev.torc.base.posix.Kill.SignalMask;
import java.lang.ref.Reference;

/** Queries and changes a terminal: its width, foreground process group and settings. */
public final class Terminal {

  private static final long TIOCGWINSZ = Libc.MAC ? 0x40087468L : 0x5413L;

  private static final int TCSADRAIN = 1;

  /** More bytes than struct termios has on any system. */
  private static final int TERMIOS = 128;

  private Terminal() {}

  public static boolean isTerminal(int fd) {
    return NativeCall.of("isatty").call(fd) == 1;
  }

  /**
   * Returns the terminal's width in columns; 0 if it is unknown or the descriptor is no terminal,
   * negative if another process group is in the foreground, as after bg: then only print lines.
   */
  public static int width(int fd) {
    int group = foreground(fd);
    if (group > 0 && group != ownGroup()) {
      return -1;
    }
    Memory size = Memory.of(8); // four shorts: rows, columns, pixels
    int result = NativeCall.of("ioctl").callVariadic(fd, TIOCGWINSZ, size.address());
    return result == 0 ? Short.toUnsignedInt(size.getShort(2)) : 0;
  }

  /** Returns the foreground process group of the controlling terminal; negative if it is none. */
  public static int foreground(int fd) {
    return NativeCall.of("tcgetpgrp").call(fd);
  }

  /** Sets the foreground process group; blocks SIGTTOU, which would stop this process. */
  public static void setForeground(int fd, int group) {
    SignalMask.blocked(Kill.TTOU, () -> NativeCall.of("tcsetpgrp").call(fd, group));
  }

  /** Returns the settings of a terminal (its termios); null if it is not a terminal. */
  public static Memory settings(int fd) {
    Memory termios = Memory.of(TERMIOS);
    return NativeCall.of("tcgetattr").call(fd, termios.address()) == 0 ? termios : null;
  }

  /** Changes a terminal's settings once all output is written; does nothing for null. */
  public static void set(int fd, Memory settings) {
    if (settings != null) {
      SignalMask.blocked(
          Kill.TTOU, () -> NativeCall.of("tcsetattr").call(fd, TCSADRAIN, settings.address()));
      Reference.reachabilityFence(settings);
    }
  }

  public static int ownGroup() {
    return NativeCall.of("getpgrp").call();
  }
}
