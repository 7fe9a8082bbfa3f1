package dev.torc.features.pace;

import dev.torc.core.attempt.Attempt;
import dev.torc.core.attempt.AttemptOutcome;
import dev.torc.core.attempt.Event;
import dev.torc.core.run.BuildListener;
import dev.torc.core.run.BuildState;
import dev.torc.core.run.StartGate;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * {@code -l}: starts nothing while the machine's load is above a limit, but always one job. The
 * load is an average over a minute, so each job that started since the last look counts as one
 * more.
 */
public final class LoadLimit implements StartGate, BuildListener {

  static final long SECOND = 1_000_000_000;
  private static final Path AVERAGES = Path.of("/proc/loadavg");

  private final double most;
  private final DoubleSupplier load;
  private final LongSupplier clock;
  private final Runnable later;
  private int running;
  private double seen; // with the jobs that started since
  private long looked;
  private boolean fresh;

  public LoadLimit(double most, BuildState state) {
    this(most, LoadLimit::now, System::nanoTime, () -> wake(state));
  }

  /**
   * @param later has the loop ask again in a second
   */
  LoadLimit(double most, DoubleSupplier load, LongSupplier clock, Runnable later) {
    this.most = most;
    this.load = load;
    this.clock = clock;
    this.later = later;
  }

  @Override
  public boolean mayStart() {
    if (running == 0) {
      return true;
    }
    if (!fresh || clock.getAsLong() - looked >= SECOND) {
      looked = clock.getAsLong();
      seen = load.getAsDouble();
      fresh = true;
    }
    if (seen > most) {
      later.run();
    }
    return seen <= most;
  }

  @Override
  public void follow(Event event) {
    if (event instanceof Event.JobStarted) {
      running++;
      seen++;
    }
  }

  @Override
  public void noteRun(Attempt attempt, AttemptOutcome outcome) {
    running = Math.max(0, running - 1);
  }

  /** Returns the average number of processes that ran or waited during the last minute. */
  private static double now() {
    try {
      return Double.parseDouble(Files.readString(AVERAGES).split(" ", 2)[0]);
    } catch (IOException | NumberFormatException e) {
      return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }
  }

  private static void wake(BuildState state) {
    Thread.ofPlatform()
        .daemon()
        .name("torc-load")
        .start(
            () -> {
              try {
                Thread.sleep(SECOND / 1_000_000);
                state.post(() -> {});
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }
}
