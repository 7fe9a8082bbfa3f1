package dev.torc.front.show;

import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * The jobs of a build that succeeded only on a retry: reports name them, since such a job may fail
 * the next time. Only the last run of each job counts.
 */
final class FlakyJobs {

  private static final String[] ORDINALS = {
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"
  };

  private final SequencedMap<String, List<Event.JobRetried>> failures = new LinkedHashMap<>();

  void accept(Event event) {
    if (event instanceof Event.JobRetried retried) {
      failures.computeIfAbsent(retried.job(), _ -> new ArrayList<>(1)).add(retried);
    } else if (event instanceof Event.JobEnded ended && ended.state() != JobState.RAN) {
      failures.remove(ended.job());
    }
  }

  /** Returns the jobs' names; complete when the build is over. */
  List<String> names() {
    return List.copyOf(failures.keySet());
  }

  /** Returns the failed attempts of a job that then succeeded; empty for any other job. */
  List<Event.JobRetried> failedAttempts(String job) {
    return failures.getOrDefault(job, List.of());
  }

  /** Returns {@code , at the third attempt} if a job succeeded only on a retry; else empty. */
  String attempt(String job) {
    List<Event.JobRetried> failed = failedAttempts(job);
    if (failed.isEmpty()) {
      return "";
    }
    int attempt = failed.getLast().attempt() + 1;
    return attempt <= ORDINALS.length
        ? ", at the " + ORDINALS[attempt - 1] + " attempt"
        : ", at attempt " + attempt;
  }
}
