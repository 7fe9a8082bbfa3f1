package dev.torc.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import oshi.hardware.GraphicsCard;
import oshi.hardware.HardwareAbstractionLayer;
import oshi.nativefree.SystemInfo;

/**
 * What the machine is, as people are told: OSHI finds it in the files of Linux alone. {@link
 * Limits} tells what builds may take of it, in a thousandth of the time.
 *
 * @param system the operating system with its version
 * @param processor the model
 * @param cpus all that the machine has
 * @param memory bytes, all that the machine has
 * @param free bytes of it that could be used now
 * @param cards the models of its graphics cards, also of cards that no job can be given
 * @param unknown names of facts that could not be read; those are empty or 0
 */
public record MachineFacts(
    String system,
    String processor,
    int cpus,
    long memory,
    long free,
    List<String> cards,
    List<String> unknown) {

  /** Returns the facts of this machine, in some 0.2 s; empty where it is no Linux. */
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

  /** Returns processor and system behind a semicolon, as far as they are known. */
  public String words() {
    String parts = processor + (processor.isEmpty() || system.isEmpty() ? "" : ", ") + system;
    return parts.isEmpty() ? "" : "; " + parts;
  }

  /**
   * Reads a fact. Without /proc or /sys, as in a bare chroot, OSHI cannot start some of its parts.
   */
  static <T> T fact(String name, Supplier<T> read, T none, List<String> unknown) {
    try {
      T fact = read.get();
      if (!fact.equals(0) && !fact.equals(0L)) {
        return fact;
      }
    } catch (RuntimeException | LinkageError missing) {
      // it is told as unknown
    }
    unknown.add(name);
    return none;
  }
}
