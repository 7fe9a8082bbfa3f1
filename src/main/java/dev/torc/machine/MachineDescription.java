package dev.torc.machine;

import oshi.SystemInfo;
import oshi.hardware.CentralProcessor;
import oshi.hardware.HardwareAbstractionLayer;

/**
 * The machine in words for the history and for bug reports. Asking takes some 200 ms: never on the
 * way to a job. {@link Limits} tells what a process may use of it.
 *
 * @param cpu the processor's model
 * @param cores physical ones
 * @param threads logical processors
 * @param memory bytes of the whole machine
 * @param system the operating system with its version
 */
public record MachineDescription(String cpu, int cores, int threads, long memory, String system) {

  /** Describes this machine, by OSHI. */
  public static MachineDescription here() {
    SystemInfo info = new SystemInfo();
    HardwareAbstractionLayer hardware = info.getHardware();
    CentralProcessor processor = hardware.getProcessor();
    return new MachineDescription(
        processor.getProcessorIdentifier().getName().strip(),
        processor.getPhysicalProcessorCount(),
        processor.getLogicalProcessorCount(),
        hardware.getMemory().getTotal(),
        info.getOperatingSystem().toString());
  }
}
