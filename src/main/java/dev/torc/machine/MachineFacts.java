package dev.torc.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import oshi.hardware.GraphicsCard;
import oshi.hardware.HardwareAbstractionLayer;
import oshi.nativefree.SystemInfo;

/**
 * What the machine is, for people; read by OSHI from the files of Linux. {@link Limits} tells what
 * builds may use, in a thousandth of the time. Memory is in bytes; {@code cards} has all models,
 * even if no job can use them. {@code unknown} names facts that are empty or 0.
 */
public record MachineFacts(
    String system,
    String processor,
    int cpus,
    long memory,
    long free,
    List<String> cards,
    List<String> unknown) {

  /** Reads the facts, in some 0.2 s; empty if this is not Linux. */
  public static Optional<MachineFacts> here() {
    SystemInfo machine = new SystemInfo();
    if (!machine.isAvailable()) {
      return Optional.empty();
    }
    HardwareAbstractionLayer all = machine.getHardware();
    List<String> unknown = new ArrayList<>();
    return Optional.of(
        new MachineFacts(
            fact("system", () -> machine.getOperatingSystem().toString(), "", unknown),
            fact(
                "processor",
                () -> all.getProcessor().getProcessorIdentifier().getName(),
                "",
                unknown),
            fact(
                "machine's number of cpus",
                () -> all.getProcessor().getLogicalProcessorCount(),
                0,
                unknown),
            fact("machine's memory", () -> all.getMemory().getTotal(), 0L, unknown),
            fact("free memory", () -> all.getMemory().getAvailable(), 0L, unknown),
            fact(
                "graphics cards",
                () -> all.getGraphicsCards().stream().map(GraphicsCard::getName).toList(),
                List.of(),
                unknown),
            unknown));
  }

  /** Returns processor and system after a semicolon, as far as they are known. */
  public String words() {
    String parts = processor + (processor.isEmpty() || system.isEmpty() ? "" : ", ") + system;
    return parts.isEmpty() ? "" : "; " + parts;
  }

  /** Reads a fact. Without /proc or /sys (a bare chroot) OSHI cannot start some of its parts. */
  static <T> T fact(String name, Supplier<T> read, T none, List<String> unknown) {
    try {
      T fact = read.get();
      if (!fact.equals(0) && !fact.equals(0L)) {
        return fact;
      }
    } catch (RuntimeException | LinkageError missing) {
    }
    unknown.add(name);
    return none;
  }
}
