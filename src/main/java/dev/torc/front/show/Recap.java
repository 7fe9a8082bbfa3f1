package dev.torc.front.show;

import dev.torc.base.text.Palette;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.Event;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Repeats the failed jobs at the end of a build, when the first one may be pages away. */
final class Recap {

  private static final int NAMED = 10;

  private final List<Event.JobEnded> failed = new ArrayList<>();
  private int more;

  void add(Event.JobEnded ended) {
    if (failed.size() < NAMED) {
      failed.add(ended);
    } else {
      more++;
    }
  }

  List<Event.JobEnded> failed() {
    return failed;
  }

  /** Returns how many failures are not in {@link #failed}. */
  int more() {
    return more;
  }

  /** Returns a line for each failure, with its cause and its log; empty if none failed. */
  String text(Palette palette, Function<Path, String> shown) {
    if (failed.isEmpty()) {
      return "";
    }
    StringBuilder out = new StringBuilder(palette.red("failed:") + "\n");
    for (Event.JobEnded ended : failed) {
      Event.Details details = ended.details();
      out.append("  " + SafeText.name(ended.job()) + ": " + SafeText.message(details.what()));
      out.append(details.allowed() ? " (allow_failure)" : "");
      out.append(details.log() == null ? "" : ", log " + shown.apply(details.log().file()));
      out.append('\n');
    }
    return out.append(more == 0 ? "" : "  …and " + more + " more\n").toString();
  }
}
