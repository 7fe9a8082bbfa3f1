package dev.torc.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Sends signals to processes and process groups. Whom to send them to is {@link ProcessTree}'s to
 * find out.
 */
public final class Kill {

  public static final int HUP = 1;
  public static final int INT = 2;
  public static final int KILL = 9;
  public static final int TERM = 15;
  public static final int CONT = Os.number(18, 19);
  public static final int STOP = Os.number(19, 17);
  public static final int TSTP = Os.number(20, 18);
  public static final int TTIN = 21;
  public static final int TTOU = 22;

  private static final MethodHandle KILL_CALL =
      Libc.call(
          "kill",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private Kill() {}

  /**
   * Signals one process.
   *
   * @return false where there is no such process, or it is not ours
   */
  public static boolean process(int pid, int signal) {
    return call(checked(pid), signal);
  }

  /**
   * Signals all processes of a group; signal 0 only looks. A group that consists of an unreaped
   * dead process still counts on Linux.
   *
   * @return false where the group is empty
   */
  public static boolean group(int group, int signal) {
    return call(-checked(group), signal);
  }

  /**
   * Stops our own process group as Ctrl-Z does; returns when it is continued. The second signal
   * goes to this very thread, so it cannot run on before the first one takes effect.
   */
  static void stopOwnGroup() {
    call(0, TSTP);
    var raise =
        Libc.call("raise", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    try (Arena arena = Arena.ofConfined()) {
      int ignored = (int) raise.invokeExact(Libc.errnoBuffer(arena), TSTP);
    } catch (Throwable wrong) {
      throw Os.mislinked(wrong);
    }
  }

  /** 0, 1 and negative numbers mean "many", down to all processes of the user: never meant here. */
  private static int checked(int pid) {
    if (pid <= 1) {
      throw new IllegalArgumentException("no process to signal: " + pid);
    }
    return pid;
  }

  private static boolean call(int pid, int signal) {
    try (Arena arena = Arena.ofConfined()) {
      return (int) KILL_CALL.invokeExact(Libc.errnoBuffer(arena), pid, signal) == 0;
    } catch (Throwable wrong) {
      throw Os.mislinked(wrong);
    }
  }
}
