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
  static int foreground(int fd) {
    return NativeCall.of("tcgetpgrp").call(fd);
  }

  /** Makes a process group the foreground one; blocks SIGTTOU, which would stop us otherwise. */
  static void setForeground(int fd, int group) {
    SignalMask.blocked(Kill.TTOU, () -> NativeCall.of("tcsetpgrp").call(fd, group));
  }

  /** Returns the settings of a terminal (its termios); null if it is none. */
  static Memory settings(int fd) {
    Memory termios = Memory.of(TERMIOS);
    return NativeCall.of("tcgetattr").call(fd, termios.address()) == 0 ? termios : null;
  }

  /** Gives a terminal these settings when all output is written; does nothing for null. */
  static void set(int fd, Memory settings) {
    if (settings != null) {
      SignalMask.blocked(
          Kill.TTOU, () -> NativeCall.of("tcsetattr").call(fd, TCSADRAIN, settings.address()));
      Reference.reachabilityFence(settings);
    }
  }

  static int ownGroup() {
    return NativeCall.of("getpgrp").call();
  }

  /**
   * Lends our controlling terminal to a job's process group, as a shell does, and takes it back
   * with the settings that it had. Lends nothing if another process has it.
   */
  public static final class Foreground implements AutoCloseable {

    private final int group;
    private final int own = Terminal.ownGroup();
    private int terminal = -1;
    private Memory settings;

    /** Lends the terminal, if there is one and our group has it. */
    public Foreground(int group) {
      this.group = group;
      lend();
    }

    public boolean lent() {
      return terminal >= 0;
    }

    /**
     * Lends the terminal (again) and continues the group, which may have stopped to read earlier.
     */
    public void lend() {
      for (int fd = 0; fd <= 2 && terminal < 0; fd++) {
        if (Terminal.foreground(fd) == own) {
          terminal = fd;
        }
      }
      if (lent()) {
        settings = settings == null ? Terminal.settings(terminal) : settings;
        Terminal.setForeground(terminal, group);
        Kill.group(group, Kill.CONT);
      }
    }

    @Override
    public void close() {
      if (lent()) {
        Terminal.setForeground(terminal, own);
        Terminal.set(terminal, settings);
        terminal = -1;
      }
    }

    /**
     * Handles a stop of the group from the keyboard: takes the terminal back and stops our own
     * group too, so that the calling shell has its prompt. Returns when both are continued.
     */
    public void suspend() {
      Memory job = lent() ? Terminal.settings(terminal) : null;
      close();
      Kill.stopOwnGroup();
      settings = null; // the shell may have changed them
      lend();
      Terminal.set(terminal, job);
      Kill.group(group, Kill.CONT);
    }
  }
}
