package dev.torc.ask;

import dev.torc.cache.AttemptRecord;
import dev.torc.cache.JobResult.Outcome;
import dev.torc.machine.Series;
import dev.torc.workflow.Resources;

/**
 * What the last runs of a job, or of all instances of a group, used: of each amount the largest.
 * What to ask for instead is for {@link ResourceAdvice}.
 *
 * @param name of the job or group
 * @param instances how many jobs a group stands for; -1 for a plain job
 * @param measured how many of them have a run on record
 * @param asked what the build file asks for now; of several that differ, those of the first
 * @param wall nanoseconds of the longest; 0 where none is on record
 * @param cpus hundredths of a CPU, on average over a run of a second or more; -1 unknown
 * @param most hundredths of a CPU at the busiest point of a series; -1 unknown
 * @param memory bytes at the peak; -1 unknown
 * @param read bytes; -1 unknown
 * @param written bytes; -1 unknown
 * @param queued nanoseconds that one waited, at most
 * @param gpu hundredths of a GPU at the busiest point; -1 unknown
 * @param lackedMemory whether one ran out of the memory that it had asked for
 * @param lackedTime whether one ran out of the time that it had asked for
 */
public record JobUse(
    String name,
    int instances,
    int measured,
    Resources asked,
    long wall,
    long cpus,
    long most,
    long memory,
    long read,
    long written,
    long queued,
    long gpu,
    boolean lackedMemory,
    boolean lackedTime) {

  /** Shorter runs say little of how many CPUs they keep busy: nanoseconds. */
  public static final long LONG = 1_000_000_000L;

  /** Whether it stands for the instances of a group. */
  boolean isGroup() {
    return instances >= 0;
  }

  /** Nothing is on record. */
  public static JobUse none(String name, int instances, Resources asked) {
    return new JobUse(name, instances, 0, asked, 0, -1, -1, -1, -1, -1, 0, -1, false, false);
  }

  /**
   * The same with one more run.
   *
   * @param last the attempt that counts for a job
   * @param series what that used over time; null where nobody knows
   */
  public JobUse with(AttemptRecord last, Series series) {
    long cpu = last.usage().cpu();
    long average = cpu < 0 || last.wall() < LONG ? -1 : cpu * 100 / last.wall();
    long busiest = -1;
    long gpus = -1;
    for (int i = 0; series != null && i < series.size(); i++) {
      busiest = Math.max(busiest, series.at(i).cpu());
      gpus = Math.max(gpus, series.at(i).gpu());
    }
    return plus(
        new JobUse(
            name,
            instances,
            1,
            asked,
            last.wall(),
            average,
            busiest,
            last.usage().peak(),
            last.usage().read(),
            last.usage().written(),
            last.queued(),
            gpus,
            last.outcome() == Outcome.OUT_OF_MEMORY && last.asked().memory() >= asked.memory(),
            last.outcome() == Outcome.TIMED_OUT && last.asked().runtime() >= asked.runtime()));
  }

  /** Both together, under the name of this. */
  JobUse plus(JobUse other) {
    return new JobUse(
        name,
        instances,
        measured + other.measured,
        asked,
        Math.max(wall, other.wall),
        Math.max(cpus, other.cpus),
        Math.max(most, other.most),
        Math.max(memory, other.memory),
        Math.max(read, other.read),
        Math.max(written, other.written),
        Math.max(queued, other.queued),
        Math.max(gpu, other.gpu),
        lackedMemory || other.lackedMemory,
        lackedTime || other.lackedTime);
  }
}
