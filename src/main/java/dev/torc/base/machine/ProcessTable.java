package dev.torc.base.machine;

import dev.torc.base.posix.Io;
import dev.torc.base.posix.OtherProcess;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads processes from {@code /proc} (see proc(5)). A process may end at any moment, so one that
 * cannot be read counts as gone.
 */
public final class ProcessTable {

  /**
   * A process. Its number together with its start, in clock ticks since boot, is never reused. Its
   * state is a letter; its CPU nanoseconds include the descendants that it waited for.
   */
  public record Entry(int pid, long start, int parent, int group, char state, long cpu) {

    public long id() {
      return id(pid, start);
    }

    public static long id(int pid, long start) {
      return (long) pid << 32 ^ start;
    }

    public boolean isDead() {
      return state == 'Z' || state == 'X';
    }

    /** Returns whether its number still names the same process, dead or alive. */
    public boolean exists() {
      return of(pid).map(now -> now.start == start).orElse(false);
    }
  }

  private static final boolean PRESENT = new File("/proc/self/stat").exists();

  /** How often an empty environment is read again, a millisecond apart. */
  private static final int EXEC_LOOKS = 20;

  private ProcessTable() {}

  public static boolean present() {
    return PRESENT;
  }

  public static List<Entry> all() {
    List<Entry> all = new ArrayList<>();
    for (String name : OtherProcess.list("/proc")) {
      if (Character.isDigit(name.charAt(0))) {
        of(Integer.parseInt(name)).ifPresent(all::add);
      }
    }
    return all;
  }

  /**
   * Divides processes among owners: each gets the owner of the nearest process that has one, from
   * itself up through its ancestors. The key null has the processes without an owner.
   */
  public static <T> Map<T, List<Entry>> divide(List<Entry> all, Map<Integer, T> owners) {
    Map<Integer, Entry> numbered = new HashMap<>();
    all.forEach(process -> numbered.put(process.pid, process));
    Map<T, List<Entry>> divided = new HashMap<>();
    for (Entry process : all) {
      T owner = null;
      Entry at = process;
      // Numbers may be reused during the read: a cycle of parents must not loop forever.
      for (int steps = 0; at != null && owner == null && steps <= all.size(); steps++) {
        owner = owners.get(at.pid);
        at = numbered.get(at.parent);
      }
      divided.computeIfAbsent(owner, _ -> new ArrayList<>()).add(process);
    }
    return divided;
  }

  public static Optional<Entry> of(int pid) {
    // "pid (name) state ppid pgrp ... starttime": the name may hold spaces and parentheses
    String line = text(pid, "stat");
    int close = line.lastIndexOf(')');
    if (close < 0) {
      return Optional.empty();
    }
    String[] fields = line.substring(close + 2).split(" ");
    long ticks = Arrays.stream(fields, 11, 15).mapToLong(Long::parseLong).sum();
    int parent = Integer.parseInt(fields[1]);
    int group = Integer.parseInt(fields[2]);
    long cpu = MachineLoad.NANOS_OF_TICK * ticks;
    return Optional.of(
        new Entry(pid, Long.parseLong(fields[19]), parent, group, fields[0].charAt(0), cpu));
  }

  /** Returns the children of all threads of a process; empty if the kernel does not list them. */
  public static Optional<List<Integer>> children(int pid) {
    List<Integer> children = new ArrayList<>();
    for (String thread : OtherProcess.list("/proc/" + pid + "/task")) {
      Optional<byte[]> list = read(pid, "task/" + thread + "/children");
      if (list.isEmpty()) {
        if (new File("/proc/self/task/" + ProcessHandle.current().pid() + "/children").exists()) {
          continue; // the thread has ended
        }
        return Optional.empty();
      }
      for (String child : new String(list.get(), StandardCharsets.ISO_8859_1).split(" ")) {
        if (!child.isBlank()) {
          children.add(Integer.parseInt(child.strip()));
        }
      }
    }
    return Optional.of(children);
  }

  /** Returns the environment that a process started with; empty if it cannot be read. */
  public static Set<String> environment(int pid) {
    Optional<byte[]> environment = read(pid, "environ");
    // It is briefly empty during an exec, and always in a kernel thread, which has no exe.
    for (int look = 1;
        look <= EXEC_LOOKS && environment.filter(b -> b.length == 0).isPresent() && hasProgram(pid);
        look++) {
      LockSupport.parkNanos(1_000_000);
      environment = read(pid, "environ");
    }
    if (environment.isEmpty() || environment.get().length == 0) {
      return Set.of();
    }
    return Set.copyOf(List.of(new String(environment.get(), StandardCharsets.UTF_8).split("\0")));
  }

  /** Returns whether a process works in a folder or below it, by whichever path it came there. */
  public static boolean worksBelow(int pid, Path folder) {
    return Io.or(
        () -> {
          Path at = Path.of("/proc/" + pid + "/cwd");
          for (int above = Files.readSymbolicLink(at).getNameCount(); above >= 0; above--) {
            if (Files.isSameFile(at, folder)) {
              return true;
            }
            at = at.resolve("..");
          }
          return false;
        },
        false);
  }

  private static boolean hasProgram(int pid) {
    // An error means that there is none, or that access is denied.
    return Io.or(
        () -> !Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe")).toString().isEmpty(),
        false);
  }

  /**
   * Returns the bytes of memory that the kernel cannot reclaim: anonymous and shared pages, counted
   * in each process that shares them, without clean pages of files. 0 if it is gone.
   */
  public static long memory(int pid) {
    String status = text(pid, "status");
    return status.contains("\nRssAnon:") // since Linux 4.5
        ? kilobytes(status, "RssAnon:") + kilobytes(status, "RssShmem:")
        : kilobytes(status, "VmRSS:");
  }

  public static boolean ignores(int pid, int signal) {
    String mask = word(pid, "SigIgn:");
    return !mask.isEmpty() && (Long.parseUnsignedLong(mask, 16) >> (signal - 1) & 1) == 1;
  }

  /** Returns whether a process is a container's first, to which its client passes signals. */
  public static boolean isFirst(int pid) {
    return word(pid, "NSpid:").endsWith("\t1"); // one number for each namespace
  }

  private static String word(int pid, String key) {
    String status = text(pid, "status");
    int start = status.indexOf("\n" + key);
    int end = status.indexOf('\n', start + 1);
    return start < 0 ? "" : status.substring(start + 1 + key.length(), end).strip();
  }

  /** Returns the arguments of a process, its program first; empty if they cannot be read. */
  public static List<String> arguments(int pid) {
    return List.of(text(pid, "cmdline").split("\0"));
  }

  /** Returns {@link #memory} with shared pages divided among processes, which takes longer. */
  public static long proportional(int pid) {
    String sums = text(pid, "smaps_rollup");
    return sums.contains("\nPss_Anon:") // since Linux 5.4
        ? kilobytes(sums, "Pss_Anon:") + kilobytes(sums, "Pss_Shmem:")
        : memory(pid);
  }

  private static long kilobytes(String text, String key) {
    int start = text.indexOf("\n" + key);
    if (start < 0) {
      return 0;
    }
    int end = text.indexOf(" kB", start);
    return Long.parseLong(text.substring(start + 1 + key.length(), end).strip()) * 1024;
  }

  private static String text(int pid, String file) {
    return read(pid, file).map(b -> new String(b, StandardCharsets.ISO_8859_1)).orElse("");
  }

  private static Optional<byte[]> read(int pid, String file) {
    try (FileInputStream in = new FileInputStream("/proc/" + pid + "/" + file)) {
      return Optional.of(in.readAllBytes());
    } catch (IOException goneOrNotOurs) {
      return Optional.empty();
    }
  }
}
