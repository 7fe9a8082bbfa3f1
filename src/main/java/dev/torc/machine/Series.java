package dev.torc.machine;

import dev.torc.bytes.ByteReader;
import dev.torc.bytes.ByteWriter;

/**
 * CPU, memory and GPU over time, of an attempt or of the machine: at most {@value #MOST} points.
 * When all are taken, each two neighbors become one, and from then on a point stands for twice the
 * time. It takes no samples; totals are a {@link Usage}. Safe for use by several threads.
 */
public final class Series {

  /** A point for each second of the first four minutes. */
  public static final int MOST = 240;

  /**
   * The use since the last point: CPUs and GPUs in hundredths on average, memory in bytes at its
   * highest. {@code time} is when the point ends, in nanoseconds from the series' beginning. -1
   * stands for unknown GPUs.
   */
  public record Point(long time, long cpu, long memory, long gpu, long gpuMemory) {}

  private static final long MILLISECOND = 1_000_000;

  /** Memory is stored in units of so many bytes, and times in milliseconds. */
  private static final long MEMORY = 1 << 16;

  private final long began;
  private final Point[] points = new Point[MOST];
  private int size;

  /** Samples that a point stands for; {@code open} has {@code gathered} samples so far. */
  private int stride = 1;

  private Point open;
  private int gathered;

  /** Starts an empty series at a moment in milliseconds since 1970. */
  public Series(long began) {
    this.began = began;
  }

  public long began() {
    return began;
  }

  /** Adds a sample that is later than all others. */
  public synchronized void add(Point sample) {
    open = open == null ? sample : merge(open, sample, size == 0 ? 0 : points[size - 1].time);
    if (++gathered < stride) {
      return;
    }
    points[size++] = open;
    open = null;
    gathered = 0;
    if (size == MOST) {
      for (int i = 0; i < MOST / 2; i++) {
        points[i] = merge(points[2 * i], points[2 * i + 1], i == 0 ? 0 : points[i - 1].time);
      }
      size = MOST / 2;
      stride *= 2;
    }
  }

  /** Merges two neighbors, weighted by the time that each stands for. */
  private static Point merge(Point first, Point second, long from) {
    long one = Math.max(1, first.time - from);
    long two = Math.max(1, second.time - first.time);
    return new Point(
        second.time,
        Math.round((first.cpu * one + second.cpu * two) / (double) (one + two)),
        Math.max(first.memory, second.memory),
        first.gpu < 0 || second.gpu < 0
            ? Math.max(first.gpu, second.gpu)
            : Math.round((first.gpu * one + second.gpu * two) / (double) (one + two)),
        Math.max(first.gpuMemory, second.gpuMemory));
  }

  /** Returns the number of points, counting one that is not full yet. */
  public synchronized int size() {
    return size + (open == null ? 0 : 1);
  }

  public synchronized Point at(int index) {
    return index == size && open != null ? open : points[index];
  }

  synchronized Point whole() {
    Point whole = null;
    for (int i = 0; i < size(); i++) {
      whole = whole == null ? at(i) : merge(whole, at(i), 0);
    }
    return whole;
  }

  /** Writes the series as bytes, a few for each point; {@link #of} reads them. */
  public synchronized byte[] bytes() {
    ByteWriter out = new ByteWriter(0);
    out.number(began);
    out.number(size());
    Point before = new Point(0, 0, 0, 0, 0);
    for (int i = 0; i < size(); i++) {
      Point now = at(i);
      out.number(now.time / MILLISECOND - before.time / MILLISECOND);
      out.number(now.cpu - before.cpu);
      out.number(now.memory / MEMORY - before.memory / MEMORY);
      out.number(now.gpu - before.gpu);
      before = now;
    }
    long memory = 0;
    boolean known = size() > 0 && whole().gpuMemory >= 0;
    for (int i = 0; known && i < size(); i++) { // apart, since earlier torcs read as far as this
      long now = at(i).gpuMemory < 0 ? -1 : at(i).gpuMemory / MEMORY;
      out.number(now - memory);
      memory = now;
    }
    return out.bytes();
  }

  /**
   * Reads a series back, with times in milliseconds and memory in units of 64 KiB. Other bytes
   * throw {@link IndexOutOfBoundsException} or {@link IllegalArgumentException}.
   */
  public static Series of(byte[] bytes) {
    ByteReader in = new ByteReader(bytes, 0);
    Series series = new Series(in.number());
    long count = in.number();
    if (count < 0 || count > MOST) {
      throw new IllegalArgumentException(count + " points");
    }
    long[] sum = new long[4];
    for (int i = 0; i < count; i++) {
      for (int column = 0; column < sum.length; column++) {
        sum[column] += in.number();
      }
      series.points[i] = new Point(sum[0] * MILLISECOND, sum[1], sum[2] * MEMORY, sum[3], -1);
    }
    long memory = 0;
    for (int i = 0; i < count && (i > 0 || !in.isAtEnd()); i++) { // a series of an earlier torc
      memory += in.number();
      Point of = series.points[i];
      long gpu = memory < 0 ? -1 : memory * MEMORY;
      series.points[i] = new Point(of.time, of.cpu, of.memory, of.gpu, gpu);
    }
    series.size = (int) count;
    return series;
  }

  /**
   * Totals of an attempt; -1 for unknown ones.
   *
   * @param user nanoseconds of CPU time in programs, of processes that were waited for
   * @param system the same in the kernel
   * @param peak highest sample of memory of the whole tree, in bytes
   * @param read bytes from disks, not from the system's cache
   * @param written bytes for disks, counted when they are written to the file
   * @param gpu hundredths of a GPU, on average
   */
  public record Usage(
      long user, long system, long peak, long read, long written, long gpu, long gpuMemory) {

    /** Leaves the use of GPUs unknown. */
    public Usage(long user, long system, long peak, long read, long written) {
      this(user, system, peak, read, written, -1, -1);
    }

    public static final Usage UNKNOWN = new Usage(-1, -1, -1, -1, -1);

    /** The totals of an attempt that started no process. */
    public static final Usage NOTHING = new Usage(0, 0, -1, 0, 0);

    public long cpu() {
      return user < 0 || system < 0 ? -1 : user + system;
    }

    public Usage withPeak(long bytes) {
      return new Usage(user, system, bytes, read, written, gpu, gpuMemory);
    }

    public Usage withGpus(long busy, long memory) {
      return new Usage(user, system, peak, read, written, busy, memory);
    }

    /** Returns this usage with what a series, which may be null, tells of the GPUs. */
    public Usage withGpus(Series series) {
      Point whole = series == null ? null : series.whole();
      return whole == null ? this : withGpus(whole.gpu, whole.gpuMemory);
    }
  }
}
