package dev.torc.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Another process of this host, as the kernel of Linux tells of it: the files in {@code /proc}, and
 * what only calls tell. The process tells nothing itself, so it cannot lie; but it may end, and its
 * number may then be another one's: the caller must hold something by which it would notice.
 */
public record OtherProcess(int pid) {

  private static final NativeCall SYSCALL = NativeCall.of("syscall");
  private static final int PIDFD_OPEN = 434;
  private static final int PIDFD_GETFD = 438;
  private static final int IOPRIO_GET = Libc.ARM ? 31 : 252;
  private static final int OF_PROCESS = 1;

  /** The fields of {@code stat} behind the name of the program, by their places there. */
  private static final int STATE = 0;

  private static final int GROUP = 2;
  private static final int FOREGROUND = 5;

  private static final int MOST = 8 << 20; // bytes: more than arguments and environment may have

  /** Returns the path of one of its files in {@code /proc}. */
  public String path(String name) {
    return "/proc/" + pid + "/" + name;
  }

  /** Reads one of its files in {@code /proc}; throws where it is gone or may not be read. */
  public byte[] read(String name) throws IOException {
    return PlainFile.read(Path.of(path(name)), MOST);
  }

  /** Reads one of its files as text; {@code ?} where it has none, or it may not be read. */
  public String text(String name) {
    try {
      return new String(read(name), StandardCharsets.ISO_8859_1);
    } catch (IOException none) {
      return "?";
    }
  }

  /** Returns the texts of a file that each end with a NUL. */
  public List<byte[]> texts(String name) throws IOException {
    byte[] all = read(name);
    List<byte[]> texts = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < all.length; i++) {
      if (all[i] == 0) {
        texts.add(Arrays.copyOfRange(all, from, i));
        from = i + 1;
      }
    }
    return texts;
  }

  /** Returns the fields of {@code stat} from the state on; none if the process is gone. */
  public List<String> stat() {
    String stat = text("stat");
    int name = stat.lastIndexOf(')'); // which may hold anything
    return name < 0 ? List.of() : List.of(stat.substring(name + 2).strip().split(" "));
  }

  /** Returns whether it is stopped, as by Ctrl-Z. */
  public boolean isStopped() {
    List<String> stat = stat();
    return !stat.isEmpty() && stat.get(STATE).equals("T");
  }

  /** Returns whether another process group than its own has its terminal. */
  public boolean isInBackground() {
    List<String> stat = stat();
    return !stat.isEmpty()
        && !stat.get(FOREGROUND).equals("-1")
        && !stat.get(FOREGROUND).equals(stat.get(GROUP));
  }

  /** Returns the priority of its reads and writes, as the kernel packs it. */
  public int ioPriority() {
    return SYSCALL.call(IOPRIO_GET, OF_PROCESS, pid);
  }

  /**
   * Returns a descriptor for one that it has open: not for the same path, but for the same open
   * file; null where the kernel is too old or does not allow it.
   */
  public Descriptor descriptor(int number) {
    int process = SYSCALL.call(PIDFD_OPEN, pid, 0);
    int copy = process < 0 ? process : SYSCALL.call(PIDFD_GETFD, process, number, 0);
    Libc.close(process);
    return copy < 0 ? null : new Descriptor(copy);
  }
}
