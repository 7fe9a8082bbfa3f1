package dev.torc.base.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import oshi.hardware.GraphicsCard;
import oshi.hardware.HardwareAbstractionLayer;
import oshi.nativefree.SystemInfo;

/**
 * A description of the machine for the user, which OSHI reads from files of Linux. {@link Limits}
 * has what builds may use, and is read a thousand times faster. Memory is in bytes. {@code cards}
 * has the models of all graphics cards, even if no job can use them. {@code unknown} has the names
 * of facts that could not be read.
 */
public record MachineFacts(
    String system,
    String processor,
    int cpus,
    long memory,
    long free,
    List<String> cards,
    List<String> unknown) {

  /** Reads the facts, which takes about 0.2 s; empty if this is not Linux. */
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

  /** Returns a semicolon, the processor and the system, without the parts that are unknown. */
  public String words() {
    String parts = processor + (processor.isEmpty() || system.isEmpty() ? "" : ", ") + system;
    return parts.isEmpty() ? "" : "; " + parts;
  }

  /** Reads a fact. Without /proc or /sys, as in a bare chroot, parts of OSHI cannot start. */
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
