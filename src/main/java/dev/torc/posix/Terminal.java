package dev.torc.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * What the terminal behind a descriptor is and who has it. What is written to it is not known here.
 */
public final class Terminal {

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final long TIOCGWINSZ = Os.MAC ? 0x40087468L : 0x5413L;
  private static final int SIG_BLOCK = Os.number(0, 1);
  private static final int SIG_SETMASK = Os.number(2, 3);
  private static final long SIGSET = 128; // bytes of the largest sigset_t

  private Terminal() {}

  /** Whether the descriptor is a terminal. */
  public static boolean isTerminal(int fd) {
    MethodHandle isatty = Libc.call("isatty", FunctionDescriptor.of(INT, INT));
    try (Arena arena = Arena.ofConfined()) {
      return (int) isatty.invokeExact(Libc.errnoBuffer(arena), fd) == 1;
    } catch (Throwable wrong) {
      throw Os.mislinked(wrong);
    }
  }

  /** Columns of the terminal; 0 where that is unknown or it is none. */
  public static int width(int fd) {
    MethodHandle ioctl =
        Libc.variadic(
            "ioctl", FunctionDescriptor.of(INT, INT, ValueLayout.JAVA_LONG, Libc.POINTER), 2);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(16, 8); // four shorts: rows, columns, pixels
      int result = (int) ioctl.invokeExact(Libc.errnoBuffer(arena), fd, TIOCGWINSZ, size);
      return result == 0 ? Short.toUnsignedInt(size.get(ValueLayout.JAVA_SHORT, 2)) : 0;
    } catch (Throwable wrong) {
      throw Os.mislinked(wrong);
    }
  }

  /** The foreground process group of our controlling terminal; -1 where the descriptor is none. */
  static int foreground(int fd) {
    MethodHandle tcgetpgrp = Libc.call("tcgetpgrp", FunctionDescriptor.of(INT, INT));
    try (Arena arena = Arena.ofConfined()) {
      return (int) tcgetpgrp.invokeExact(Libc.errnoBuffer(arena), fd);
    } catch (Throwable wrong) {
      throw Os.mislinked(wrong);
    }
  }

  /**
   * Makes a process group the foreground one. Without SIGTTOU blocked in this thread, doing so from
   * the background would stop us.
   */
  static boolean setForeground(int fd, int group) {
    MethodHandle tcsetpgrp = Libc.call("tcsetpgrp", FunctionDescriptor.of(INT, INT, INT));
    MethodHandle mask =
        Libc.call("pthread_sigmask", FunctionDescriptor.of(INT, INT, Libc.POINTER, Libc.POINTER));
    MethodHandle add = Libc.call("sigaddset", FunctionDescriptor.of(INT, Libc.POINTER, INT));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = Libc.errnoBuffer(arena);
      MemorySegment output = arena.allocate(SIGSET, 16);
      MemorySegment old = arena.allocate(SIGSET, 16);
      int ignored = (int) add.invokeExact(errno, output, Kill.TTOU);
      ignored = (int) mask.invokeExact(errno, SIG_BLOCK, output, old);
      boolean done = (int) tcsetpgrp.invokeExact(errno, fd, group) == 0;
      ignored = (int) mask.invokeExact(errno, SIG_SETMASK, old, MemorySegment.NULL);
      return done;
    } catch (Throwable wrong) {
      throw Os.mislinked(wrong);
    }
  }

  /** The process group of this process. */
  static int ownGroup() {
    MethodHandle getpgrp = Libc.call("getpgrp", FunctionDescriptor.of(INT));
    try (Arena arena = Arena.ofConfined()) {
      return (int) getpgrp.invokeExact(Libc.errnoBuffer(arena));
    } catch (Throwable wrong) {
      throw Os.mislinked(wrong);
    }
  }
}
