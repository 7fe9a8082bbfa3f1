package dev.torc.front.ask;

import dev.torc.base.text.Amount;
import dev.torc.core.attempt.JobState;
import dev.torc.core.memory.BuildRecord;
import dev.torc.features.past.PastCommits;
import dev.torc.front.show.AttemptText;
import dev.torc.front.show.Json;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
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

  Map<String, Object> json() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    if (isOver()) { // until then, the counts are not final
      build.counts().forEach((state, n) -> counts.put(state.toLowerCase(Locale.ROOT), n));
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("number", build.id().number());
    fields.put("build", build.id().id());
    fields.put("started", Amount.isoTime(build.started()));
    fields.put("seconds", Json.seconds(build.end().nanos()));
    fields.put("exit", Json.known(build.end().exit()));
    fields.put("counts", counts);
    JobFields.commit(fields, PastCommits.of(build));
    return fields;
  }
}
