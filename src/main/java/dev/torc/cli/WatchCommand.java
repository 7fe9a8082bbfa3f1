package dev.torc.cli;

import dev.torc.posix.Signals;
import dev.torc.session.WatchRequest;
import dev.torc.show.Report;
import dev.torc.syntax.BadInput;
import java.io.IOException;
import java.util.List;

/** {@code torc watch}: shows builds that follow one another; {@link WatchRequest} says when. */
final class WatchCommand extends Command {

  private final BuildOptions options = new BuildOptions();

  @Override
  void declare(Options told) {
    options.declareRounds(told);
  }

  @Override
  int run(Console console) throws IOException {
    boolean all = common.json() || options.detail() == Report.Detail.VERBOSE;
    try (Signals signals = new Signals()) {
      WatchRequest watch =
          new WatchRequest(
              console.caller(),
              common.project(console),
              options.request(console, false),
              new Shown(console),
              all,
              signals);
      return watch.run();
    }
  }

  private final class Shown implements WatchRequest.Screen {
    private final Console console;

    Shown(Console console) {
      this.console = console;
    }

    @Override
    public Report open() {
      return ReportChoice.open(console, common, options.detail());
    }

    @Override
    public List<String> words(Exception trouble) throws IOException {
      ErrorMessage said = ErrorMessage.of(trouble);
      boolean goesOn = !said.lines().isEmpty() && !said.defect();
      if (!goesOn && trouble instanceof IOException e) {
        throw e;
      } else if (!goesOn) {
        throw (RuntimeException) trouble;
      }
      return trouble instanceof BadInput bad
          ? bad.diagnostics().stream().map(Object::toString).toList()
          : said.lines().stream().map(line -> line.replaceFirst("^torc: ", "")).toList();
    }
  }
}
