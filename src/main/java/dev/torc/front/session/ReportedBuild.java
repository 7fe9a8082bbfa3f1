package dev.torc.front.session;

import dev.torc.base.machine.Series;
import dev.torc.base.posix.Signals;
import dev.torc.core.attempt.AttemptPart;
import dev.torc.core.attempt.BuildSetup;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import dev.torc.core.here.Runner;
import dev.torc.core.model.Job.Resources;
import dev.torc.core.run.BuildLoop;
import dev.torc.front.project.BuildWatcher;
import dev.torc.front.show.Profile;
import dev.torc.front.show.Report;
import dev.torc.front.show.Report.Progress;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Passes a build's events to a report, and signals to the build. A live report gets its estimates
 * here: this class passes the events to {@link TimeLeft} as well, and limits how often it computes
 * the time.
 */
final class ReportedBuild implements BuildWatcher, Progress {

  /** The least time between two estimates, in nanoseconds; between them the clock counts down. */
  private static final long PERIOD = 1_000_000_000L;

  /** In a large build, the next estimate waits this many times as long as the last one took. */
  private static final int SHARE = 50;

  private final Report report;
  private final Profile profile;
  private final boolean all;
  private final Signals signals;

  // set for a live report, while jobs may run
  private TimeLeft time;
  private Features features;
  private Runner runner;
  private BuildLoop build;
  private long stopped; // when torc was stopped or continued

  // used by the report's thread
  private long remaining = -1;
  private long asked;
  private long next = Long.MIN_VALUE;

  /** Takes the arguments of {@link BuildSession#run(long, Report, Profile, boolean, Signals)}. */
  ReportedBuild(Report report, Profile profile, boolean all, Signals signals) {
    this.report = report;
    this.profile = profile;
    this.all = all;
    this.signals = signals;
  }

  @Override
  public void accept(Event event) {
    if (time != null) {
      follow(event);
    }
    report.accept(event);
  }

  private void follow(Event event) {
    if (event instanceof Event.JobStarted started) {
      time.started(started.job(), System.nanoTime());
    } else if (event instanceof Event.JobEnded ended) {
      time.ended(ended.job(), ended.state() == JobState.RAN ? ended.details().wall() : 0);
    } else if (event instanceof Event.JobSubmitted out) {
      time.submitted(out.job());
    } else if (event instanceof Event.Expanded) {
      time.add(build.context(), null);
    }
  }

  @Override
  public boolean wantsAll() {
    return all;
  }

  @Override
  public boolean wantsCommands() {
    return all;
  }

  @Override
  public void planning() {
    if (profile != null) {
      profile.phase("plan");
    }
  }

  @Override
  public Signals.Handling probing(IntConsumer end) {
    return signals.during(end);
  }

  @Override
  public AttemptPart.PartMaker parts(AttemptPart.PartMaker own) {
    features = (Features) own;
    return own;
  }

  @Override
  public Signals.Handling running(BuildSetup setup, BuildLoop loop) {
    report.follow(() -> progress(setup, loop));
    return signals.during(loop::signal, stop -> pause(setup.common().machines().runner(), stop));
  }

  /** Stops the jobs and the live lines before torc stops, or continues them afterwards. */
  private void pause(Runner jobs, boolean stop) {
    jobs.pause(stop);
    long now = System.nanoTime();
    if (time != null && !stop) {
      time.stopped(now - stopped);
    }
    stopped = now;
    report.pause(stop);
  }

  private Progress progress(BuildSetup setup, BuildLoop loop) {
    runner = setup.common().machines().runner();
    build = loop;
    time = new TimeLeft(setup.plan(), setup.amounts().limits().get(Resources.CPUS));
    return this;
  }

  @Override
  public long remaining() {
    long now = System.nanoTime();
    if (now - next >= 0 || next == Long.MIN_VALUE) {
      remaining = time.remaining(now);
      asked = now;
      long cost = System.nanoTime() - now;
      next = now + Math.max(PERIOD, SHARE * cost);
    }
    return remaining < 0 ? -1 : Math.max(0, remaining - (now - asked));
  }

  @Override
  public long expected(String job) {
    return time.expected(job);
  }

  @Override
  public int due(String group) {
    return time.due(group);
  }

  @Override
  public Map<String, Series.Point> uses() {
    return runner.uses();
  }

  @Override
  public String fetched(String job) {
    return features.progress(job);
  }
}
