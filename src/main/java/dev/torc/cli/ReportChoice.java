package dev.torc.cli;

import dev.torc.posix.RandomId;
import dev.torc.show.GithubReport;
import dev.torc.show.JsonReport;
import dev.torc.show.LiveReport;
import dev.torc.show.Palette;
import dev.torc.show.PlainReport;
import dev.torc.show.Report;
import dev.torc.show.Report.Detail;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** Chooses how a build is shown by where it is called. */
final class ReportChoice {

  /** Set by Jupyter for the programs of a notebook; the terminal there shows no moving lines. */
  private static final String NOTEBOOK = "JPY_PARENT_PID";

  private ReportChoice() {}

  /** The report, at work: to be closed. */
  static Report open(Call call, Detail detail) {
    Console console = call.console;
    Report people = people(call, console, detail);
    return call.json() ? Report.all(List.of(new JsonReport(console.out()), people)) : people;
  }

  private static Report people(Call call, Console console, Detail detail) {
    Palette palette = call.errPalette();
    Path here = console.cwd();
    Writer err = console.err();
    if ("true".equals(console.env().get("GITHUB_ACTIONS"))) {
      Path workspace = here.resolve(console.env().getOrDefault("GITHUB_WORKSPACE", ""));
      Supplier<String> token = () -> RandomId.next().replace("-", "");
      return new GithubReport(err, detail, palette, here, workspace, System::nanoTime, token);
    }
    String ci = console.env().getOrDefault("CI", "");
    boolean moves =
        console.stderrTerminal()
            && detail != Detail.QUIET
            && (ci.isEmpty() || ci.equals("false"))
            && !console.env().containsKey(NOTEBOOK)
            && !"dumb".equals(console.env().get("TERM"))
            // Events on the same screen would be torn apart.
            && !(call.json() && console.stdoutTerminal());
    boolean terminal = console.stderrTerminal();
    return moves
        ? new LiveReport(err, detail, palette, here, console.columns(), System::nanoTime).start()
        : new PlainReport(err, detail, palette, here, terminal, System::nanoTime);
  }
}
