package dev.torc.core.here;

import dev.torc.base.machine.GpuLoad;
import dev.torc.base.machine.MachineLoad;
import dev.torc.base.machine.ProcessTable;
import dev.torc.base.machine.Series;
import dev.torc.base.posix.Environment;
import dev.torc.base.posix.ThreadEnd;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The one thread that samples the resource use of all attempts and of the machine: once a second,
 * or less often if sampling would take more than a hundredth of a core. But while an attempt is
 * {@linkplain UsageSamples#isYoung young}, it samples every two seconds, so that an attempt of some
 * seconds has samples too. It starts with the first attempt that is not short. Limits are enforced
 * by {@link LimitTimer}, not here.
 */
final class UsageSampler implements AutoCloseable {

  private static final long SECOND = 1_000_000_000L;

  static final int SHARE = 100;

  private final Collection<ProcessRun> running;
  private final Environment caller;
  private final CountDownLatch closing = new CountDownLatch(1);
  private Thread thread; // guarded by this, as series is
  private Series series;

  /** Creates an idle sampler; {@code caller} is the environment of the tools that it starts. */
  UsageSampler(Collection<ProcessRun> running, Environment caller) {
    this.running = running;
    this.caller = caller;
  }

  /** Starts sampling, unless it has started or there is no {@code /proc}. */
  synchronized void begin() {
    if (thread == null && closing.getCount() > 0 && ProcessTable.present()) {
      thread = Thread.ofPlatform().daemon().name("torc-sample").start(this::run);
    }
  }

  /** Returns the machine's use since {@link #begin}; null if sampling has not started. */
  synchronized Series machine() {
    return series;
  }

  private void run() {
    long begin = System.nanoTime();
    synchronized (this) {
      series = new Series(System.currentTimeMillis());
    }
    ProcessPass pass = new ProcessPass();
    MachineLoad machine = new MachineLoad(Path.of("/"));
    MachineLoad.Reading before = machine.read();
    try (GpuLoad gpus = new GpuLoad(caller.asMap())) {
      while (sleep(look(pass, gpus))) {
        MachineLoad.Reading now = machine.read();
        if (now != null && before != null) {
          synchronized (this) {
            series.add(now.since(before, System.nanoTime() - begin, gpus.all()));
          }
        }
        before = now;
      }
    }
  }

  /**
   * Returns how many nanoseconds to sleep {@code slept} nanoseconds after a sample that took {@code
   * cost}; none if the next sample is due.
   */
  static long rest(long cost, long slept, boolean young) {
    long usual = Math.max(SECOND, SHARE * cost);
    long soon = Math.min(usual, Math.max(cost, 2 * SECOND - cost));
    return slept < soon ? soon - slept : young ? 0 : Math.min(soon, usual - slept);
  }

  /** Sleeps after a sample that took {@code cost} nanoseconds; returns false once closed. */
  private boolean sleep(long cost) {
    long begin = System.nanoTime();
    try {
      for (long rest = rest(cost, 0, true); rest > 0; ) {
        if (closing.await(rest, TimeUnit.NANOSECONDS)) {
          return false;
        }
        long now = System.nanoTime();
        boolean young = running.stream().anyMatch(run -> run.samples.isYoung(now));
        rest = rest(cost, now - begin, young);
      }
      return true;
    } catch (InterruptedException unwanted) {
      return false; // only the end of the JVM interrupts this thread
    }
  }

  /** Samples the running attempts; returns how many nanoseconds that took. */
  private long look(ProcessPass pass, GpuLoad gpus) {
    long start = System.nanoTime();
    List<ProcessRun> runs = new ArrayList<>(running);
    if (runs.stream().anyMatch(run -> !run.gpus().isEmpty())) {
      gpus.begin();
    }
    if (!runs.isEmpty()) {
      List<ProcessPass.Use> uses = pass.measure(runs.stream().map(run -> run.tree).toList());
      long now = System.nanoTime();
      for (int i = 0; i < runs.size(); i++) {
        ProcessRun run = runs.get(i);
        run.samples.add(now, uses.get(i), gpus.ofJob(run.gpus(), run.tree.knownStarts().keySet()));
      }
    }
    return System.nanoTime() - start;
  }

  @Override
  public void close() {
    closing.countDown();
    Thread ending;
    synchronized (this) {
      ending = thread;
    }
    if (ending != null) {
      ThreadEnd.await(ending);
    }
  }
}
