package dev.torc.front.ask;

import dev.torc.base.text.Palette;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Verdict;
import dev.torc.front.show.AttemptText;
import java.util.List;

/**
 * The state of a job as answers show it: its verdict, that it is running or submitted, or how its
 * last run ended. The order is that of the counts of a group.
 */
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
  UNDONE,
  NOT_PROBED,
  FROZEN,
  SKIPPED;

  /** The standings that lists and lines of counts show, in their order. */
  static final List<JobStanding> VERDICTS =
      List.of(
          RUNNING,
          WILL_FAIL,
          SUBMITTED,
          WILL_RUN,
          WILL_RESTORE,
          MAY_RUN,
          UP_TO_DATE,
          NOT_PROBED,
          FROZEN,
          SKIPPED);

  static JobStanding of(Verdict verdict) {
    if (Reason.out(verdict.reasons()) != null) {
      return SUBMITTED;
    }
    return switch (verdict) {
      case Verdict.UpToDate at ->
          switch (at.rest()) {
            case CURRENT -> UP_TO_DATE;
            case NOT_PROBED -> NOT_PROBED;
            case FROZEN -> FROZEN;
            case EXCLUDED -> SKIPPED;
          };
      case Verdict.Skips _ -> SKIPPED;
      case Verdict.WillRun _ -> WILL_RUN;
      case Verdict.WillRestore _ -> WILL_RESTORE;
      case Verdict.WillFail _ -> WILL_FAIL;
      case Verdict.MayRun _ -> MAY_RUN;
    };
  }

  /** Returns the word for a verdict in JSON. */
  static JobStanding word(Verdict verdict) {
    return verdict instanceof Verdict.UpToDate at && at.rest() == Verdict.Rest.NOT_PROBED
        ? UP_TO_DATE
        : verdict instanceof Verdict.WillRun ? WILL_RUN : of(verdict);
  }

  String words() {
    return switch (this) {
      case WILL_RESTORE -> "will be restored";
      case NOT_PROBED -> "up to date (not probed)";
      default -> AttemptText.words(this);
    };
  }

  /** Returns 0 if there is nothing to do, 2 if something failed or will fail, and 1 otherwise. */
  int trouble() {
    return switch (this) {
      case UP_TO_DATE, NOT_PROBED, FROZEN, SKIPPED -> 0;
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
