package dev.torc.front.ask;

import dev.torc.base.text.Amount;
import dev.torc.core.attempt.JobState;
import dev.torc.core.memory.BuildRecord;
import dev.torc.features.past.GitCommit;
import dev.torc.features.past.PastCommits;
import dev.torc.front.show.AttemptText;
import dev.torc.front.show.Json;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * One build in the history, as text and as JSON. {@code working} is the id of the running build;
 * empty for none.
 */
record BuildLine(BuildRecord build, String working) {

  String started() {
    return Amount.localTime(build.started());
  }

  boolean isOver() {
    return build.end().nanos() >= 0;
  }

  /** Returns {@code exit 0}, or why there is no exit status. */
  String end() {
    return isOver()
        ? "exit " + build.end().exit()
        : build.id().id().equals(working) ? "running now" : "was killed";
  }

  /** Returns how long the build took; empty if it has not ended. */
  String time() {
    return isOver() ? Amount.time(build.end().nanos()) : "";
  }

  /** Returns {@code 2 ran, 1 failed}; empty if unknown. */
  String counts() {
    StringJoiner counts = new StringJoiner(", ");
    for (JobState state : isOver() ? JobState.values() : new JobState[0]) {
      int count = build.counts().getOrDefault(state.name(), 0);
      if (count > 0) {
        counts.add(count + " " + AttemptText.words(state));
      }
    }
    return counts.toString();
  }

  /** A build in JSON. */
  record BuildFields(
      long number,
      String build,
      String started,
      Double seconds,
      Long exit,
      Map<String, Integer> counts,
      Optional<GitCommit> commit)
      implements Json.Inline {}

  BuildFields json() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    if (isOver()) { // until then, the counts are not final
      build.counts().forEach((state, n) -> counts.put(state.toLowerCase(Locale.ROOT), n));
    }
    return new BuildFields(
        build.id().number(),
        build.id().id(),
        Amount.isoTime(build.started()),
        Json.seconds(build.end().nanos()),
        Json.known(build.end().exit()),
        counts,
        Optional.ofNullable(PastCommits.of(build)));
  }
}
