package dev.torc.ask;

import dev.torc.plan.Reason;
import dev.torc.plan.Verdict;
import dev.torc.show.AttemptText;
import dev.torc.text.Palette;
import java.util.List;

/** How a job stands now, in the order of a group's counts. */
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
    return this == WILL_RESTORE ? "will be restored" : AttemptText.words(this);
  }

  /** Returns 0 if nothing is to be done, 2 if something failed or will fail, else 1. */
  int trouble() {
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
