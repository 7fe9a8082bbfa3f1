package dev.torc.cli;

import dev.torc.posix.RandomId;
import dev.torc.show.GithubReport;
import dev.torc.show.JsonReport;
import dev.torc.show.LiveReport;
import dev.torc.show.Palette;
import dev.torc.show.PlainReport;
import dev.torc.show.Report;
import dev.torc.show.Report.Detail;
import java.util.List;

/** Chooses how a build is shown by where it is called. */
final class ReportChoice {

  /** Set by Jupyter for the programs of a notebook; the terminal there shows no moving lines. */
  private static final String NOTEBOOK = "JPY_PARENT_PID";

  private ReportChoice() {}

  /** The report, at work: to be closed. */
  static Report open(Console console, CommonOptions common, Detail detail) {
    Report people = people(console, common, detail);
    return common.json() ? Report.all(List.of(new JsonReport(console.out()), people)) : people;
  }

  private static Report people(Console console, CommonOptions common, Detail detail) {
    Palette palette = console.errPalette(common.color());
    if ("true".equals(console.env().get("GITHUB_ACTIONS"))) {
      return new GithubReport(
          console.err(),
          detail,
          palette,
          console.cwd(),
          console.cwd().resolve(console.env().getOrDefault("GITHUB_WORKSPACE", "")),
          System::nanoTime,
          () -> RandomId.next().replace("-", ""));
    }
    String ci = console.env().getOrDefault("CI", "");
    boolean moves =
        console.stderrTerminal()
            && detail != Detail.QUIET
            && (ci.isEmpty() || ci.equals("false"))
            && !console.env().containsKey(NOTEBOOK)
            && !"dumb".equals(console.env().get("TERM"))
            // Events on the same screen would be torn apart.
            && !(common.json() && console.stdoutTerminal());
    return moves
        ? new LiveReport(
                console.err(), detail, palette, console.cwd(), console.columns(), System::nanoTime)
            .start()
        : new PlainReport(
            console.err(),
            detail,
            palette,
            console.cwd(),
            console.stderrTerminal(),
            System::nanoTime);
  }
}
