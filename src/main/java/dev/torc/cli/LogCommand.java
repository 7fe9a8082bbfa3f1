package dev.torc.cli;

import dev.torc.machine.SafeText;
import dev.torc.report.LogAnswer;
import dev.torc.session.Exit;
import dev.torc.session.RecordSession;
import java.io.IOException;

/**
 * {@code torc log}: the output of a job's last run, byte for byte. It knows jobs from the build
 * file and from the records, so it works where the build file is refused (rule 13), and of jobs
 * that are no longer in it.
 */
final class LogCommand extends Command {

  private String job;
  private boolean path;

  @Override
  String description() {
    return "print the output of a job's last run";
  }

  @Override
  void declare(Options options) {
    options.word("JOB", "the job's name", given -> job = given);
    options.flag("--path", "print the path of the log instead", () -> path = true);
  }

  @Override
  int run(Console console) throws IOException {
    LogAnswer answer = RecordSession.of(folder(console, false), console::warn).log(job);
    if (common.json() || path && answer.log() != null) {
      print(console, answer);
    } else if (answer.log() == null) {
      console.tell("job " + SafeText.name(job) + " has no log: none of its commands was started");
    } else {
      console.copy(answer.log());
    }
    return Exit.DONE;
  }
}
