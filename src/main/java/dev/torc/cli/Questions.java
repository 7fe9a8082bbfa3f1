package dev.torc.cli;

import dev.torc.ask.AdoptAnswer;
import dev.torc.ask.CheckAnswer;
import dev.torc.ask.DataAnswer;
import dev.torc.ask.DoctorAnswer;
import dev.torc.ask.HistoryAnswer;
import dev.torc.ask.ListAnswer;
import dev.torc.ask.StatsAnswer;
import dev.torc.ask.StatusAnswer;
import dev.torc.ask.WhyAnswer;
import dev.torc.session.Exit;
import dev.torc.session.ReadSession;
import dev.torc.text.Amount;
import java.io.IOException;

/** The commands whose options are all that they add to an answer: from the call to the request. */
final class Questions {
  private static final int USUAL_BUILDS = 20;

  private Questions() {}

  static int why(Call call) throws IOException {
    try (ReadSession look = ReadSession.at(call.project(), call.console::warn)) {
      return call.print(WhyAnswer.of(look, call.targets(), call.has("--instances")));
    }
  }

  static int adopt(Call call) throws IOException {
    AdoptAnswer answer =
        AdoptAnswer.of(
            call.project(),
            call.targets(),
            call.has("--dry-run"),
            call.has("--force"),
            call.lock(),
            call.console::say,
            call.console::warn);
    if (answer != null) {
      answer.problems().forEach(call.console::say);
    }
    return call.print(answer);
  }

  static int status(Call call) throws IOException {
    StatusAnswer answer =
        StatusAnswer.of(
            call.folder(!call.targets().isEmpty()),
            call.targets(),
            call.has("--instances"),
            call.console::warn,
            refused -> ErrorMessage.of(refused).lines().forEach(call.console::say));
    call.print(answer);
    if (!call.has("--exit-code")) {
      return Exit.DONE;
    }
    // An answer that is not known must not look like "nothing would run".
    return answer.isAccepted() ? answer.isQuiet() ? Exit.DONE : Exit.FAILED : Exit.USAGE;
  }

  static int list(Call call) throws IOException {
    boolean groups = call.has("--groups");
    boolean instances = call.has("--instances");
    if (groups && instances) {
      throw Call.usage("--groups: --instances shows no groups");
    }
    int columns = call.console.stdoutTerminal() ? call.console.columns().getAsInt() : 0;
    return call.print(
        ListAnswer.of(
            call.project(), call.targets(), instances, groups, columns, call.console::warn));
  }

  /** Warnings and errors go to standard error, the line that counts them to standard output. */
  static int check(Call call) throws IOException {
    CheckAnswer answer = CheckAnswer.of(call.console.caller(), call.options(), call.console::warn);
    if (!call.json()) {
      call.console.tellAll(answer.lines(call.errPalette()));
    }
    return call.print(answer);
  }

  static int data(Call call) throws IOException {
    return call.print(DataAnswer.of(call.folder(), call.targets(), call.console::warn));
  }

  static int stats(Call call) throws IOException {
    boolean instances = call.has("--instances");
    return call.print(
        StatsAnswer.of(call.project(), call.targets(), instances, call.console::warn));
  }

  static int history(Call call) throws IOException {
    int last =
        call.has("--all")
            ? Integer.MAX_VALUE
            : call.number("--last", USUAL_BUILDS, "write a number, at least 1");
    return call.print(HistoryAnswer.of(call.folder(), call.targets(), last, call.console::warn));
  }

  static int doctor(Call call) throws IOException {
    return call.print(
        DoctorAnswer.of(call.console.caller(), call.options(), terminal(call.console)));
  }

  private static String terminal(Console console) {
    if (!console.stderrTerminal()) {
      return "none, so builds write plain lines";
    }
    String kind = console.env().getOrDefault("TERM", "");
    int columns = console.columns().getAsInt();
    return (kind.isEmpty() ? "of no kind" : kind)
        + (columns > 0 ? ", " + Amount.count(columns, "column") : "");
  }
}
