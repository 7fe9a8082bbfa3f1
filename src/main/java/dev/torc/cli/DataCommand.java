package dev.torc.cli;

import dev.torc.session.Exit;
import dev.torc.session.RecordSession;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code torc data}: the values that the jobs' last runs stored, as they wrote them, and those of
 * the data section. It works from the records where the build file is refused.
 */
final class DataCommand extends Command {

  private final List<String> jobs = new ArrayList<>();

  @Override
  String description() {
    return "print the values that jobs stored";
  }

  @Override
  void declare(Options options) {
    options.words("JOB", "jobs or groups; all without one", 0, targets::add);
    options.value("--job", "JOB", "the same", jobs::add);
  }

  @Override
  int run(Console console) throws IOException {
    List<String> wanted = new ArrayList<>(targets);
    wanted.addAll(jobs);
    print(console, RecordSession.of(folder(console, false), console::warn).data(wanted));
    return Exit.DONE;
  }
}
