package dev.torc.workflow;

import dev.torc.syntax.Place;
import java.util.Collections;
import java.util.SortedMap;

/**
 * What a job takes while it runs.
 *
 * @param askedCpus at least 1; 0 where none are declared
 * @param memory bytes; 0 where none is declared (no limit)
 * @param gpus at least 0
 * @param runtime limit in nanoseconds; 0 where none is declared
 * @param counters amounts of the counters that {@code limits} names
 * @param disk bytes, for Slurm only; 0 where none is declared
 * @param nodes for Slurm only; at least 1
 * @param place where they are written: in the job, a class or the defaults; {@link Place#NONE} for
 *     a job that says nothing
 */
public record Resources(
    int askedCpus,
    long memory,
    int gpus,
    long runtime,
    SortedMap<String, Long> counters,
    long disk,
    int nodes,
    Place place) {

  /** What a job has that says nothing. */
  public static final Resources DEFAULT =
      new Resources(0, 0, 0, 0, Collections.emptySortedMap(), 0, 1, Place.NONE);

  /** How many cpus it takes; at least 1, whether any were declared or not. */
  public int cpus() {
    return Math.max(1, askedCpus);
  }

  /** Asked of each job that is read back; a record's own is linked anew at every start. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Resources that
        && askedCpus == that.askedCpus
        && memory == that.memory
        && gpus == that.gpus
        && runtime == that.runtime
        && counters.equals(that.counters)
        && disk == that.disk
        && nodes == that.nodes
        && place.line() == that.place.line()
        && place.column() == that.place.column()
        && place.file().equals(that.place.file());
  }

  @Override
  public int hashCode() {
    return Long.hashCode(memory ^ runtime) + askedCpus;
  }
}
