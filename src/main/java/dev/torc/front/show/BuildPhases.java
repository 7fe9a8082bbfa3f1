package dev.torc.front.show;

import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import dev.torc.core.memory.BuildRecord.StoreUse;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The phases of a build: one, or two if jobs make build files. Then the first phase runs these jobs
 * and what they need, and the second one all others. Reports show both as one build: this class
 * joins their events and counts. It does not decide what a phase builds.
 */
public final class BuildPhases {

  private final boolean two;
  private int exit; // of the phases so far
  private Event.Finished first; // null before the end of the first of two phases
  private int jobs; // that the first phase selected
  private boolean ran; // whether a job began in the first phase
  private final Map<String, JobState> ended = new HashMap<>(); // in the first phase
  private final Set<String> both = new HashSet<>(); // jobs that both phases selected
  private final Map<String, JobState> again = new HashMap<>(); // jobs that the second one ended
  private final Map<String, String> blocked = new HashMap<>(); // by jobs that the first one lacks

  public BuildPhases(boolean two) {
    this.two = two;
  }

  /** Returns whether this is the first of two phases. */
  public boolean isFirst() {
    return two && first == null;
  }

  public boolean isSecond() {
    return first != null;
  }

  /** Returns whether a job began in the first phase. */
  public boolean ran() {
    return ran;
  }

  /** Returns whether the first phase failed. */
  public boolean failed() {
    return first != null && first.exit() != 0;
  }

  /**
   * Begins the second phase.
   *
   * @param same the jobs that both phases select
   * @param without the jobs that it cannot build since the first phase failed, each with the job
   *     that blocks it
   */
  public void next(Collection<String> same, Map<String, String> without) {
    both.addAll(same);
    blocked.putAll(without);
  }

  /** Passes on an event as one of the whole build. */
  public void tell(Event event, Consumer<? super Event> to) {
    if (isFirst()) {
      if (event instanceof Event.Finished last) {
        first = last;
        return;
      } else if (event instanceof Event.Started started) {
        jobs = started.jobs();
      } else if (event instanceof Event.JobEnded end) {
        ended.put(end.job(), end.state());
      }
      ran |= event instanceof Event.JobStarted;
    } else if (isSecond()) {
      int more = jobs - both.size() + blocked.size();
      if (event instanceof Event.Started started) {
        to.accept(new Event.Expanded(started.jobs() + more));
        blocked.forEach((job, by) -> to.accept(ended(job, by)));
        return;
      } else if (event instanceof Event.Expanded now) {
        to.accept(new Event.Expanded(now.jobs() + more));
        return;
      } else if (event instanceof Event.JobEnded end && both.contains(end.job())) {
        if (end.state() == JobState.UP_TO_DATE) {
          return;
        }
        again.put(end.job(), end.state());
      } else if (event instanceof Event.JobUndone undone) {
        again.put(undone.job(), JobState.FAILED);
      }
    }
    to.accept(event);
  }

  private static Event.JobEnded ended(String job, String by) {
    return new Event.JobEnded(job, JobState.BLOCKED, new Event.Details(by, "", null, 0, -1, -1));
  }

  /** Returns the end of a build that ends with its first phase. */
  public Event.Finished end(int exit) {
    return new Event.Finished(first.build(), first.counts(), first.use(), first.nanos(), exit);
  }

  public int exit() {
    return exit;
  }

  /**
   * Returns the end of the build, which has the counts of both phases.
   *
   * @param wrong whether the build fails although its jobs do not
   */
  public Event.Finished joined(Event.Finished last, boolean wrong) {
    int status = failed() ? first.exit() : wrong ? 1 : 0;
    exit = Math.max(status, last.exit());
    if (!isSecond()) {
      return new Event.Finished(last.build(), last.counts(), last.use(), last.nanos(), exit);
    }
    Map<JobState, Integer> counts = new EnumMap<>(JobState.class);
    last.counts().forEach((state, count) -> counts.merge(state, count, Integer::sum));
    first.counts().forEach((state, count) -> counts.merge(state, count, Integer::sum));
    for (String job : both) {
      JobState then = ended.getOrDefault(job, JobState.UP_TO_DATE);
      boolean idle = then == JobState.FROZEN || then == JobState.SKIPPED;
      boolean twice = idle || again.containsKey(job);
      counts.merge(twice ? then : JobState.UP_TO_DATE, -1, Integer::sum);
    }
    counts.merge(JobState.BLOCKED, blocked.size(), Integer::sum);
    counts.values().removeIf(count -> count == 0);
    return new Event.Finished(
        last.build(), counts, StoreUse.sum(List.of(first.use(), last.use())), last.nanos(), exit);
  }
}
