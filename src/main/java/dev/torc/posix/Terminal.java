package dev.torc.posix;

import dev.torc.posix.Kill.SignalMask;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;

/** Tells what the terminal behind a descriptor is and which process group has it. */
public final class Terminal {

  private static final long TIOCGWINSZ = Libc.MAC ? 0x40087468L : 0x5413L;

  private static final int TCSADRAIN = 1;

  /** More bytes than a termios has anywhere. */
  private static final int TERMIOS = 128;

  private Terminal() {}

  public static boolean isTerminal(int fd) {
    return NativeCall.of("isatty").call(fd) == 1;
  }

  /**
   * Returns the columns of the terminal; 0 where that is unknown or there is no terminal, negative
   * where another process group has it, as after bg: then nothing but lines should go there. It
   * uses the JDK's linker, since {@link NativeCall} calls no variadic function.
   */
  @SuppressWarnings("restricted")
  public static int width(int fd) {
    int group = foreground(fd);
    if (group > 0 && group != ownGroup()) {
      return -1;
    }
    MethodHandle ioctl =
        Linker.nativeLinker()
            .downcallHandle(
                MemorySegment.ofAddress(Libc.symbol("ioctl")),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.ADDRESS),
                Linker.Option.firstVariadicArg(2));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(16, 8); // four shorts: rows, columns, pixels
      int result = (int) ioctl.invokeExact(fd, TIOCGWINSZ, size);
      return result == 0 ? Short.toUnsignedInt(size.get(ValueLayout.JAVA_SHORT, 2)) : 0;
    } catch (Throwable wrong) {
      throw new AssertionError("ioctl is linked wrongly", wrong);
    }
  }

  /** Returns the foreground process group of our controlling terminal; negative if it is none. */
  public static int foreground(int fd) {
    return NativeCall.of("tcgetpgrp").call(fd);
  }

  /** Makes a process group the foreground one; blocks SIGTTOU, which would stop us otherwise. */
  public static void setForeground(int fd, int group) {
    SignalMask.blocked(Kill.TTOU, () -> NativeCall.of("tcsetpgrp").call(fd, group));
  }

  /** Returns the settings of a terminal (its termios); null if it is none. */
  public static Memory settings(int fd) {
    Memory termios = Memory.of(TERMIOS);
    return NativeCall.of("tcgetattr").call(fd, termios.address()) == 0 ? termios : null;
  }

  /** Gives a terminal these settings when all output is written; does nothing for null. */
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
