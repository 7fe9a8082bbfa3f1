package dev.torc.cli;

import dev.torc.ask.HistoryAnswer;
import dev.torc.text.SafeText;
import java.io.IOException;

/**
 * {@code torc history}: the builds in which something ran, or the runs of some jobs, newest first.
 * It works from the records where the build file is refused.
 */
final class HistoryCommand extends Command {

  private static final int USUAL = 20;

  private String last;
  private boolean all;

  @Override
  void declare(Options options) {
    options.words(
        "JOB", "show the runs of jobs, groups, instances, tags, files instead", 0, targets::add);
    options.value("--last", "N", "show so many, 20 without it", given -> last = given);
    options.flag("--all", "show all that are on record", () -> all = true);
  }

  @Override
  int run(Console console) throws IOException {
    int most = all ? Integer.MAX_VALUE : last == null ? USUAL : number(last);
    return print(console, HistoryAnswer.of(folder(console, false), targets, most, console::warn));
  }

  private static int number(String text) {
    if (text.matches("[0-9]{1,9}") && Integer.parseInt(text) > 0) {
      return Integer.parseInt(text);
    }
    throw CommonOptions.usage("--last " + SafeText.name(text) + ": write a number, at least 1");
  }
}
