package dev.torc.posix;

/** The user whose rights this process has. What follows from that the callers know. */
public final class OwnUser {

  private static final NativeCall GETEUID = NativeCall.of("geteuid");

  private OwnUser() {}

  /** Its number. */
  public static int number() {
    return GETEUID.call();
  }

  /** Whether it is the one who may see and end everything. */
  public static boolean isRoot() {
    return number() == 0;
  }

  /** Whether it has this number, as the owner of a file. */
  public static boolean is(int user) {
    return number() == user;
  }
}
