package dev.torc.core.here;

import dev.torc.base.machine.GpuLoad;
import dev.torc.base.machine.Series;
import dev.torc.base.machine.Series.Usage;

/**
 * The resource use of one attempt: its peak memory, and a series over time. The thread of {@link
 * LimitTimer} measures the memory of short attempts and of those with a memory limit; {@link
 * UsageSampler} adds its samples of longer ones. {@link ProcessRun} enforces the limit.
 */
final class UsageSamples {

  private static final long MILLISECOND = 1_000_000;
  private static final long FIRST = 50 * MILLISECOND; // shorter jobs have no sample
  private static final long SOON = 20 * MILLISECOND; // the same with a memory limit
  private static final long CONFIRM = 10 * MILLISECOND;
  private static final long YOUNG = 20_000 * MILLISECOND;
  private static final long RARELY = 500 * MILLISECOND;
  private static final long OFTEN = 100 * MILLISECOND; // the same with a memory limit
  private static final int THOROUGH = 8; // every eighth sample looks for orphans too

  private final ProcessTree tree;
  private final long limit;
  private final long begin;

  // The fields below are written only by the thread of LimitTimer.
  private long interval;
  private long next;
  private int samples;
  private boolean above;

  // The fields below are guarded by this.
  private long peak = -1;
  private Series series;
  private Series.Point now;
  private long cpuBefore; // nanoseconds of CPU time at the last sample
  private long sampledBefore; // time of the last sample; 0 for none

  /** Creates an object without samples; {@code limit} is bytes of memory, or 0 for none. */
  UsageSamples(ProcessTree tree, long limit, long begin) {
    this.tree = tree;
    this.limit = limit;
    this.begin = begin;
    this.interval = limit > 0 ? SOON : FIRST;
    this.next = begin + interval;
  }

  /** Returns when to call {@link #sample} next, by {@link System#nanoTime}. */
  long next() {
    return next;
  }

  /** Returns whether the attempt began less than 20 s before a {@link System#nanoTime}. */
  boolean isYoung(long now) {
    return now - begin < YOUNG;
  }

  /** Measures the memory; returns its bytes if it exceeded the limit twice in a row, else 0. */
  long sample() {
    long start = System.nanoTime();
    long memory = tree.memory(++samples % THOROUGH == 0);
    raisePeak(memory);
    boolean before = above;
    above = limit > 0 && memory > limit;
    long end = System.nanoTime();
    interval = above ? CONFIRM : interval(interval, end - start, limit > 0);
    next = end + interval;
    return above && before ? memory : 0; // between fork and exec, memory may count twice
  }

  private synchronized void raisePeak(long memory) {
    peak = memory > 0 ? Math.max(peak, memory) : peak;
  }

  /**
   * Adds a sample taken at {@code time}, by {@link System#nanoTime}; {@code gpus} is the sum of the
   * attempt's GPUs.
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

  /** Returns the last sample; null before the first. */
  synchronized Series.Point now() {
    return now;
  }

  /** Returns the series of samples; null if there are none. */
  synchronized Series series() {
    return series;
  }

  /** Returns the use of processes with the peak memory and the use of GPUs added. */
  synchronized Usage complete(Usage used) {
    return used.withPeak(peak).withGpus(series);
  }

  /** Returns the nanoseconds to the next sample, which grow with each sample and its cost. */
  static long interval(long last, long cost, boolean limited) {
    return Math.clamp(20 * cost, Math.min(last * 2, limited ? OFTEN : RARELY), RARELY);
  }
}
