package dev.torc.front.show;

import dev.torc.base.text.Amount;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.JobState;
import dev.torc.core.decide.Reason;
import dev.torc.core.memory.AttemptRecord;
import dev.torc.core.memory.JobResult.Origin;
import dev.torc.features.why.Causes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Puts an attempt of the history into words: how it ended and why it ran. The record of a job's
 * last run has more details.
 */
public final class AttemptText {

  private AttemptText() {}

  /** Returns how an attempt ended: {@code ran}, {@code failed: exit 3}, {@code timed out}. */
  public static String end(AttemptRecord attempt) {
    String how = failure(attempt);
    return switch (attempt.end().outcome()) {
      case OK -> "ran";
      case FAILED -> how.isEmpty() ? "failed" : failed(how);
      default -> how;
    };
  }

  /** Returns {@code failed: exit 3} or {@code failed in build 7; skipped, nothing changed}. */
  public static String failed(String what) {
    return what.startsWith("failed ") ? what : "failed: " + what;
  }

  /** Returns the text after a running job's time; {@code last} is negative if unknown. */
  public static String expected(long time, long last) {
    return last < 0 ? "" : time > last ? ", longer than before" : " of about " + Amount.time(last);
  }

  /** Returns how an attempt failed: {@code exit 3}, {@code timed out}; empty if it did not. */
  public static String failure(AttemptRecord attempt) {
    return switch (attempt.end().outcome()) {
      case OK -> "";
      case FAILED ->
          attempt.end().signal() > 0
              ? "signal " + attempt.end().signal()
              : attempt.end().exit() > 0 ? "exit " + attempt.end().exit() : "";
      default -> words(attempt.end().outcome());
    };
  }

  /** Returns why an attempt ran: the recorded reasons and a count of others; empty if unknown. */
  public static String why(AttemptRecord attempt) {
    return whole(attempt, ReasonText::of);
  }

  /** Returns why an attempt ran, in the past tense: {@code it had never run}. */
  public static String because(AttemptRecord attempt) {
    return whole(attempt, ReasonText::past);
  }

  private static String whole(AttemptRecord attempt, Function<Reason, String> text) {
    List<String> words = new ArrayList<>();
    Causes.decode(attempt.why().reasons()).forEach(reason -> words.add(text.apply(reason)));
    int more = attempt.why().count() - words.size();
    if (more > 0) {
      words.add(words.isEmpty() ? Amount.count(more, "reason") : "…and " + more + " more");
    }
    return String.join("; ", words);
  }

  /**
   * Returns where the result of a restored job comes from: {@code build 3}, or {@code build 3 (job
   * old) on login1, by FOLDER}.
   */
  public static String origin(Origin origin) {
    String job = origin.job().isEmpty() ? "" : " (job " + SafeText.name(origin.job()) + ")";
    String host = origin.host().isEmpty() ? "" : " on " + SafeText.name(origin.host());
    String store = origin.store().isEmpty() ? "" : ", by " + SafeText.name(origin.store());
    return "build " + origin.build() + job + host + store;
  }

  /** Returns a state or outcome in words: {@code up to date}, {@code not started}. */
  public static String words(Enum<?> state) {
    return state == JobState.NOT_REACHED
        ? "not started"
        : state.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
