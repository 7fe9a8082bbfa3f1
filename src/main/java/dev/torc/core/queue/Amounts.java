package dev.torc.core.queue;

import dev.torc.base.machine.Jobserver;
import java.util.List;
import java.util.Map;

/**
 * How much all jobs together may use at a time.
 *
 * @param gpus identifiers of the GPUs, by number
 * @param allocation the executor whose jobs run on the nodes of an allocation; null without one
 * @param nodes the resources of the other nodes of the allocation, by node name
 * @param tokens the calling make's jobserver; null without one
 */
public record Amounts(
    Map<String, Long> limits,
    List<String> gpus,
    String allocation,
    Map<String, Map<String, Long>> nodes,
    Jobserver tokens) {

  /** Returns the identifier of a GPU; its number if the machine gives it none. */
  public String gpu(int number) {
    return number < gpus.size() ? gpus.get(number) : Integer.toString(number);
  }
}
