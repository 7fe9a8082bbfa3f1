package dev.torc.front.ask;

import dev.torc.base.machine.Series;
import dev.torc.core.memory.AttemptRecord;
import dev.torc.core.memory.JobResult.Outcome;
import dev.torc.core.model.Job.Resources;
import dev.torc.front.ask.JobUse.Used;
import java.util.EnumMap;
import java.util.Map;

/**
 * The largest amounts that the last runs of a job, or of all instances of a group, used. {@link
 * ResourceAdvice} says what to ask for instead.
 *
 * @param instances how many jobs a group stands for; -1 for a plain job
 * @param measured how many of these jobs have a recorded run
 * @param asked what the build file asks for now; if several jobs differ, what the first one asks
 *     for
 * @param used the largest known amounts
 * @param lackedMemory whether a job ran out of the memory that it had asked for
 * @param lackedTime whether a job ran out of the time that it had asked for
 */
record JobUse(
    String name,
    int instances,
    int measured,
    Resources asked,
    Map<Used, Long> used,
    boolean lackedMemory,
    boolean lackedTime) {

  /**
   * The measured amounts, in the order and with the names of the JSON. Times are in nanoseconds,
   * sizes in bytes.
   */
  enum Used {
    SECONDS,
    /** The average over the run; known only for a run of a second or more. */
    CPU_PERCENT,
    /** The highest value in a series of samples. */
    CPU_PERCENT_MOST,
    GPU_PERCENT,
    GPU_PERCENT_MOST,
    GPU_MEMORY,
    MEMORY,
    READ,
    WRITTEN,
    /** How long an attempt waited only for resources, a scheduler or a hook. */
    QUEUED
  }

  /** Returns whether the job asks for GPUs, or is known to have used some. */
  boolean hasGpus() {
    return asked.gpus() > 0 || of(Used.GPU_PERCENT) >= 0 || of(Used.GPU_MEMORY) >= 0;
  }

  boolean isGroup() {
    return instances >= 0;
  }

  /** Returns the use of a job or group without a recorded run. */
  static JobUse none(String name, int instances, Resources asked) {
    return new JobUse(name, instances, 0, asked, Map.of(), false, false);
  }

  /** Returns an amount; -1 if unknown. */
  long of(Used what) {
    return used.getOrDefault(what, -1L);
  }

  /**
   * Returns this use with one more run. {@code last} is the attempt that counts for a job; {@code
   * series} is what it used over time, null if unknown.
   */
  JobUse with(AttemptRecord last, Series series) {
    Map<Used, Long> run = new EnumMap<>(Used.class);
    run.put(Used.SECONDS, last.times().wall());
    run.put(Used.CPU_PERCENT, last.cpuPercent());
    for (int i = 0; series != null && i < series.size(); i++) {
      run.merge(Used.CPU_PERCENT_MOST, series.at(i).cpu(), Math::max);
      run.merge(Used.GPU_PERCENT_MOST, series.at(i).gpu(), Math::max);
    }
    run.put(Used.GPU_PERCENT, last.usage().gpu());
    run.put(Used.GPU_MEMORY, last.usage().gpuMemory());
    run.put(Used.MEMORY, last.usage().peak());
    run.put(Used.READ, last.usage().read());
    run.put(Used.WRITTEN, last.usage().written());
    run.put(Used.QUEUED, last.times().queued());
    Outcome how = last.end().outcome();
    boolean memory = how == Outcome.OUT_OF_MEMORY && last.asked().memory() >= asked.memory();
    boolean time = how == Outcome.TIMED_OUT && last.asked().runtime() >= asked.runtime();
    return plus(new JobUse(name, instances, 1, asked, run, memory, time));
  }

  /** Returns the combined use of this and another job or group, under the name of this one. */
  JobUse plus(JobUse other) {
    Map<Used, Long> most = new EnumMap<>(Used.class);
    most.putAll(used);
    other.used.forEach((what, amount) -> most.merge(what, amount, Math::max));
    boolean memory = lackedMemory || other.lackedMemory;
    boolean time = lackedTime || other.lackedTime;
    return new JobUse(name, instances, measured + other.measured, asked, most, memory, time);
  }
}
