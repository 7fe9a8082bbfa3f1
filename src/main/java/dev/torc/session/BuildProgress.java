package dev.torc.session;

import dev.torc.engine.BuildLoop;
import dev.torc.engine.BuildSetup;
import dev.torc.engine.Event;
import dev.torc.engine.TimeLeft;
import dev.torc.exec.Runner;
import dev.torc.machine.Series;
import dev.torc.report.Progress;
import java.util.Map;

/**
 * What a live report asks of a build that runs: keeps the model of the time left up to date by the
 * events, and asks it no more often than it is worth.
 */
final class BuildProgress implements Progress {

  /** The least time between two looks ahead, in nanoseconds; between them the clock counts down. */
  private static final long PERIOD = 1_000_000_000L;

  /** A look ahead may take such a part of the time, of a large build. */
  private static final int SHARE = 50;

  private final TimeLeft model;
  private final Runner runner;
  private final BuildLoop build;

  /** Over so many nanoseconds the model's clock is compared with the real one. */
  private static final double MEMORY = 10e9;

  private static final double SLOWEST = 0.2;
  private static final double FASTEST = 5;

  // of the report's thread
  private long modelled = -1; // what the model said last
  private long left = -1;
  private long asked;
  private long next = Long.MIN_VALUE;
  private double speed = 1; // nanoseconds of the model that pass in one of the clock

  BuildProgress(BuildSetup setup, BuildLoop build) {
    this.model = new TimeLeft(setup.plan(), setup.limits());
    this.runner = setup.shared().runner();
    this.build = build;
  }

  /** Takes an event, on the thread of the events. */
  void accept(Event event) {
    if (event instanceof Event.JobStarted started) {
      model.started(started.job(), System.nanoTime());
    } else if (event instanceof Event.JobRetried retried) {
      model.waits(retried.job());
    } else if (event instanceof Event.JobEnded ended) {
      model.ended(ended.job(), ended.details().wall());
    } else if (event instanceof Event.Expanded) {
      model.over(build.context());
    }
  }

  @Override
  public long left() {
    long now = System.nanoTime();
    if (now - next >= 0 || next == Long.MIN_VALUE) {
      left = corrected(model.left(now), now - asked);
      asked = now;
      long cost = System.nanoTime() - now;
      next = now + Math.max(PERIOD, SHARE * cost);
    }
    return left < 0 ? -1 : Math.max(0, left - (now - asked));
  }

  /** What the model leaves out (torc's own work, a busy machine) shows in how it fell behind. */
  private long corrected(long now, long passed) {
    if (modelled >= 0 && now >= 0) {
      double seen = Math.clamp((modelled - now) / (double) passed, 0, FASTEST);
      speed += (seen - speed) * Math.min(1, passed / MEMORY);
    }
    modelled = now;
    return now < 0 ? -1 : (long) (now / Math.clamp(speed, SLOWEST, FASTEST));
  }

  @Override
  public long expected(String job) {
    return model.expected(job);
  }

  @Override
  public Map<String, Series.Point> uses() {
    return runner.uses();
  }
}
