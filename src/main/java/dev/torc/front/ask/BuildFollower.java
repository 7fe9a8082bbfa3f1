package dev.torc.front.ask;

import dev.torc.base.posix.Signals;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobFiles;
import dev.torc.core.attempt.JobState;
import dev.torc.core.decide.Reason;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.memory.AttemptHistory;
import dev.torc.core.memory.AttemptRecord;
import dev.torc.core.memory.BuildRecord;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.Outcome;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.memory.StartMark;
import dev.torc.features.clusters.EarlierJob;
import dev.torc.features.why.Causes;
import dev.torc.front.project.ProjectFolder;
import dev.torc.front.session.Exit;
import dev.torc.front.session.RunningJobs;
import dev.torc.front.show.AttemptText;
import dev.torc.front.show.Report;
import dev.torc.front.show.Report.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * {@code torc status --follow}: shows a build that another process or host runs, or jobs that an
 * earlier build submitted. It exits when this build or these jobs end, with their exit status. It
 * turns the start marks and records that the build writes into events for the report that builds
 * use. So it takes no lock, writes nothing, and does not slow the build. Jobs that were up to date
 * or restored leave no attempt in the records, so only the last line counts them.
 */
final class BuildFollower implements Progress {

  private static final long MILLISECOND = 1_000_000;

  /** How many of the newest builds may include the followed one: others may have begun since. */
  private static final int RECENT = 20;

  private final ProjectFolder folder;
  private final CachePlace place;
  private final Report report;
  private final Map<String, Integer> running = new HashMap<>(); // the attempt that is shown, by job
  private final Map<String, Long> took = new ConcurrentHashMap<>(); // last duration by job, in ns
  private BuildRecord build; // null until the followed build has one
  private long reported; // how many of the build's attempts were reported
  private boolean over; // everything that is followed has ended
  private int exit = Exit.DONE;
  private volatile int signal; // 0 until one arrives

  private BuildFollower(ProjectFolder folder, Report report) {
    this.folder = folder;
    this.place = folder.place();
    this.report = report;
  }

  static int run(Call call) throws IOException {
    if (call.json() || call.has("--exit-code") || !call.targets().isEmpty()) {
      throw Call.usage(
          "--follow shows a whole build as it goes on: leave out --json, --exit-code and targets");
    }
    ProjectFolder folder = call.folder(false);
    Report.Detail detail = Report.Detail.NORMAL;
    try (Signals signals = call.caller().host().process().signals();
        Report report = call.console().report(call.errPalette(), Report.Style.of(detail), false)) {
      BuildFollower follower = new BuildFollower(folder, report);
      report.follow(() -> follower);
      try (Signals.Handling _ = signals.during(number -> follower.signal = number, report::pause)) {
        follower.follow();
      }
      return follower.signal == 0 ? follower.exit : Exit.signal(follower.signal);
    }
  }

  private void follow() throws IOException {
    if (BuildFollow.runningBuild(place).isEmpty()) {
      List<EarlierJob> out = EarlierJob.all(place.remote());
      if (!out.isEmpty()) {
        followSubmitted(out);
      }
    }
    if (signal == 0 && !over) {
      new BuildFollow(place).follow(this::reportNew);
    }
  }

  /**
   * Follows jobs that a build submitted to a scheduler, until all have ended or a new build is
   * running.
   */
  private void followSubmitted(List<EarlierJob> out) throws IOException {
    Set<EarlierJob> open = new HashSet<>(out);
    Map<JobState, Integer> counts = new EnumMap<>(JobState.class);
    try (Cache cache = Cache.look(place, _ -> {})) {
      report.accept(new Event.Started(null, place.root(), out.size()));
      for (EarlierJob job : out) {
        reportStart(job.job(), 1, cache.result(job.job()), 0);
        report.accept(new Event.JobSubmitted(job.job(), job.settings().name(), job.id()));
      }
    }
    long began = System.nanoTime();
    while (signal == 0 && !open.isEmpty() && BuildFollow.runningBuild(place).isEmpty()) {
      open.removeIf(
          job -> {
            ProcessEnd end = job.end();
            if (end != null) {
              JobState state = end.ok() ? JobState.RAN : JobState.FAILED;
              exit = end.ok() ? exit : Exit.FAILED;
              counts.merge(state, 1, Integer::sum);
              reportEnd(job.job(), state, end.ok() ? "" : failure(end), end.wall());
            }
            return end != null;
          });
      BuildFollow.pause(open.isEmpty() ? 0 : BuildFollow.SLOW);
    }
    if (open.isEmpty()) {
      long nanos = System.nanoTime() - began;
      report.accept(new Event.Finished(null, counts, BuildRecord.StoreUse.NONE, nanos, exit));
      over = true;
    }
  }

  private static String failure(ProcessEnd end) {
    return switch (end.how()) {
      case EXITED -> "exit " + end.code();
      case SIGNALED -> "signal " + end.code();
      case TIMEOUT -> AttemptText.words(Outcome.TIMED_OUT);
      case MEMORY -> AttemptText.words(Outcome.OUT_OF_MEMORY);
      default -> end.message().isEmpty() ? AttemptText.words(end.how()) : end.message();
    };
  }

  /** Reports what has happened since the last call; returns whether to stop. */
  private boolean reportNew(Cache cache, String id, boolean last) throws IOException {
    if (id.isEmpty()) {
      noteNone(cache);
      return true;
    }
    BuildRecord now =
        cache.builds(RECENT).stream().filter(b -> b.id().id().equals(id)).findFirst().orElse(null);
    if (build == null && now != null) {
      long age = Math.max(0, System.currentTimeMillis() - now.started()) * MILLISECOND;
      int jobs = now.counts().values().stream().mapToInt(n -> n).sum();
      report.accept(new Event.Started(now.id(), place.root(), jobs), age);
    }
    build = now;
    if (build != null) {
      new AttemptHistory(cache)
          .eachFrom(build.id().number(), reported, each -> reportEnd(each, cache));
      var jobs = RunningJobs.of(place, cache, Set.of()).running();
      jobs.values().forEach(mark -> reportStart(mark, cache));
    }
    if (last) {
      reportFinish();
    }
    return signal != 0;
  }

  private void reportStart(StartMark mark, Cache cache) {
    if (!Integer.valueOf(mark.attempt()).equals(running.get(mark.job()))) {
      long now = System.currentTimeMillis();
      long age = mark.started() == 0 ? 0 : Math.max(0, now - mark.started()) * MILLISECOND;
      reportStart(mark.job(), mark.attempt(), cache.result(mark.job()), age);
      if (mark.isRemote()) {
        report.accept(new Event.JobSubmitted(mark.job(), mark.executor(), null), age);
      }
    }
  }

  private void reportStart(String job, int attempt, JobResult before, long age) {
    running.put(job, attempt);
    took.put(job, took(before));
    // The reasons of a run are recorded only when it ends.
    report.accept(new Event.JobStarted(job, attempt, "", List.of()), age);
  }

  private void reportEnd(AttemptRecord attempt, Cache cache) {
    if (attempt.id().build() != build.id().number()) {
      return; // the attempt belongs to a later build
    }
    reported = attempt.id().sequence() + 1;
    String job = attempt.id().job();
    running.remove(job);
    List<Reason> reasons = Causes.decode(attempt.why().reasons());
    report.accept(new Event.JobStarted(job, attempt.id().attempt(), "", reasons));
    RunDetails details = attempt.end().outcome() == Outcome.OK ? null : cache.details(job);
    String what = details == null ? AttemptText.failure(attempt) : details.what();
    if (attempt.end().outcome().isFailure()
        && BuildFollow.mayRunAgain(folder, job, attempt.id().attempt(), attempt.end(), false)) {
      Event.Details how = details(job, what, attempt.times().wall());
      report.accept(new Event.JobRetried(job, attempt.id().attempt(), how, 0));
    } else {
      JobState state =
          switch (attempt.end().outcome()) {
            case OK, ADOPTED -> JobState.RAN;
            case SKIPPED -> JobState.SKIPPED;
            case INTERRUPTED -> JobState.INTERRUPTED;
            default -> JobState.FAILED;
          };
      reportEnd(job, state, what, attempt.times().wall());
    }
  }

  private void reportEnd(String job, JobState state, String what, long wall) {
    report.accept(new Event.JobEnded(job, state, details(job, what, wall)));
  }

  private Event.Details details(String job, String what, long wall) {
    Path log = what.isEmpty() ? null : new JobFiles(place, job).log();
    Event.Log shown =
        log == null ? null : new Event.Log(log, place.root(), 0, Event.WhenShown.FAILURE);
    return new Event.Details(what, "", shown, Math.max(0, wall), -1, -1);
  }

  private void reportFinish() {
    if (build == null) {
      note("the build has ended; nothing had to run");
    } else if (build.end().exit() < 0) {
      noteKilled("");
    } else {
      Map<JobState, Integer> counts = new EnumMap<>(JobState.class);
      build.counts().forEach((state, n) -> counts.put(JobState.valueOf(state), n));
      exit = build.end().exit();
      var end = build.end();
      report.accept(new Event.Finished(build.id(), counts, end.use(), end.nanos(), exit));
    }
  }

  private void noteNone(Cache cache) {
    build = cache.builds(1).stream().findFirst().orElse(null);
    if (build != null && build.end().exit() < 0) {
      noteKilled("no build is running; ");
    } else {
      note("no build is running");
    }
  }

  private void noteKilled(String before) {
    note(before + "build " + build.id().number() + " was killed; run torc to go on");
    exit = Exit.TROUBLE;
  }

  private void note(String line) {
    report.accept(new Event.Note(Event.Level.INFO, line));
  }

  /**
   * Returns the duration of a job's last run in nanoseconds; negative if it failed or there was
   * none.
   */
  static long took(JobResult result) {
    return result == null || !result.outcome().isGood() || result.wall() <= 0 ? -1 : result.wall();
  }

  @Override
  public long expected(String job) {
    return took.getOrDefault(job, -1L);
  }
}
