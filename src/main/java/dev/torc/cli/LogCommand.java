package dev.torc.cli;

import dev.torc.ask.LogAnswer;
import dev.torc.session.Exit;
import dev.torc.text.SafeText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * {@code torc log}: the output of a job's last run, byte for byte; of several, each below its name.
 * It knows jobs from the build file and from the records, so it works where the build file is
 * refused (rule 13), and of jobs that are no longer in it.
 */
final class LogCommand extends Command {

  private String target;
  private boolean path;
  private boolean follow;
  private String shown; // the job whose output was written last

  @Override
  void declare(Options options) {
    options.word("JOB", "job, group, instance, tag or produced file", given -> target = given);
    options.flag("--path", "print the path of the log instead", () -> path = true);
    options.flag("--follow", "go on with what is written until the job ends", () -> follow = true);
  }

  @Override
  int run(Console console) throws IOException {
    if (follow && (path || common.json())) {
      throw CommonOptions.usage("--follow shows what jobs write: leave out --path and --json");
    }
    LogAnswer answer = LogAnswer.of(folder(console, false), target, console::warn);
    if (common.json() || path && !answer.isNone()) {
      return print(console, answer);
    } else if (follow) {
      answer
          .following()
          .follow(
              (job, added) -> {
                head(console, answer, job);
                console.copy(new ByteArrayInputStream(added));
                console.out().flush();
              });
    } else if (answer.isNone()) {
      String what = answer.logs().containsKey(target) ? "job " : "";
      console.tell(what + SafeText.name(target) + " has no log: none of its commands was started");
    } else {
      for (Map.Entry<String, Path> log : answer.logs().entrySet()) {
        if (log.getValue() != null) {
          head(console, answer, log.getKey());
          console.copy(log.getValue());
        }
      }
    }
    return Exit.DONE;
  }

  /** Says whose output follows, where there are several. */
  private void head(Console console, LogAnswer answer, String job) throws IOException {
    if (answer.logs().size() > 1 && !job.equals(shown)) {
      console.print((shown == null ? "" : "\n") + "==> " + SafeText.name(job) + " <==\n");
      shown = job;
    }
  }
}
