package dev.torc.base.posix;

import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** The user and the groups whose permissions this process has. */
public final class OwnUser {

  private static final NativeCall GETEUID = NativeCall.of("geteuid");
  private static final NativeCall GETEGID = NativeCall.of("getegid");
  private static final NativeCall GETGROUPS = NativeCall.of("getgroups");

  private static final int MOST_GROUPS = 1 << 16; // Linux allows no more per process

  private static final int USUAL = 0022;
  private static final int GET_TIMER_SLACK = 30;

  private OwnUser() {}

  public static int number() {
    return GETEUID.call();
  }

  public static boolean isRoot() {
    return number() == 0;
  }

  public static boolean is(int user) {
    return number() == user;
  }

  public static int group() {
    return GETEGID.call();
  }

  /** Returns the numbers of the supplementary groups. */
  public static List<Integer> groups() {
    Memory groups = Memory.of(Integer.BYTES * MOST_GROUPS);
    int count = GETGROUPS.call(MOST_GROUPS, groups.address());
    return IntStream.range(0, count).mapToObj(i -> groups.getInt(Integer.BYTES * i)).toList();
  }

  public static boolean isMember(int group) {
    return group() == group || groups().contains(group);
  }

  /** Sets the mode bits that new files of this process do not get. */
  public static void setUmask(int mask) {
    NativeCall.of("umask").call(mask);
  }

  /** Returns by how many nanoseconds the kernel may delay this thread's waits; only on Linux. */
  public static int timerSlack() {
    return NativeCall.of("prctl").call(GET_TIMER_SLACK);
  }

  /** Changes the system's working directory if possible; Java keeps the one it started in. */
  public static void enter(Path folder) {
    Memory name = Memory.ofText(folder.toString());
    NativeCall.of("chdir").call(name.address());
    Reference.reachabilityFence(name);
  }

  /** Returns the mode bits that new files do not get; 022 if Linux is older than 4.7. */
  public static int umask() {
    return Io.or(() -> Files.readAllLines(Path.of("/proc/self/status")), List.<String>of()).stream()
        .filter(line -> line.startsWith("Umask:"))
        .mapToInt(line -> Integer.parseInt(line.substring(line.indexOf(':') + 1).strip(), 8))
        .findFirst()
        .orElse(USUAL);
  }
}
