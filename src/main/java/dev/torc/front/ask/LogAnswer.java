package dev.torc.front.ask;

import dev.torc.base.posix.OwnFile;
import dev.torc.base.text.Palette;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.JobFiles;
import dev.torc.core.memory.AttemptRecord;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.Ran;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.front.project.ProjectFolder;
import dev.torc.front.session.Exit;
import dev.torc.front.session.RunningJobs;
import dev.torc.front.show.Console;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * {@code torc log}: shows the output of runs of jobs, or the paths of their logs. It finds jobs in
 * the build file, in the records and by their logs, so it also works if the build file is refused
 * (rule 13), and for jobs that the build file no longer has. With {@code --follow}, the log of an
 * earlier build is shown only once it is known that the job does not run in the current build.
 */
final class LogAnswer implements Answer {

  private static final int PIECE = 1 << 16;

  private final Console console;
  private final ProjectFolder folder;
  private final String target; // as given on the command line
  private final SequencedMap<String, Path> logs = new LinkedHashMap<>(); // null without a log
  private final Map<String, Long> read = new HashMap<>();
  private final Set<String> begun = new HashSet<>();
  private String shown; // the job whose output was written last

  private LogAnswer(Call call) throws IOException {
    this.console = call.console();
    this.target = call.targets().getFirst();
    this.folder = call.folder();
    boolean logged = OwnFile.exists(log(target)); // its record may be lost
    boolean earlier = call.has("--failed") || call.has("--build");
    try (Cache cache = Cache.look(folder.place(), call::warn)) {
      List<String> also = logged ? List.of(target) : List.of();
      Set<String> jobs = JobQuery.of(folder, List.of(target), also, cache).names();
      if (earlier) {
        long build = call.number("--build", 0, "write a number, at least 1");
        logs.putAll(new EarlierLogs(folder.place(), cache, jobs, build).of(target));
        return;
      }
      for (String job : jobs) {
        logs.put(job, OwnFile.exists(log(job)) ? log(job) : null);
      }
    }
  }

  private Path log(String job) {
    return new JobFiles(folder.place(), job).log();
  }

  /**
   * Prints the logs byte for byte, or their paths. If there are several logs, each is printed below
   * its job's name.
   */
  static int run(Call call) throws IOException {
    boolean follow = call.has("--follow");
    boolean path = call.has("--path");
    if (follow && (path || call.json())) {
      throw Call.usage("--follow shows what jobs write: leave out --path and --json");
    }
    if (call.has("--build") && (follow || call.has("--failed"))) {
      throw Call.usage("--build N shows one run: leave out --failed and --follow");
    }
    if (follow && call.has("--failed")) {
      throw Call.usage("--failed shows a run that has ended: leave out --follow");
    }
    LogAnswer answer = new LogAnswer(call);
    boolean none = answer.logs.values().stream().allMatch(Objects::isNull);
    if (call.json() || path && !none) {
      return call.print(answer);
    }
    if (follow) {
      new BuildFollow(answer.folder.place()).follow(answer::writeNew);
    } else if (none) {
      String what = answer.logs.containsKey(answer.target) ? "job " : "";
      String job = what + SafeText.name(answer.target);
      answer.console.tell(job + " has no log: none of its commands was started");
    } else {
      answer.show();
    }
    return Exit.DONE;
  }

  @Override
  public String text(Palette palette) {
    return logs.values().stream()
        .filter(Objects::nonNull)
        .map(log -> log + "\n")
        .collect(Collectors.joining());
  }

  private record One(String job, Path log) {}

  private record All(String job, Path log, List<One> logs) {}

  @Override
  public Object json() {
    List<One> all =
        logs.entrySet().stream().map(log -> new One(log.getKey(), log.getValue())).toList();
    One whole = all.size() == 1 ? all.getFirst() : new One(target, null);
    return new All(whole.job, whole.log, all);
  }

  private void show() throws IOException {
    for (Map.Entry<String, Path> log : logs.entrySet()) {
      if (log.getValue() != null) {
        writeHead(log.getKey()); // for an empty log, too
        copyNew(log.getKey(), log.getValue());
      }
    }
  }

  /** Writes the new output; returns whether all the jobs have ended in this build. */
  private boolean writeNew(Cache cache, String build, boolean ended) throws IOException {
    boolean all = true;
    Set<String> running = RunningJobs.of(folder.place(), cache, Set.of()).running().keySet();
    for (String job : logs.keySet()) {
      JobResult result = cache.result(job);
      boolean ran = result != null && result.build().equals(build);
      // When a job is first seen running, its log may still be that of its previous run.
      if (ended || (running.contains(job) ? !begun.add(job) : ran)) {
        copyNew(job, log(job));
      }
      all &= ran && !running.contains(job) && isFinal(job, result, cache);
    }
    return all;
  }

  /** Returns whether no other attempt of a job can follow; false if unknown. */
  private boolean isFinal(String job, JobResult result, Cache cache) {
    if (result.outcome().isGood() || result.outcome() == JobResult.Outcome.SKIPPED) {
      return true;
    }
    RunDetails details = cache.details(job);
    if (details == null) {
      return false;
    }
    Ran ran = details.ran();
    AttemptRecord.End end = new AttemptRecord.End(result.outcome(), ran.exit(), ran.signal());
    return !BuildFollow.mayRunAgain(folder, job, ran.attempts(), end, true);
  }

  /** Writes the new bytes of a job's log. */
  private void copyNew(String job, Path log) throws IOException {
    if (!OwnFile.exists(log)) {
      return;
    }
    try (FileChannel file = OwnFile.channel(log)) {
      long at = read.getOrDefault(job, 0L);
      at = file.size() < at ? 0 : at; // the log was started again
      ByteBuffer piece = ByteBuffer.allocate(PIECE);
      for (int got = file.read(piece, at); got > 0; got = file.read(piece.clear(), at)) {
        writeHead(job);
        console.copy(new ByteArrayInputStream(piece.array(), 0, got), console.out());
        at += got;
      }
      console.out().flush();
      read.put(job, at);
    }
  }

  /** Writes the name of the job whose output follows, if there are several jobs. */
  private void writeHead(String job) throws IOException {
    if (logs.size() > 1 && !job.equals(shown)) {
      console.print((shown == null ? "" : "\n") + "==> " + SafeText.name(job) + " <==\n");
      shown = job;
    }
  }
}
