package dev.torc.front.ask;

import dev.torc.base.machine.Series.Usage;
import dev.torc.base.text.Amount;
import dev.torc.base.text.Palette;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.Reason;
import dev.torc.core.memory.AttemptHistory;
import dev.torc.core.memory.AttemptRecord;
import dev.torc.core.memory.BuildRecord;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.JobResult.Outcome;
import dev.torc.features.past.GitCommit;
import dev.torc.features.past.PastCommits;
import dev.torc.features.why.Causes;
import dev.torc.front.project.ProjectFolder;
import dev.torc.front.show.AttemptText;
import dev.torc.front.show.Json;
import dev.torc.front.show.Json.Named;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code torc history}: the builds in which something ran, newest first, or the runs of jobs. It
 * works from the records if the build file is refused.
 *
 * @param working the id of the running build; empty for none
 * @param usual the current build files of the project; a build shows its files only if they differ
 * @param earlier whether earlier builds were omitted
 */
record HistoryAnswer(List<BuildRecord> builds, String working, List<String> usual, boolean earlier)
    implements Answer {

  private static final int USUAL = 20;

  private static final List<String> LEFT_OUT =
      List.of("earlier entries omitted; use --all to list them");

  static Answer of(Call call) throws IOException {
    int most =
        call.has("--all")
            ? Integer.MAX_VALUE - 1
            : call.number("--last", USUAL, "write a number, at least 1");
    List<String> wanted = call.targets();
    ProjectFolder folder = call.folder(false);
    try (Cache cache = Cache.look(folder.place(), call::warn)) {
      return wanted.isEmpty()
          ? builds(folder, cache, most)
          : runs(folder.withoutResults(), cache, wanted, most);
    }
  }

  private static HistoryAnswer builds(ProjectFolder folder, Cache cache, int most) {
    List<BuildRecord> builds = cache.builds(most + 1);
    String working = BuildFollow.runningBuild(folder.place());
    List<String> last = builds.isEmpty() ? List.of() : builds.getFirst().files();
    List<String> usual = folder.project() == null ? last : folder.project().fileNames();
    List<BuildRecord> told = builds.stream().limit(most).toList();
    return new HistoryAnswer(told, working, usual, builds.size() > most);
  }

  private static Runs runs(ProjectFolder folder, Cache cache, List<String> wanted, int most) {
    Set<String> names = new HashSet<>();
    ArrayDeque<AttemptRecord> last = new ArrayDeque<>(); // newest first
    AttemptHistory history = new AttemptHistory(cache);
    history.eachFrom(0, attempt -> names.add(attempt.id().job()));
    JobQuery asked = JobQuery.of(folder, wanted, names, cache);
    history.eachFrom(
        0,
        attempt -> {
          if (asked.has(attempt.id().job())) {
            last.addFirst(attempt);
            if (last.size() > most + 1) {
              last.removeLast();
            }
          }
        });
    List<AttemptRecord> told = last.stream().limit(most).toList();
    PastCommits commits = PastCommits.of(cache);
    told.forEach(attempt -> commits.of(attempt.id().build())); // the cache is closed later
    return new Runs(String.join(", ", wanted), told, commits, last.size() > most);
  }

  @Override
  public List<String> messages() {
    return earlier ? LEFT_OUT : List.of();
  }

  @Override
  public String text(Palette palette) {
    if (builds.isEmpty()) {
      return "no build yet\n";
    }
    List<List<String>> rows = new ArrayList<>();
    for (BuildRecord build : builds) {
      BuildLine line = new BuildLine(build, working);
      StringJoiner more = new StringJoiner(", ");
      if (!build.files().isEmpty() && !build.files().equals(usual)) {
        more.add("-f " + SafeText.line(String.join(" -f ", build.files())));
      }
      GitCommit commit = PastCommits.of(build);
      if (commit != null) {
        more.add(commit.words());
      }
      String number = Long.toString(build.id().number());
      rows.add(List.of(number, line.started(), line.end(), line.time(), line.counts(), "" + more));
    }
    return TextTable.of(rows);
  }

  private record Builds(List<Build> builds, boolean earlier) {}

  private record Build(
      BuildLine.BuildFields build, boolean atWork, List<String> files, Optional<String> machine) {}

  @Override
  public Object json() {
    return new Builds(builds.stream().map(this::json).toList(), earlier);
  }

  private Build json(BuildRecord build) {
    BuildLine line = new BuildLine(build, working);
    boolean atWork = !line.isOver() && build.id().id().equals(working);
    return new Build(
        line.json(), atWork, build.files(), Optional.ofNullable(build.end().machine()));
  }

  /**
   * The attempts of jobs in the recorded builds, newest first.
   *
   * @param asked the targets, as on the command line
   * @param commits the git commits of their builds
   * @param more whether earlier attempts were omitted
   */
  private record Runs(String asked, List<AttemptRecord> attempts, PastCommits commits, boolean more)
      implements Answer {

    @Override
    public List<String> messages() {
      return more ? LEFT_OUT : List.of();
    }

    @Override
    public String text(Palette palette) {
      if (attempts.isEmpty()) {
        return "no run of " + SafeText.name(asked) + " is on record\n";
      }
      List<List<String>> rows = new ArrayList<>();
      for (AttemptRecord each : attempts) {
        boolean first = each.id().attempt() <= 1;
        String job =
            SafeText.name(each.id().job()) + (first ? "" : " attempt " + each.id().attempt());
        String began = Amount.localTime(each.times().started());
        String time = Amount.time(each.times().wall());
        String why = first ? AttemptText.because(each) : "";
        String end = AttemptText.end(each);
        rows.add(List.of("" + each.id().build(), began, job, end, time, use(each), why));
      }
      return TextTable.of(rows);
    }

    private String use(AttemptRecord attempt) {
      Usage use = attempt.usage();
      String executor = attempt.where().executor();
      GitCommit commit = commits.of(attempt.id().build());
      return Stream.of(
              use.cpu() < 0 ? "" : "cpu " + Amount.time(use.cpu()),
              use.peak() < 0 ? "" : "memory " + Amount.size(use.peak()),
              use.gpu() < 0 ? "" : "gpu " + use.gpu() + " %",
              use.gpuMemory() < 0 ? "" : "gpu memory " + Amount.size(use.gpuMemory()),
              executor == null ? "" : "on " + SafeText.name(executor),
              commit == null ? "" : commit.words())
          .filter(part -> !part.isEmpty())
          .collect(Collectors.joining(", "));
    }

    @Override
    public Object json() {
      return new All(attempts.stream().map(this::json).toList(), more);
    }

    private record All(List<Run> runs, boolean earlier) {}

    private record Run(Id id, Ended ended, Times times, Used used, Where where, Why why) {

      private record Id(long number, Named name, int attempt) implements Json.Inline {}

      private record Ended(Outcome outcome, JobFields.Exit exit) implements Json.Inline {}

      private record Times(String started, Double queued, Double seconds) implements Json.Inline {}

      private record Used(Double cpu, Long memory, Long gpuPercent, Long gpuMemory)
          implements Json.Inline {}

      private record Where(String host, String executor) implements Json.Inline {}

      private record Why(List<Reason> reasons, Long reasonCount, Optional<GitCommit> commit)
          implements Json.Inline {}
    }

    private Run json(AttemptRecord run) {
      AttemptRecord.Times times = run.times();
      Usage usage = run.usage();
      return new Run(
          new Run.Id(run.id().build(), Named.of(run.id().job()), run.id().attempt()),
          new Run.Ended(
              run.end().outcome(), JobFields.Exit.of(run.end().exit(), run.end().signal())),
          new Run.Times(
              Amount.isoTime(times.started()),
              Json.seconds(times.queued()),
              Json.seconds(times.wall())),
          new Run.Used(
              Json.seconds(usage.cpu()),
              Json.known(usage.peak()),
              Json.known(usage.gpu()),
              Json.known(usage.gpuMemory())),
          new Run.Where(run.where().host(), run.where().executor()),
          new Run.Why(
              Causes.decode(run.why().reasons()),
              Json.some(run.why().count()),
              Optional.ofNullable(commits.of(run.id().build()))));
    }
  }
}
