package dev.torc.ask;

import dev.torc.machine.Series;
import dev.torc.records.AttemptRecord;
import dev.torc.records.JobResult.Outcome;
import dev.torc.workflow.Resources;
import java.util.EnumMap;
import java.util.Map;

/**
 * What the last runs of a job, or of all instances of a group, used: of each amount the largest.
 * What to ask for instead is for {@link ResourceAdvice}.
 *
 * @param name of the job or group
 * @param instances how many jobs a group stands for; -1 for a plain job
 * @param measured how many of them have a run on record
 * @param asked what the build file asks for now; of several that differ, those of the first
 * @param used the largest amounts, as far as they are known
 * @param lackedMemory whether one ran out of the memory that it had asked for
 * @param lackedTime whether one ran out of the time that it had asked for
 */
public record JobUse(
    String name,
    int instances,
    int measured,
    Resources asked,
    Map<Used, Long> used,
    boolean lackedMemory,
    boolean lackedTime) {

  /** What is measured, in the order and by the names of the JSON; times are in nanoseconds. */
  public enum Used {
    SECONDS,
    /** On average over a run of a second or more. */
    CPU_PERCENT,
    /** At the busiest point of a series. */
    CPU_PERCENT_MOST,
    GPU_PERCENT_MOST,
    MEMORY,
    READ,
    WRITTEN,
    /** How long one waited. */
    QUEUED
  }

  /** Whether it stands for the instances of a group. */
  boolean isGroup() {
    return instances >= 0;
  }

  /** Nothing is on record. */
  public static JobUse none(String name, int instances, Resources asked) {
    return new JobUse(name, instances, 0, asked, Map.of(), false, false);
  }

  /** An amount; -1 where it is not known. */
  public long of(Used what) {
    return used.getOrDefault(what, -1L);
  }

  /**
   * The same with one more run.
   *
   * @param last the attempt that counts for a job
   * @param series what that used over time; null where it is not known
   */
  public JobUse with(AttemptRecord last, Series series) {
    Map<Used, Long> run = new EnumMap<>(Used.class);
    run.put(Used.SECONDS, last.wall());
    run.put(Used.CPU_PERCENT, last.cpuPercent());
    for (int i = 0; series != null && i < series.size(); i++) {
      run.merge(Used.CPU_PERCENT_MOST, series.at(i).cpu(), Math::max);
      run.merge(Used.GPU_PERCENT_MOST, series.at(i).gpu(), Math::max);
    }
    run.put(Used.MEMORY, last.usage().peak());
    run.put(Used.READ, last.usage().read());
    run.put(Used.WRITTEN, last.usage().written());
    run.put(Used.QUEUED, last.queued());
    Outcome how = last.outcome();
    boolean memory = how == Outcome.OUT_OF_MEMORY && last.asked().memory() >= asked.memory();
    boolean time = how == Outcome.TIMED_OUT && last.asked().runtime() >= asked.runtime();
    return plus(new JobUse(name, instances, 1, asked, run, memory, time));
  }

  /** Both together, under the name of this. */
  JobUse plus(JobUse other) {
    Map<Used, Long> most = new EnumMap<>(Used.class);
    most.putAll(used);
    other.used.forEach((what, amount) -> most.merge(what, amount, Math::max));
    return new JobUse(
        name,
        instances,
        measured + other.measured,
        asked,
        most,
        lackedMemory || other.lackedMemory,
        lackedTime || other.lackedTime);
  }
}
