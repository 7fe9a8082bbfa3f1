package dev.torc.ask;

import dev.torc.engine.JobFiles;
import dev.torc.posix.OwnFile;
import dev.torc.records.Cache;
import dev.torc.records.JobResult;
import dev.torc.records.JobResult.RunDetails;
import dev.torc.session.Leftovers.RunningJobs;
import dev.torc.session.ProjectFolder;
import dev.torc.show.Palette;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * {@code torc log}: where the output of the last run of jobs is. It knows jobs from the build file,
 * from the records and from their logs, so it works where the build file is refused (rule 13), and
 * of jobs that are no longer in it.
 *
 * @param target as given on the command line
 * @param logs where the logs of the last runs are, by job; null for a job that has none
 */
public record LogAnswer(ProjectFolder folder, String target, SequencedMap<String, Path> logs)
    implements Answer {

  /**
   * Looks.
   *
   * @param target as given on the command line
   * @param warn takes a line where the cache cannot be used
   */
  public static LogAnswer of(ProjectFolder given, String target, Consumer<String> warn)
      throws IOException {
    ProjectFolder folder = given.withoutResults();
    Set<String> names = new HashSet<>();
    SequencedMap<String, Path> logs = new LinkedHashMap<>();
    try (Cache cache = Cache.look(folder.place(), warn)) {
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

  /** Whether no job has a log. */
  public boolean isNone() {
    return logs.values().stream().allMatch(Objects::isNull);
  }

  /** The same logs, to be read while they grow. */
  public LogFollow following() {
    return new LogFollow(folder, logs);
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
   * The logs of jobs while these write them. Where a build is at work, what an earlier one left is
   * passed over until it is known that the job does not run in this one. It only looks.
   */
  public static final class LogFollow {

    private static final int PIECE = 1 << 16;

    /** Takes what was added to a job's log. */
    public interface Sink {
      void take(String job, byte[] added) throws IOException;
    }

    private final ProjectFolder folder;
    private final Map<String, Path> logs;
    private final Map<String, Long> read = new HashMap<>();
    private final Set<String> begun = new HashSet<>();

    /**
     * @param logs by job, in the order in which they are shown
     */
    LogFollow(ProjectFolder folder, Map<String, Path> logs) {
      this.folder = folder;
      this.logs = logs;
    }

    /**
     * Hands over what there is, and what is added until the jobs have ended, or the build that is
     * at work; returns at once if none is.
     */
    public void follow(Sink sink) throws IOException {
      new BuildFollow(folder.place())
          .follow((cache, build, ended) -> look(cache, build, ended, sink));
    }

    /** Whether all the jobs came to their ends in this build. */
    private boolean look(Cache cache, String build, boolean ended, Sink sink) throws IOException {
      boolean all = true;
      Set<String> running = RunningJobs.of(folder.place(), cache).running();
      for (String job : logs.keySet()) {
        JobResult result = cache.result(job);
        boolean ran = result != null && result.build().equals(build);
        // At the first sight of a running job the log may still be that of its run before.
        if (ended || (running.contains(job) ? !begun.add(job) : ran)) {
          added(job, sink);
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

    private void added(String job, Sink sink) throws IOException {
      Path log = new JobFiles(folder.place(), job).log();
      if (!OwnFile.stands(log)) {
        return;
      }
      try (FileChannel file = OwnFile.channel(log)) {
        long at = read.getOrDefault(job, 0L);
        at = file.size() < at ? 0 : at; // it was begun anew
        ByteBuffer piece = ByteBuffer.allocate(PIECE);
        for (int got = file.read(piece, at); got > 0; got = file.read(piece.clear(), at)) {
          sink.take(job, Arrays.copyOf(piece.array(), got));
          at += got;
        }
        read.put(job, at);
      }
    }
  }
}
