package dev.torc.base.machine;

import com.sun.management.OperatingSystemMXBean;
import dev.torc.base.posix.Io;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The resources that this process may use within its cgroup: at least one CPU, memory in bytes, and
 * GPUs. {@link MachineFacts} describes the whole machine.
 */
public record Limits(int cpus, long memory, Gpus gpus) {

  static final Pattern NUMBER = Pattern.compile("\\d{1,18}");
  private static final Pattern TOTAL = Pattern.compile("MemTotal:\\s+(\\d+) kB");

  /** Variables by which schedulers (Slurm, Grid Engine, LSF) tell how many cpus a job has. */
  private static final List<String> SCHEDULED =
      List.of("SLURM_CPUS_PER_TASK", "NSLOTS", "LSB_DJOB_NUMPROC");

  /** Returns the limits of this process; the caller's {@code environment} names its GPUs. */
  public static Limits here(Map<String, String> environment) {
    int all = Runtime.getRuntime().availableProcessors(); // respects affinity and cgroups
    String scheduled = scheduled(environment, all);
    int cpus = scheduled == null ? all : Integer.parseInt(environment.get(scheduled));
    return of(Path.of("/"), environment, cpus, Limits::ofMachine);
  }

  /** Returns a line if a scheduler gives this process fewer cpus than the machine; else null. */
  public static String fewer(Map<String, String> environment) {
    int all = Runtime.getRuntime().availableProcessors();
    String scheduled = scheduled(environment, all);
    return scheduled == null
        ? null
        : "using %s of %d cpus, as %s says; --limit cpus=N changes this"
            .formatted(environment.get(scheduled), all, scheduled);
  }

  /** Returns the variable with the smallest number of cpus below {@code cpus}; null for none. */
  static String scheduled(Map<String, String> environment, int cpus) {
    String smallest = null;
    int least = cpus;
    for (String name : SCHEDULED) {
      String value = environment.getOrDefault(name, "");
      if (value.matches("[1-9]\\d{0,5}") && Integer.parseInt(value) < least) {
        least = Integer.parseInt(value);
        smallest = name;
      }
    }
    return smallest;
  }

  /** Returns these limits, reduced to a scheduler's allocation, which the system does not show. */
  public Limits within(int others, long bytes, int devices) {
    return new Limits(others, Math.min(memory, bytes), gpus.first(devices));
  }

  /** Reads files below {@code system}; {@code elsewhere} has the memory if there is no meminfo. */
  static Limits of(Path system, Map<String, String> environment, int cpus, LongSupplier elsewhere) {
    return new Limits(cpus, memory(system, elsewhere), Gpus.of(system, environment));
  }

  /** Returns the machine's memory in bytes, as the JVM reports it. */
  static long ofMachine() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }

  private static long memory(Path system, LongSupplier elsewhere) {
    long memory = Long.MAX_VALUE;
    for (String line : lines(system.resolve("proc/meminfo"))) {
      Matcher total = TOTAL.matcher(line);
      if (total.matches()) {
        memory = Long.parseLong(total.group(1)) * 1024;
      }
    }
    if (memory == Long.MAX_VALUE) {
      memory = elsewhere.getAsLong();
    }
    Path groups = system.resolve("sys/fs/cgroup");
    for (String line : lines(system.resolve("proc/self/cgroup"))) { // ID:CONTROLLERS:PATH
      String[] parts = line.split(":", 3);
      if (parts[1].isEmpty()) { // version 2, alone or beside version 1
        memory = Math.min(memory, lowest(groups, parts[2], "memory.max"));
        memory = Math.min(memory, lowest(groups.resolve("unified"), parts[2], "memory.max"));
      } else if (List.of(parts[1].split(",")).contains("memory")) {
        Path group = groups.resolve("memory");
        memory = Math.min(memory, lowest(group, parts[2], "memory.limit_in_bytes"));
      }
    }
    return memory;
  }

  /** Returns the lowest limit of a cgroup and its parents, up to the root of the mount. */
  private static long lowest(Path mount, String group, String file) {
    long lowest = Long.MAX_VALUE;
    for (Path at = group(mount, group); at.startsWith(mount); at = at.getParent()) {
      for (String line : lines(at.resolve(file))) {
        if (NUMBER.matcher(line).matches()) { // "max" and larger numbers are not limits
          lowest = Math.min(lowest, Long.parseLong(line));
        }
      }
    }
    return lowest;
  }

  /** Returns a cgroup's folder; for a cgroup outside this namespace, the mount itself. */
  static Path group(Path mount, String name) {
    Path at = mount.resolve(name.replaceFirst("^/+", "")).normalize();
    return at.startsWith(mount) ? at : mount;
  }

  /** Returns a file's lines; none if it is missing or cannot be read. */
  static List<String> lines(Path file) {
    return Io.or(() -> Files.readAllLines(file), List.of());
  }
}
