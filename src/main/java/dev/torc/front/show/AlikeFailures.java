package dev.torc.front.show;

import dev.torc.base.text.LogExcerpt;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.Event;
import dev.torc.core.model.InstanceName;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Decides which failures of a group get no lines of their own: after ten that ended in the same way
 * with the same last line of output, the others are only counted. The list of failed jobs at the
 * end of a build is {@link Recap}.
 */
final class AlikeFailures {

  private static final int SHOWN = 10;

  private static final LogExcerpt LAST = new LogExcerpt(0, 1, 4 << 10);

  private final SequencedMap<String, Integer> alike = new LinkedHashMap<>(); // by group and way

  /** Returns whether to omit the lines of a failure; if so, counts it. */
  boolean folds(Event.JobEnded failed) {
    InstanceName name = InstanceName.parse(failed.job());
    if (name.values().isEmpty()) {
      return false;
    }
    Event.Details details = failed.details();
    String way = name.group() + "\0" + details.what() + "\0" + last(details.log());
    return alike.merge(way, 1, Integer::sum) > SHOWN;
  }

  private static String last(Event.Log log) {
    try {
      List<String> lines = log == null ? List.of() : LAST.read(log.file(), log.from(), false);
      return lines.isEmpty() ? "" : lines.getLast();
    } catch (IOException e) {
      return ""; // the lines of the first failures say that it cannot be read
    }
  }

  /** Returns a line for each way in which more failed than were shown. */
  String lines() {
    StringBuilder out = new StringBuilder();
    alike.forEach(
        (way, count) -> {
          if (count > SHOWN) {
            String group = SafeText.name(way.substring(0, way.indexOf('\0')));
            out.append("… %d more of %s failed in the same way\n".formatted(count - SHOWN, group));
          }
        });
    return out.toString();
  }
}
