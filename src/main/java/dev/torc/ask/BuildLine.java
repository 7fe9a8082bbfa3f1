package dev.torc.ask;

import dev.torc.engine.JobState;
import dev.torc.records.BuildRecord;
import dev.torc.show.Json;
import dev.torc.show.Summary;
import dev.torc.text.Amount;
import dev.torc.text.TimeText;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/**
 * A build of the history, in words and as JSON.
 *
 * @param working the id of the build that is at work; empty for none
 */
record BuildLine(BuildRecord build, String working) {

  /** When it began. */
  String started() {
    return TimeText.local(build.started());
  }

  /** Whether its end was recorded. */
  boolean isOver() {
    return build.nanos() >= 0;
  }

  /** {@code exit 0}, or what there is in place of an exit status. */
  String end() {
    return isOver()
        ? "exit " + build.exit()
        : build.id().id().equals(working) ? "at work now" : "was killed";
  }

  /** How long it took, of one that is over. */
  String time() {
    return isOver() ? Amount.time(build.nanos()) : "";
  }

  /** {@code 2 ran, 1 failed}; empty where it is not known. */
  String counts() {
    StringJoiner counts = new StringJoiner(", ");
    for (JobState state : JobState.values()) {
      int count = build.counts().getOrDefault(state.name(), 0);
      if (count > 0) {
        counts.add(count + " " + Summary.words(state));
      }
    }
    return counts.toString();
  }

  /** The fields of an object. */
  Map<String, Object> json() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    build.counts().forEach((state, n) -> counts.put(state.toLowerCase(Locale.ROOT), n));
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("number", build.id().number());
    fields.put("build", build.id().id());
    fields.put("started", TimeText.iso(build.started()));
    fields.put("seconds", Json.seconds(build.nanos()));
    fields.put("exit", Json.known(build.exit()));
    fields.put("counts", counts);
    return fields;
  }
}
