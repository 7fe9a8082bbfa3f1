package dev.torc.posix;

/**
 * The system calls that name a file or that change what a name leads to, by their numbers on x86-64
 * and AArch64, and where in their arguments the names stand. What follows from a call is not its
 * business.
 */
public enum FileCall {
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
  CHROOT(161, 51, -1, -1),
  /** From here on: after such a call names say nothing any more. */
  MOUNT(165, 40, -1, -1),
  MOVE_MOUNT(429, 429, -1, -1),
  PIVOT_ROOT(155, 41, -1, -1),
  SETNS(308, 268, -1, -1),
  OPEN_BY_HANDLE(304, 265, -1, -1);

  private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");
  private static final FileCall[] BY_NUMBER = new FileCall[512];

  static {
    for (FileCall call : values()) {
      if (call.number() >= 0) {
        BY_NUMBER[call.number()] = call;
      }
    }
  }

  private final int x86;
  private final int arm;
  final int folder;
  final int name;
  final int otherFolder;
  final int other;

  FileCall(int x86, int arm, int folder, int name) {
    this(x86, arm, folder, name, -1, -1);
  }

  /**
   * @param arm -1 where that processor has no such call
   * @param folder the argument with the folder's descriptor; -1 for that of the process
   * @param name the argument with the name; -1 for none
   * @param otherFolder likewise of the second name
   */
  FileCall(int x86, int arm, int folder, int name, int otherFolder, int other) {
    this.x86 = x86;
    this.arm = arm;
    this.folder = folder;
    this.name = name;
    this.otherFolder = otherFolder;
    this.other = other;
  }

  /** Its number on this processor; -1 for none. */
  int number() {
    return number(ARM);
  }

  int number(boolean onArm) {
    return onArm ? arm : x86;
  }

  /** Whether names mean nothing any more after such a call. */
  public boolean blinds() {
    return compareTo(MOUNT) >= 0;
  }

  /** The call of a number; null for none of these. */
  static FileCall of(int number) {
    return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
  }
}
