package dev.torc.ask;

import dev.torc.graph.DisplayGraph;
import dev.torc.plan.Plan;
import dev.torc.plan.Reason;
import dev.torc.plan.Verdict;
import dev.torc.records.JobResult;
import dev.torc.show.Summary;
import dev.torc.text.Amount;
import dev.torc.text.Palette;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Counts of some jobs, by standing.
 *
 * @param jobs how many there are
 * @param counts how many jobs have each standing; jobs that failed last time may count twice
 * @param open whether the jobs are those of a group that is not expanded yet
 */
record JobCounts(int jobs, Map<JobStanding, Integer> counts, boolean open) {

  /** The standings that the line of counts names even if no job has them. */
  private static final Set<JobStanding> ALWAYS =
      EnumSet.of(JobStanding.WILL_RUN, JobStanding.MAY_RUN, JobStanding.UP_TO_DATE);

  /** How a job stands now. The order is that in which the counts of a group are told. */
  enum JobStanding {
    UP_TO_DATE,
    RUNNING,
    SUBMITTED,
    WAITING,
    WILL_RUN,
    WILL_RESTORE,
    WILL_FAIL,
    MAY_RUN,
    FAILED,
    TIMED_OUT,
    OUT_OF_MEMORY,
    INTERRUPTED,
    UNDONE;

    /** The standings that verdicts give, in the order of lists and of the line of counts. */
    static final List<JobStanding> VERDICTS =
        List.of(RUNNING, WILL_FAIL, SUBMITTED, WILL_RUN, WILL_RESTORE, MAY_RUN, UP_TO_DATE);

    static JobStanding of(Verdict verdict) {
      if (Reason.out(verdict.reasons()) != null) {
        return SUBMITTED;
      }
      return switch (verdict) {
        case Verdict.UpToDate _ -> UP_TO_DATE;
        case Verdict.WillRun _ -> WILL_RUN;
        case Verdict.WillRestore _ -> WILL_RESTORE;
        case Verdict.WillFail _ -> WILL_FAIL;
        case Verdict.MayRun _ -> MAY_RUN;
      };
    }

    String words() {
      return this == WILL_RESTORE ? "will be restored" : Summary.words(this);
    }

    /**
     * Returns a level from 0, where there is nothing to do, to 2, where something went or will go
     * wrong.
     */
    private int trouble() {
      return switch (this) {
        case UP_TO_DATE -> 0;
        case WILL_FAIL, FAILED, TIMED_OUT, OUT_OF_MEMORY, UNDONE -> 2;
        default -> 1;
      };
    }

    String paint(String text, Palette palette) {
      return switch (trouble()) {
        case 0 -> palette.green(text);
        case 1 -> palette.yellow(text);
        default -> palette.red(text);
      };
    }
  }

  /** Counts jobs; if {@code open}, the unknown instances of their group count as one. */
  static <T> JobCounts of(Collection<T> jobs, Function<T, JobStanding> each, boolean open) {
    Map<JobStanding, Integer> counts = new EnumMap<>(JobStanding.class);
    jobs.forEach(job -> counts.merge(each.apply(job), 1, Integer::sum));
    if (open) {
      counts.merge(JobStanding.MAY_RUN, 1, Integer::sum);
    }
    return new JobCounts(jobs.size(), counts, open);
  }

  /** Counts the jobs of a vertex by their verdicts, and those that failed last time. */
  static JobCounts of(DisplayGraph.Fold fold, Plan plan, Function<Integer, JobResult> results) {
    JobCounts counts = of(fold.jobs(), job -> JobStanding.of(plan.verdict(job)), fold.open() >= 0);
    Stream<JobResult> last = fold.jobs().stream().map(results);
    long failed = last.filter(one -> one != null && one.outcome().isFailure()).count();
    counts.counts.put(JobStanding.FAILED, (int) failed);
    return counts;
  }

  /** Counts jobs of a plan, and groups of it that are not expanded yet. */
  static JobCounts of(Plan plan, BitSet nodes) {
    List<Integer> all = nodes.stream().boxed().toList();
    return of(all, node -> JobStanding.of(plan.verdict(node)), false);
  }

  int of(JobStanding standing) {
    return counts.getOrDefault(standing, 0);
  }

  /** Returns the verdict of the whole: the first one, in the order of lists, that any job has. */
  JobStanding verdict() {
    JobStanding first =
        JobStanding.VERDICTS.stream()
            .filter(s -> of(s) > 0)
            .findFirst()
            .orElse(JobStanding.UP_TO_DATE);
    return first == JobStanding.SUBMITTED ? JobStanding.WILL_RUN : first;
  }

  /** Returns the standing of the job that has most trouble. */
  JobStanding worst() {
    return Collections.max(counts.keySet(), Comparator.comparingInt(JobStanding::trouble));
  }

  /** Returns the numbers in words: {@code 18 of 20 up to date, 2 will run}. */
  String words() {
    if (open && jobs == 0) {
      return "may run, instances not known yet";
    }
    StringJoiner out = new StringJoiner(", ");
    out.add("%d of %d up to date".formatted(of(JobStanding.UP_TO_DATE), jobs));
    counts.forEach(
        (standing, count) -> {
          if (count > 0 && standing != JobStanding.UP_TO_DATE) {
            out.add(count + " " + standing.words());
          }
        });
    return out.toString();
  }

  /** Returns the line that counts jobs: {@code 4 jobs: 1 will run, 2 may run, 1 up to date}. */
  String line() {
    StringJoiner out = new StringJoiner(", ", Amount.count(jobs, "job") + ": ", "");
    for (JobStanding each : JobStanding.VERDICTS) {
      if (of(each) > 0 || ALWAYS.contains(each)) {
        out.add(of(each) + " " + each.words());
      }
    }
    return out.toString();
  }
}
