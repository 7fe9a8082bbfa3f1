package dev.torc.cli;

import dev.torc.cache.Cache;
import dev.torc.engine.LaunchBuilder;
import dev.torc.machine.SafeText;
import dev.torc.posix.OwnFile;
import dev.torc.session.Exit;
import dev.torc.session.ProjectFolder;
import dev.torc.syntax.NearestName;
import dev.torc.workflow.Job;
import java.io.IOException;
import java.nio.file.Path;
import java.util.TreeSet;

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
    ProjectFolder site = site(console, false).withoutResults();
    TreeSet<String> names = new TreeSet<>();
    if (site.project() != null) {
      site.project().workflow().jobs().stream().map(Job::name).forEach(names::add);
    }
    Path log = LaunchBuilder.log(site.place(), job);
    boolean there = OwnFile.stands(log);
    if (!there && !names.contains(job)) {
      try (Cache cache = Cache.look(site.place(), console::warn)) {
        cache.eachResult((name, _) -> names.add(name));
      }
      if (!names.contains(job)) {
        String hint = NearestName.hint(job, names);
        throw CommonOptions.usage(
            "no job "
                + SafeText.name(job)
                + (hint.isEmpty() ? "; `torc list` shows the jobs" : hint));
      }
    }
    if (common.json()) {
      JsonPrinter.print(
          console,
          out -> {
            out.writeStringField("job", job);
            out.writeStringField("log", there ? log.toString() : null);
          });
    } else if (!there) {
      console.tell("job " + SafeText.name(job) + " has no log: none of its commands was started");
    } else if (path) {
      console.print(log + "\n");
    } else {
      console.copy(log);
    }
    return Exit.DONE;
  }
}
