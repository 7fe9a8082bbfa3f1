package dev.torc.base.posix;

/**
 * The system calls that name a file or change what a name leads to: their numbers on x86-64 and
 * AArch64, and which of their arguments are names. {@link JobTrace} knows what each call means.
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
  // After each of these calls, a name may lead to any file.
  MOUNT(165, 40),
  MOVE_MOUNT(429, 429),
  PIVOT_ROOT(155, 41),
  SETNS(308, 268),
  OPEN_BY_HANDLE(304, 265),
  // The calls below are reported only for strict jobs.
  MKDIR(Change.MAKE_FOLDER, 83, -1, -1, 0),
  MKDIRAT(Change.MAKE_FOLDER, 258, 34, 0, 1),
  MKNOD(Change.MAKE, 133, -1, -1, 0),
  MKNODAT(Change.MAKE, 259, 33, 0, 1),
  RMDIR(Change.ALTER, 84, -1, -1, 0),
  UNLINK(Change.ALTER, 87, -1, -1, 0),
  UNLINKAT(Change.ALTER, 263, 35, 0, 1),
  TRUNCATE(Change.ALTER, 76, 45, -1, 0),
  CHMOD(Change.ALTER, 90, -1, -1, 0),
  FCHMOD(Change.ALTER, 91, 52, 0, -1),
  FCHMODAT(Change.ALTER, 268, 53, 0, 1),
  FCHMODAT2(Change.ALTER, 452, 452, 0, 1),
  CHOWN(Change.ALTER, 92, -1, -1, 0),
  FCHOWN(Change.ALTER, 93, 55, 0, -1),
  LCHOWN(Change.ALTER, 94, -1, -1, 0),
  FCHOWNAT(Change.ALTER, 260, 54, 0, 1),
  UTIME(Change.ALTER, 132, -1, -1, 0),
  UTIMES(Change.ALTER, 235, -1, -1, 0),
  FUTIMESAT(Change.ALTER, 261, -1, 0, 1),
  UTIMENSAT(Change.ALTER, 280, 88, 0, 1),
  SETXATTR(Change.ALTER, 188, 5, -1, 0),
  LSETXATTR(Change.ALTER, 189, 6, -1, 0),
  FSETXATTR(Change.ALTER, 190, 7, 0, -1),
  SETXATTRAT(Change.ALTER, 463, 463, 0, 1),
  REMOVEXATTR(Change.ALTER, 197, 14, -1, 0),
  LREMOVEXATTR(Change.ALTER, 198, 15, -1, 0),
  FREMOVEXATTR(Change.ALTER, 199, 16, 0, -1),
  REMOVEXATTRAT(Change.ALTER, 466, 466, 0, 1),
  FILE_SETATTR(Change.ALTER, 469, 469, 0, 1);

  /** How a call changes a name or its file, without opening it. */
  enum Change {
    MAKE,
    MAKE_FOLDER,
    /** A name is removed, or a file's owner, permissions, times or length are set. */
    ALTER
  }

  private static final FileCall[] BY_NUMBER = new FileCall[512];

  static {
    for (FileCall call : values()) {
      if (call.number(Libc.ARM) >= 0) {
        BY_NUMBER[call.number(Libc.ARM)] = call;
      }
    }
  }

  private final int x86;
  private final int arm;

  /** Null if the call is reported for all traced jobs, not only for strict ones. */
  final Change change;

  /** Indexes of the arguments with the first name and its folder's descriptor; -1 for none. */
  final int name;

  final int folder;

  /** The same two indexes for the call's second name. */
  final int other;

  final int otherFolder;

  /**
   * @param arm the call's number on AArch64; -1 if it has no such call
   * @param names indexes of the folder's and the name's argument; twice for a call with two names
   */
  FileCall(int x86, int arm, int... names) {
    this(null, x86, arm, names);
  }

  /** Creates a call that changes one name or, if the name's index is -1, the descriptor's file. */
  FileCall(Change change, int x86, int arm, int... names) {
    this.change = change;
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

  /** Returns the call with this number; null if it is not listed here. */
  static FileCall of(int number) {
    return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
  }
}
