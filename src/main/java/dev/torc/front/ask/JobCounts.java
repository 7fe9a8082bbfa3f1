package dev.torc.front.ask;

import dev.torc.base.text.Amount;
import dev.torc.core.decide.Plan;
import dev.torc.core.memory.JobResult;
import dev.torc.front.project.DisplayGraph;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * How many of some jobs have each standing, for the lines that summarize a group or a build.
 *
 * @param counts the number of jobs by standing; a job that failed last time may be counted twice,
 *     by its verdict and as failed
 * @param open whether the jobs belong to a group whose instances are not all known yet
 */
record JobCounts(int jobs, Map<JobStanding, Integer> counts, boolean open) {

  /** The standings that the line of counts always names. */
  private static final Set<JobStanding> ALWAYS =
      EnumSet.of(JobStanding.WILL_RUN, JobStanding.MAY_RUN, JobStanding.UP_TO_DATE);

  /**
   * Counts jobs. If {@code open}, the unknown instances of their group count as one that may run.
   */
  static <T> JobCounts of(Collection<T> jobs, Function<T, JobStanding> each, boolean open) {
    Map<JobStanding, Integer> counts = new EnumMap<>(JobStanding.class);
    jobs.forEach(job -> counts.merge(each.apply(job), 1, Integer::sum));
    if (open) {
      counts.merge(JobStanding.MAY_RUN, 1, Integer::sum);
    }
    return new JobCounts(jobs.size(), counts, open);
  }

  /** Counts the jobs of a vertex by their verdicts, and again those that failed last time. */
  static JobCounts of(DisplayGraph.Fold fold, Plan plan, Function<Integer, JobResult> results) {
    JobCounts counts = of(fold.jobs(), job -> JobStanding.of(plan.verdict(job)), fold.open() >= 0);
    Stream<JobResult> last = fold.jobs().stream().map(results);
    long failed = last.filter(one -> one != null && one.outcome().isFailure()).count();
    counts.counts.put(JobStanding.FAILED, (int) failed);
    return counts;
  }

  /** Counts jobs of a plan, and its groups that are not expanded yet. */
  static JobCounts of(Plan plan, BitSet nodes) {
    return of(nodes.stream().boxed().toList(), node -> JobStanding.of(plan.verdict(node)), false);
  }

  /** Returns these counts with more jobs that are skipped. */
  JobCounts with(int leftOut) {
    if (leftOut > 0) {
      counts.merge(JobStanding.SKIPPED, leftOut, Integer::sum);
    }
    return new JobCounts(jobs + leftOut, counts, open);
  }

  int count(JobStanding standing) {
    return counts.getOrDefault(standing, 0);
  }

  /**
   * Returns one verdict for all the jobs: the first of {@link JobStanding#VERDICTS} that any job
   * has. Submitted jobs count as jobs that will run.
   */
  JobStanding verdict() {
    JobStanding first =
        JobStanding.VERDICTS.stream()
            .filter(s -> count(s) > 0)
            .findFirst()
            .orElse(JobStanding.UP_TO_DATE);
    return switch (first) {
      case SUBMITTED -> JobStanding.WILL_RUN;
      case NOT_PROBED -> JobStanding.UP_TO_DATE;
      default -> first;
    };
  }

  JobStanding worst() {
    return Collections.max(counts.keySet(), Comparator.comparingInt(JobStanding::trouble));
  }

  /** Returns {@code 18 of 20 up to date, 2 will run}. */
  String words() {
    if (open && jobs == 0) {
      return "may run, instances not known yet";
    }
    StringJoiner out = new StringJoiner(", ");
    out.add("%d of %d up to date".formatted(count(JobStanding.UP_TO_DATE), jobs));
    counts.forEach(
        (standing, count) -> {
          if (count > 0 && standing != JobStanding.UP_TO_DATE) {
            out.add(count + " " + standing.words());
          }
        });
    return out.toString();
  }

  /** Returns {@code 4 jobs: 1 will run, 2 may run, 1 up to date}. */
  String line() {
    StringJoiner out = new StringJoiner(", ", Amount.count(jobs, "job") + ": ", "");
    for (JobStanding each : JobStanding.VERDICTS) {
      if (count(each) > 0 || ALWAYS.contains(each)) {
        out.add(count(each) + " " + each.words());
      }
    }
    return out.toString();
  }
}
