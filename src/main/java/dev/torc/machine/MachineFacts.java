package dev.torc.machine;

import java.util.List;
import java.util.Optional;
import oshi.hardware.GraphicsCard;
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
 */
public record MachineFacts(
    String system, String processor, int cpus, long memory, long free, List<String> cards) {

  /** The facts of this machine, in some 0.2 s; empty where it is no Linux. */
  public static Optional<MachineFacts> here() {
    SystemInfo machine = new SystemInfo();
    if (!machine.isAvailable()) {
      return Optional.empty();
    }
    var hardware = machine.getHardware();
    var processor = hardware.getProcessor();
    return Optional.of(
        new MachineFacts(
            machine.getOperatingSystem().toString(),
            processor.getProcessorIdentifier().getName(),
            processor.getLogicalProcessorCount(),
            hardware.getMemory().getTotal(),
            hardware.getMemory().getAvailable(),
            hardware.getGraphicsCards().stream().map(GraphicsCard::getName).toList()));
  }
}
