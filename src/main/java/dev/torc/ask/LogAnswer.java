package dev.torc.ask;

import dev.torc.engine.JobFiles;
import dev.torc.engine.Leftovers.RunningJobs;
import dev.torc.posix.OwnFile;
import dev.torc.records.Cache;
import dev.torc.records.JobResult;
import dev.torc.records.JobResult.RunDetails;
import dev.torc.session.Exit;
import dev.torc.session.ProjectFolder;
import dev.torc.show.Console;
import dev.torc.text.Palette;
import dev.torc.text.SafeText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
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
 * {@code torc log}: where the output of the last run of jobs is. It knows jobs from the build file,
 * from the records and from their logs, so it works where the build file is refused (rule 13), and
 * of jobs that are no longer in it.
 *
 * @param target as given on the command line
 * @param logs where the logs of the last runs are, by job; null for a job that has none
 */
record LogAnswer(ProjectFolder folder, String target, SequencedMap<String, Path> logs)
    implements Answer {

  /** Prints the logs byte for byte, or where they are; of several, each is below its job's name. */
  static int run(Call call) throws IOException {
    boolean follow = call.has("--follow");
    boolean path = call.has("--path");
    if (follow && (path || call.json())) {
      throw Call.usage("--follow shows what jobs write: leave out --path and --json");
    }
    LogAnswer answer = of(call);
    boolean none = answer.logs.values().stream().allMatch(Objects::isNull);
    if (call.json() || path && !none) {
      return call.print(answer);
    }
    Output out = new Output(call.console(), answer);
    if (follow) {
      new BuildFollow(answer.folder.place()).follow(out::look);
    } else if (none) {
      String target = SafeText.name(answer.target);
      String what = answer.logs.containsKey(answer.target) ? "job " : "";
      call.console().tell(what + target + " has no log: none of its commands was started");
    } else {
      for (Map.Entry<String, Path> log : answer.logs.entrySet()) {
        if (log.getValue() != null) {
          out.head(log.getKey()); // of an empty one, too
          out.added(log.getKey());
        }
      }
    }
    return Exit.DONE;
  }

  private static LogAnswer of(Call call) throws IOException {
    String target = call.targets().getFirst();
    ProjectFolder folder = call.folder();
    Set<String> names = new HashSet<>();
    SequencedMap<String, Path> logs = new LinkedHashMap<>();
    try (Cache cache = Cache.look(folder.place(), call::warn)) {
      cache.eachResult((name, _) -> names.add(name));
      if (OwnFile.stands(new JobFiles(folder.place(), target).log())) {
        names.add(target); // the database may be another one by now
      }
      for (String job : JobQuery.of(folder, List.of(target), names, cache).names()) {
        Path log = new JobFiles(folder.place(), job).log();
        logs.put(job, OwnFile.stands(log) ? log : null);
      }
    }
    return new LogAnswer(folder, target, logs);
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
    List<One> all = new ArrayList<>();
    logs.forEach((job, log) -> all.add(new One(job, log)));
    boolean one = all.size() == 1;
    return new All(one ? all.getFirst().job : target, one ? all.getFirst().log : null, all);
  }

  /**
   * What jobs wrote, on standard output, also while they write it: where a build is at work, what
   * an earlier one left is passed over until it is known that the job does not run in this one.
   */
  private static final class Output {

    private static final int PIECE = 1 << 16;

    private final Console console;
    private final ProjectFolder folder;
    private final Set<String> jobs;
    private final Map<String, Long> read = new HashMap<>();
    private final Set<String> begun = new HashSet<>();
    private String shown; // the job whose output was written last

    Output(Console console, LogAnswer answer) {
      this.console = console;
      this.folder = answer.folder;
      this.jobs = answer.logs.keySet();
    }

    /** Writes what is new; returns whether all the jobs came to their ends in this build. */
    boolean look(Cache cache, String build, boolean ended) throws IOException {
      boolean all = true;
      Set<String> running = RunningJobs.of(folder.place(), cache).running();
      for (String job : jobs) {
        JobResult result = cache.result(job);
        boolean ran = result != null && result.build().equals(build);
        // At the first sight of a running job the log may still be that of its run before.
        if (ended || (running.contains(job) ? !begun.add(job) : ran)) {
          added(job);
        }
        all &= ran && !running.contains(job) && isFinal(job, result, cache);
      }
      return all;
    }

    /** Whether no other attempt can follow; where that cannot be told, no. */
    private boolean isFinal(String job, JobResult result, Cache cache) {
      if (result.outcome().isGood()) {
        return true;
      }
      int id = folder.project() == null ? -1 : folder.project().graph().jobId(job);
      RunDetails details = cache.details(job);
      return id >= 0
          && details != null
          && details.attempts() > folder.project().graph().job(id).retry().retries();
    }

    /** Writes what a job's log has beyond what was written. */
    void added(String job) throws IOException {
      Path log = new JobFiles(folder.place(), job).log();
      if (!OwnFile.stands(log)) {
        return;
      }
      try (FileChannel file = OwnFile.channel(log)) {
        long at = read.getOrDefault(job, 0L);
        at = file.size() < at ? 0 : at; // it was begun anew
        ByteBuffer piece = ByteBuffer.allocate(PIECE);
        for (int got = file.read(piece, at); got > 0; got = file.read(piece.clear(), at)) {
          head(job);
          console.copy(new ByteArrayInputStream(piece.array(), 0, got), console.out());
          at += got;
        }
        console.out().flush();
        read.put(job, at);
      }
    }

    /** Says whose output follows, where there are several. */
    void head(String job) throws IOException {
      if (jobs.size() > 1 && !job.equals(shown)) {
        console.print((shown == null ? "" : "\n") + "==> " + SafeText.name(job) + " <==\n");
        shown = job;
      }
    }
  }
}
