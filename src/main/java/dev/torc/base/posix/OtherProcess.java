package dev.torc.base.posix;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Another process of this host: its ancestors and, on Linux, its files in {@code /proc}. These come
 * from the system, so the process cannot forge them. But it may end, and its id may pass to a new
 * process: the caller must hold something that reveals this.
 */
public record OtherProcess(int pid) {

  private static final NativeCall SYSCALL = NativeCall.of("syscall");
  private static final NativeCall GETPGID = NativeCall.of("getpgid");
  private static final int PIDFD_OPEN = 434;
  private static final int PIDFD_GETFD = 438;
  private static final int IOPRIO_GET = Libc.ARM ? 31 : 252;
  private static final int OF_PROCESS = 1;

  /** Indexes of the fields of {@code stat} after the program's name. */
  private static final int STATE = 0;

  private static final int GROUP = 2;
  private static final int FOREGROUND = 5;

  private static final int MOST = 8 << 20; // bytes; more than arguments or environment can have

  public static OtherProcess self() {
    return new OtherProcess((int) ProcessHandle.current().pid());
  }

  public String path(String name) {
    return "/proc/" + pid + "/" + name;
  }

  /** Reads one of its files in {@code /proc}; throws if the process is gone or access is denied. */
  public byte[] read(String name) throws IOException {
    return PlainFile.read(Path.of(path(name)), MOST);
  }

  /** Reads one of its files as text; returns {@code ?} if it cannot be read. */
  public String text(String name) {
    return Io.or(() -> new String(read(name), StandardCharsets.ISO_8859_1), "?");
  }

  /** Returns a text that only processes in the same namespace have; {@code ?} if denied. */
  public String namespace(String kind) {
    return Io.or(() -> Files.readSymbolicLink(Path.of(path("ns/" + kind))).toString(), "?");
  }

  /** Returns the NUL-terminated texts in one of its files. */
  public List<byte[]> texts(String name) throws IOException {
    byte[] all = read(name);
    List<byte[]> texts = new ArrayList<>();
    for (int i = 0, from = 0; i < all.length; i++) {
      if (all[i] == 0) {
        texts.add(Arrays.copyOfRange(all, from, i));
        from = i + 1;
      }
    }
    return texts;
  }

  /** Returns a variable of the environment that the process started with; null if it was unset. */
  public String variable(String name) {
    for (String each : text("environ").split("\0")) {
      if (each.startsWith(name + "=")) {
        return new String(
            each.substring(name.length() + 1).getBytes(StandardCharsets.ISO_8859_1),
            StandardCharsets.UTF_8);
      }
    }
    return null;
  }

  /** Returns whether it is known to run the same program as another process. */
  public boolean isProgramOf(OtherProcess other) {
    return Io.or(() -> Files.isSameFile(Path.of(path("exe")), Path.of(other.path("exe"))), false);
  }

  /** Returns the fields of {@code stat} from the state on; an empty list if the process is gone. */
  public List<String> stat() {
    String stat = text("stat");
    int name = stat.lastIndexOf(')'); // the name may contain anything
    return name < 0 ? List.of() : List.of(stat.substring(name + 2).strip().split(" "));
  }

  /**
   * Returns whether a process runs. A number that is taken does not show this: in a container whose
   * first process reaps no orphans, a killed process stays a zombie forever.
   */
  public static boolean runs(long pid) {
    return ProcessHandle.of(pid).isPresent() && !new OtherProcess((int) pid).isInState("Z");
  }

  /** Returns whether it is stopped, as by Ctrl-Z. */
  public boolean isStopped() {
    return isInState("T");
  }

  private boolean isInState(String letter) {
    List<String> stat = stat();
    return !stat.isEmpty() && stat.get(STATE).equals(letter);
  }

  /** Returns whether its terminal's foreground process group is another one than its own. */
  public boolean isInBackground() {
    List<String> stat = stat();
    return !stat.isEmpty()
        && !stat.get(FOREGROUND).equals("-1")
        && !stat.get(FOREGROUND).equals(stat.get(GROUP));
  }

  /** Returns its I/O priority, in the kernel's encoding. */
  public int ioPriority() {
    return SYSCALL.call(IOPRIO_GET, OF_PROCESS, pid);
  }

  /** Duplicates its descriptor for an open file; null if the kernel is too old or refuses. */
  public Descriptor descriptor(int number) {
    int process = SYSCALL.call(PIDFD_OPEN, pid, 0);
    int copy = process < 0 ? process : SYSCALL.call(PIDFD_GETFD, process, number, 0);
    Libc.close(process);
    return copy < 0 ? null : new Descriptor(copy);
  }

  /**
   * Returns whether a process descends from another one: by its own parents, or by the parents of
   * its process group's leader, since its own parents may have ended.
   */
  public static boolean descends(long process, long from) {
    return from != process
        && (ancestors(process).contains(from) || ancestors(GETPGID.call(process)).contains(from));
  }

  /**
   * Returns whether this process has other mounts or other users than one of its ancestors, as far
   * as that can be seen. The map of users can be, also from a namespace of users below.
   */
  public static boolean standsApart() {
    return standsApart(process -> process.namespace("mnt"))
        || standsApart(process -> process.text("uid_map"));
  }

  private static boolean standsApart(Function<OtherProcess, String> look) {
    String own = look.apply(self());
    return ancestors(self().pid()).stream()
        .map(pid -> look.apply(new OtherProcess(pid.intValue())))
        .anyMatch(other -> !other.equals("?") && !other.equals(own));
  }

  /** Returns the ids of a process and of all its ancestors that the system still knows. */
  public static Set<Long> ancestors(long pid) {
    Set<Long> pids = new HashSet<>();
    Optional<ProcessHandle> at = ProcessHandle.of(pid);
    while (at.isPresent() && pids.add(at.get().pid())) {
      at = at.get().parent();
    }
    return pids;
  }

  /**
   * Returns a process, possibly this one, that still has the file removed from {@code place} open
   * and holds a {@code flock(2)}. Checks only processes in the kernel's list of locks: checking the
   * open files of all took 20 ms of each first build. Without that list it checks all.
   */
  public static OptionalInt holderOfRemoved(Path place) {
    String name = real(place) + " (deleted)";
    String locks = self().text("../locks");
    String[] words = locks.equals("?") ? list("/proc") : locks.split(" ");
    for (String pid : new LinkedHashSet<>(List.of(words))) { // a process may hold many locks
      if (!pid.isEmpty() && Character.isDigit(pid.charAt(0)) && anyOpen(pid, name::equals)) {
        return OptionalInt.of(Integer.parseInt(pid));
      }
    }
    return OptionalInt.empty();
  }

  /** Returns whether a process has the file at this path open; true if that cannot be seen. */
  public static boolean mayHaveOpen(long pid, Path place) {
    String name = real(place);
    return new File("/proc/" + pid + "/fd").list() == null
        || anyOpen("" + pid, open -> open.equals(name) || open.equals(name + " (deleted)"));
  }

  private static boolean anyOpen(String pid, Predicate<String> which) {
    String folder = "/proc/" + pid + "/fd";
    for (String number : list(folder)) {
      try {
        if (which.test(Files.readSymbolicLink(Path.of(folder, number)).toString())) {
          return true;
        }
      } catch (IOException closed) {
        // closed in the meantime
      }
    }
    return false;
  }

  /** Returns the names in a folder of the system; none if it cannot be read. */
  public static String[] list(String folder) {
    String[] names = new File(folder).list();
    return names == null ? new String[0] : names;
  }

  private static String real(Path place) {
    return Io.or(
        () -> place.getParent().toRealPath().resolve(place.getFileName()).toString(),
        place.toAbsolutePath().toString());
  }
}
