package dev.torc.ask;

import dev.torc.engine.LaunchBuilder;
import dev.torc.posix.OwnFile;
import dev.torc.records.Cache;
import dev.torc.session.ProjectFolder;
import dev.torc.show.Palette;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
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
      if (OwnFile.stands(LaunchBuilder.log(folder.place(), target))) {
        names.add(target); // the database may be another one by now
      }
      for (String job : JobQuery.of(folder, List.of(target), names, cache).names()) {
        Path log = LaunchBuilder.log(folder.place(), job);
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
}
