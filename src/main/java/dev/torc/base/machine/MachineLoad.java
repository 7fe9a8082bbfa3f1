package dev.torc.base.machine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Measures how busy the machine's CPUs and memory are, or those of the cgroup (version 2) that
 * limits this process. It reads a few files of Linux; other systems have no readings. {@link
 * Limits} tells how much of each there is.
 */
public final class MachineLoad {

  /** CPU nanoseconds since a fixed moment, and bytes in use that cannot be freed at once. */
  public record Reading(long time, long cpu, long memory) {

    /** Returns the use since an earlier reading, as the point of a series at time {@code at}. */
    public Series.Point since(Reading before, long at, GpuLoad.Load gpus) {
      long passed = Math.max(1, time - before.time);
      long busy = Math.max(0, cpu - before.cpu) * 100 / passed;
      return new Series.Point(at, busy, memory, gpus.busy(), gpus.memory());
    }
  }

  /** Linux reports times in hundredths of a second (USER_HZ), whatever its own clock rate. */
  public static final long NANOS_OF_TICK = 10_000_000;

  private static final int IDLE = 4; // columns of a line in /proc/stat, from 1
  private static final int WAITING = 5;
  private static final int LAST = 8;

  private final Path system;
  private final Path cpuGroup;
  private final Path memoryGroup;

  /** Creates a load that reads the files below a folder, in tests not {@code /}. */
  public MachineLoad(Path system) {
    this.system = system;
    Path own = ownGroup(system);
    this.cpuGroup = limited(own, "cpu.max");
    this.memoryGroup = limited(own, "memory.max");
  }

  /** Returns how busy the machine is now; null if the system does not report it. */
  public Reading read() {
    long cpu = cpuGroup == null ? machineCpu() : groupCpu();
    long memory = memoryGroup == null ? machineMemory() : groupMemory();
    return cpu < 0 || memory < 0 ? null : new Reading(System.nanoTime(), cpu, memory);
  }

  /** Returns the folder of this process's cgroup; null if it has none of version 2. */
  private static Path ownGroup(Path system) {
    for (String line : Limits.lines(system.resolve("proc/self/cgroup"))) {
      if (line.startsWith("0::/")) {
        return Limits.group(system.resolve("sys/fs/cgroup"), line.substring("0::".length()));
      }
    }
    return null;
  }

  /** Returns the first group, from {@code own} up, with a limit in this file; null for none. */
  private static Path limited(Path own, String file) {
    for (Path at = own; at != null && Files.exists(at); at = at.getParent()) {
      List<String> lines = Limits.lines(at.resolve(file));
      if (!lines.isEmpty() && !lines.getFirst().startsWith("max")) {
        return at;
      }
    }
    return null;
  }

  private long machineCpu() {
    List<String> lines = Limits.lines(system.resolve("proc/stat"));
    if (lines.isEmpty()) {
      return -1;
    }
    String[] words = lines.getFirst().split(" +"); // the word cpu, then the columns
    long ticks = 0;
    for (int i = 1; i <= LAST; i++) {
      ticks += i == IDLE || i == WAITING ? 0 : Long.parseLong(words[i]);
    }
    return ticks * NANOS_OF_TICK;
  }

  private long groupCpu() {
    return numbers(cpuGroup.resolve("cpu.stat")).getOrDefault("usage_usec", -1L) * 1000;
  }

  private long machineMemory() {
    Map<String, Long> memory = numbers(system.resolve("proc/meminfo"));
    Long total = memory.get("MemTotal:");
    Long free = memory.get("MemAvailable:");
    return total == null || free == null ? -1 : (total - free) * 1024;
  }

  /** Returns the memory in use without inactive file pages, which the kernel frees first. */
  private long groupMemory() {
    List<String> current = Limits.lines(memoryGroup.resolve("memory.current"));
    long files = numbers(memoryGroup.resolve("memory.stat")).getOrDefault("inactive_file", 0L);
    return Math.max(0, Long.parseLong(current.getFirst()) - files);
  }

  /** Returns the numbers by name, from lines with a name, a number and perhaps a unit. */
  private static Map<String, Long> numbers(Path file) {
    Map<String, Long> numbers = new TreeMap<>();
    for (String line : Limits.lines(file)) {
      String[] words = line.split("\\s+");
      if (words.length > 1 && words[1].matches("\\d{1,18}")) {
        numbers.put(words[0], Long.parseLong(words[1]));
      }
    }
    return numbers;
  }
}
