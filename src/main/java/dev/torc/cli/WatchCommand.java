package dev.torc.cli;

import dev.torc.ask.Call;
import dev.torc.posix.Signals;
import dev.torc.session.ErrorMessage;
import dev.torc.session.WatchRounds;
import dev.torc.show.Report;
import java.io.IOException;
import java.util.List;

/** {@code torc watch}: shows builds that follow one another; {@link WatchRounds} says when. */
final class WatchCommand implements WatchRounds.Screen {
  private final Call call;

  WatchCommand(Call call) {
    this.call = call;
  }

  int run() throws IOException {
    boolean all = call.json() || BuildCommand.detail(call) == Report.Detail.VERBOSE;
    try (Signals signals = new Signals()) {
      return new WatchRounds(
              call.caller(), call.options(), BuildCommand.request(call, false), this, all, signals)
          .run();
    }
  }

  @Override
  public Report open() {
    return BuildCommand.shown(call);
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
    return said.lines().stream().map(line -> line.replaceFirst("^torc: ", "")).toList();
  }
}
