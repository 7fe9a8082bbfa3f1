package dev.torc.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one node gives to an allocation.
 *
 * @param cpus at least 1
 * @param memory bytes; {@link Long#MAX_VALUE} where Slurm does not count it
 * @param gpus at least 0
 */
record AllocationNode(String name, int cpus, long memory, int gpus) {

  /** Nodes of which an allocation has the same, as scontrol tells of them in detail. */
  private static final Pattern ALIKE =
      Pattern.compile(" Nodes=(\\S+) CPU_IDs=([\\d,-]+) Mem=(\\d+)(?: GRES=(\\S*))?");

  private static final Pattern GPUS = Pattern.compile("\\bgpu(?::[^:(,]+)?:(\\d+)\\b");

  private static final long MEBIBYTE = 1 << 20;

  /**
   * The nodes in what scontrol tells of a job, each with what stands for its name: a name, or names
   * with ranges in brackets.
   */
  static List<AllocationNode> told(String text) {
    List<AllocationNode> nodes = new ArrayList<>();
    Matcher alike = ALIKE.matcher(text);
    while (alike.find()) {
      long memory = Long.parseLong(alike.group(3));
      nodes.add(
          new AllocationNode(
              alike.group(1),
              count(alike.group(2)),
              memory == 0 ? Long.MAX_VALUE : memory * MEBIBYTE,
              alike.group(4) == null ? 0 : gpus(alike.group(4))));
    }
    return nodes;
  }

  /** How many numbers there are in {@code 0-3,8}. */
  private static int count(String ranges) {
    int count = 0;
    for (String range : ranges.split(",")) {
      String[] ends = range.split("-");
      count += Integer.parseInt(ends[ends.length - 1]) - Integer.parseInt(ends[0]) + 1;
    }
    return count;
  }

  /** The GPUs of all models in {@code gpu:a100:2(IDX:0-1),other:1}. */
  private static int gpus(String resources) {
    int gpus = 0;
    Matcher each = GPUS.matcher(resources);
    while (each.find()) {
      gpus += Integer.parseInt(each.group(1));
    }
    return gpus;
  }

  /** The same under another name. */
  AllocationNode named(String other) {
    return new AllocationNode(other, cpus, memory, gpus);
  }

  /** Whether it has room for a script when nothing else runs. */
  boolean holds(SchedulerResources script) {
    return script.cpus() <= cpus && script.memory() <= memory && script.gpus() <= gpus;
  }

  /** Without what a script takes; of memory that is not counted, all is left. */
  AllocationNode less(SchedulerResources script) {
    return new AllocationNode(
        name,
        cpus - script.cpus(),
        memory == Long.MAX_VALUE ? memory : memory - script.memory(),
        gpus - script.gpus());
  }
}
