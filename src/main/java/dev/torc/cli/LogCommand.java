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
final class LogCommand {
  private final Call call;
  private final Console console;
  private String shown; // the job whose output was written last

  LogCommand(Call call) {
    this.call = call;
    this.console = call.console;
  }

  int run() throws IOException {
    boolean follow = call.has("--follow");
    boolean path = call.has("--path");
    if (follow && (path || call.json())) {
      throw Call.usage("--follow shows what jobs write: leave out --path and --json");
    }
    String target = call.targets().getFirst();
    LogAnswer answer = LogAnswer.of(call.folder(), target, console::warn);
    if (call.json() || path && !answer.isNone()) {
      return call.print(answer);
    } else if (follow) {
      answer
          .following()
          .follow(
              (job, added) -> {
                head(answer, job);
                console.copy(new ByteArrayInputStream(added));
                console.out().flush();
              });
    } else if (answer.isNone()) {
      String what = answer.logs().containsKey(target) ? "job " : "";
      console.tell(what + SafeText.name(target) + " has no log: none of its commands was started");
    } else {
      for (Map.Entry<String, Path> log : answer.logs().entrySet()) {
        if (log.getValue() != null) {
          head(answer, log.getKey());
          console.copy(log.getValue());
        }
      }
    }
    return Exit.DONE;
  }

  /** Says whose output follows, where there are several. */
  private void head(LogAnswer answer, String job) throws IOException {
    if (answer.logs().size() > 1 && !job.equals(shown)) {
      console.print((shown == null ? "" : "\n") + "==> " + SafeText.name(job) + " <==\n");
      shown = job;
    }
  }
}
