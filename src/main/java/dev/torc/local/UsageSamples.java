package dev.torc.local;

import dev.torc.machine.Series;
import dev.torc.machine.Series.Usage;

/**
 * What one attempt uses over time: the highest memory, and a series. The thread of {@link RunWatch}
 * looks at the memory of short attempts and of those with a limit; {@link UsageSampler} adds what
 * it measures of all others. It ends nothing: {@link ProcessRun} enforces the limit.
 */
final class UsageSamples {

  private static final long MILLISECOND = 1_000_000;
  private static final long FIRST = 50 * MILLISECOND; // shorter jobs go unseen
  private static final long SOON = 20 * MILLISECOND; // where there is a memory limit
  private static final long CONFIRM = 10 * MILLISECOND;
  private static final long RARELY = 500 * MILLISECOND;
  private static final long OFTEN = 100 * MILLISECOND; // where there is a memory limit
  private static final int THOROUGH = 8; // every eighth sample looks for orphans too

  private final ProcessTree tree;
  private final long limit;
  private final long begin;

  // written by the watch only
  private long interval;
  private long next;
  private int samples;
  private boolean above;

  // guarded by this
  private long peak = -1;
  private Series series;
  private Series.Point now;
  private long cpuBefore; // nanoseconds of CPU time at the last sample
  private long sampledBefore; // when that was; 0 for none

  /** Begins without samples; the limit is bytes of memory, 0 for none. */
  UsageSamples(ProcessTree tree, long limit, long begin) {
    this.tree = tree;
    this.limit = limit;
    this.begin = begin;
    this.interval = limit > 0 ? SOON : FIRST;
    this.next = begin + interval;
  }

  /** Returns when {@link #sample} is to be called next, by {@link System#nanoTime}. */
  long next() {
    return next;
  }

  /** Looks at the memory; returns its bytes if they exceed the limit twice in a row, else 0. */
  long sample() {
    long start = System.nanoTime();
    long memory = tree.memory(++samples % THOROUGH == 0);
    raisePeak(memory);
    boolean before = above;
    above = limit > 0 && memory > limit;
    long end = System.nanoTime();
    interval = above ? CONFIRM : interval(interval, end - start, limit > 0);
    next = end + interval;
    return above && before ? memory : 0; // a process between fork and exec counts twice for once
  }

  private synchronized void raisePeak(long memory) {
    peak = memory > 0 ? Math.max(peak, memory) : peak;
  }

  /**
   * Adds what the sampler measured at {@code time} by {@link System#nanoTime}, and all its GPUs.
   */
  synchronized void add(long time, ProcessPass.Use use, GpuLoad.Load gpus) {
    raisePeak(use.memory());
    long passed = time - (sampledBefore == 0 ? begin : sampledBefore);
    if (passed <= 0) {
      return;
    }
    long cpu = Math.max(0, use.cpu() - cpuBefore);
    cpuBefore = Math.max(cpuBefore, use.cpu());
    sampledBefore = time;
    long busy = cpu * 100 / passed;
    now = new Series.Point(time - begin, busy, use.memory(), gpus.busy(), gpus.memory());
    if (series == null) {
      series = new Series(System.currentTimeMillis() - (time - begin) / MILLISECOND);
    }
    series.add(now);
  }

  /** Returns what the attempt used at the last look of the sampler; null before the first. */
  synchronized Series.Point now() {
    return now;
  }

  /** Returns the series of the sampler; null if there was no sample. */
  synchronized Series series() {
    return series;
  }

  /** Adds the peak of memory and the use of GPUs to what processes used. */
  synchronized Usage complete(Usage used) {
    return used.withPeak(peak).withGpus(series);
  }

  /** Returns nanoseconds to the next sample: 20 times the last one's cost, less with a limit. */
  static long interval(long last, long cost, boolean limited) {
    return limited
        ? Math.clamp(20 * cost, Math.min(last * 2, OFTEN), RARELY)
        : Math.max(20 * cost, Math.min(last * 2, RARELY));
  }
}
