package dev.torc.posix;

/**
 * The system calls that name a file or that change what a name leads to: their numbers on x86-64
 * and AArch64, and which of their arguments are names. What follows from a call is not its
 * business.
 */
enum FileCall {
  OPEN(2, -1, -1, 0),
  CREAT(85, -1, -1, 0),
  OPENAT(257, 56, 0, 1),
  OPENAT2(437, 437, 0, 1),
  EXECVE(59, 221, -1, 0),
  EXECVEAT(322, 281, 0, 1),
  RENAME(82, -1, -1, 0, -1, 1),
  RENAMEAT(264, 38, 0, 1, 2, 3),
  RENAMEAT2(316, 276, 0, 1, 2, 3),
  LINK(86, -1, -1, 0, -1, 1),
  LINKAT(265, 37, 0, 1, 2, 3),
  SYMLINK(88, -1, -1, -1, -1, 1),
  SYMLINKAT(266, 36, -1, -1, 1, 2),
  CHROOT(161, 51),
  // after each of these names say nothing any more
  MOUNT(165, 40),
  MOVE_MOUNT(429, 429),
  PIVOT_ROOT(155, 41),
  SETNS(308, 268),
  OPEN_BY_HANDLE(304, 265);

  private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");
  private static final FileCall[] BY_NUMBER = new FileCall[512];

  static {
    for (FileCall call : values()) {
      if (call.number(ARM) >= 0) {
        BY_NUMBER[call.number(ARM)] = call;
      }
    }
  }

  private final int x86;
  private final int arm;

  /** The argument with the first name, and that with its folder's descriptor; -1 for none. */
  final int name;

  final int folder;

  /** The same of the second name. */
  final int other;

  final int otherFolder;

  /**
   * @param arm its number there; -1 where that processor has no such call
   * @param names folder and name, and once more of a call with two
   */
  FileCall(int x86, int arm, int... names) {
    this.x86 = x86;
    this.arm = arm;
    folder = names.length > 0 ? names[0] : -1;
    name = names.length > 0 ? names[1] : -1;
    otherFolder = names.length > 2 ? names[2] : -1;
    other = names.length > 2 ? names[3] : -1;
  }

  int number(boolean onArm) {
    return onArm ? arm : x86;
  }

  /** The call of a number; null for none of these. */
  static FileCall of(int number) {
    return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
  }
}
