package dev.torc.session;

import dev.torc.cache.AttemptHistory;
import dev.torc.cache.AttemptRecord;
import dev.torc.cache.BuildLock;
import dev.torc.cache.BuildRecord;
import dev.torc.cache.Cache;
import dev.torc.cache.PostedEvent;
import dev.torc.cache.StoredValue;
import dev.torc.engine.LaunchBuilder;
import dev.torc.posix.OwnFile;
import dev.torc.report.DataAnswer;
import dev.torc.report.HistoryAnswer;
import dev.torc.report.LogAnswer;
import dev.torc.report.RunsAnswer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What is asked of the records alone: values, events and logs. It works where the build file is
 * refused, and for jobs that are no longer in it (rule 13). It decides nothing and changes nothing.
 *
 * @param warn takes a line where the cache cannot be used
 */
public record RecordSession(ProjectFolder folder, Consumer<String> warn) {

  /** The records of a project, of whose groups those count that the build file alone decides. */
  public static RecordSession of(ProjectFolder folder, Consumer<String> warn) throws IOException {
    return new RecordSession(folder.withoutResults(), warn);
  }

  /**
   * The values that the last runs of jobs stored.
   *
   * @param wanted names of jobs and groups; none for all, and the data section too
   */
  public DataAnswer data(List<String> wanted) throws IOException {
    SequencedMap<String, List<StoredValue>> stored = new LinkedHashMap<>();
    try (Cache cache = Cache.look(folder.place(), warn)) {
      cache.eachData(stored::put);
    }
    JobQuery asked = JobQuery.of(folder, wanted, stored.keySet());
    stored.keySet().removeIf(job -> !asked.has(job) || asked.all() && isGone(job));
    return new DataAnswer(
        asked.all() && folder.project() != null ? folder.project().workflow().data() : Map.of(),
        stored);
  }

  /** Whether the build file has a job no longer: then it is shown only where it is named. */
  private boolean isGone(String job) {
    return folder.project() != null && folder.project().graph().jobId(job) < 0;
  }

  /**
   * The events that jobs posted.
   *
   * @param wanted names of jobs and groups; none for all
   * @param from milliseconds since 1970 of the first one that is wanted
   */
  public EventHistory events(List<String> wanted, long from) throws IOException {
    List<PostedEvent> events = new ArrayList<>();
    Set<String> names = new HashSet<>();
    try (Cache cache = Cache.look(folder.place(), warn)) {
      cache.eachResult((job, _) -> names.add(job));
      cache.eachEvent(0, 0, events::add);
    }
    events.forEach(event -> names.add(event.job()));
    return new EventHistory(folder.place(), JobQuery.of(folder, wanted, names), from, events);
  }

  /**
   * The builds in which something ran, newest first.
   *
   * @param most so many
   */
  public HistoryAnswer history(int most) throws IOException {
    List<BuildRecord> builds;
    try (Cache cache = Cache.look(folder.place(), warn)) {
      builds = cache.builds(most == Integer.MAX_VALUE ? most : most + 1);
    }
    String working = BuildLock.holder(folder.place()).map(BuildLock.Holder::build).orElse("");
    List<String> usual =
        folder.project() != null
            ? folder.project().fileNames()
            : builds.isEmpty() ? List.of() : builds.getFirst().files();
    boolean more = builds.size() > most;
    return new HistoryAnswer(more ? builds.subList(0, most) : builds, working, usual, more);
  }

  /**
   * The runs of jobs, each attempt by itself, newest first.
   *
   * @param wanted names of jobs and groups, at least one
   * @param most so many
   */
  public RunsAnswer runs(List<String> wanted, int most) throws IOException {
    Set<String> names = new HashSet<>();
    ArrayDeque<AttemptRecord> last = new ArrayDeque<>();
    try (Cache cache = Cache.look(folder.place(), warn)) {
      AttemptHistory history = new AttemptHistory(cache);
      cache.eachResult((job, _) -> names.add(job));
      history.from(0, attempt -> names.add(attempt.job()));
      JobQuery asked = JobQuery.of(folder, wanted, names);
      history.from(
          0,
          attempt -> {
            if (asked.has(attempt.job())) {
              last.addFirst(attempt);
              if (last.size() - 1 > most) {
                last.removeLast();
              }
            }
          });
    }
    boolean more = last.size() > most;
    return new RunsAnswer(String.join(", ", wanted), last.stream().limit(most).toList(), more);
  }

  /**
   * The logs of jobs' last runs.
   *
   * @param target as given on the command line
   */
  public LogAnswer log(String target) throws IOException {
    return new LogAnswer(target, logs(target));
  }

  /** The same, to be read while they grow. */
  public LogFollow follow(String target) throws IOException {
    return new LogFollow(folder, logs(target));
  }

  /** Where the logs are, null for a job that has none. */
  private SequencedMap<String, Path> logs(String target) throws IOException {
    SequencedMap<String, Path> logs = new LinkedHashMap<>();
    for (String job : named(target)) {
      Path log = LaunchBuilder.log(folder.place(), job);
      logs.put(job, OwnFile.stands(log) ? log : null);
    }
    return logs;
  }

  /** A job is known by its log too: the database may be another one by now. */
  private Set<String> named(String target) throws IOException {
    Set<String> names = new HashSet<>();
    try (Cache cache = Cache.look(folder.place(), warn)) {
      cache.eachResult((name, _) -> names.add(name));
    }
    if (OwnFile.stands(LaunchBuilder.log(folder.place(), target))) {
      names.add(target);
    }
    return JobQuery.of(folder, List.of(target), names).names();
  }
}
