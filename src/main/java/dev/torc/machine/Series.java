package dev.torc.machine;

import dev.torc.bytes.ByteReader;
import dev.torc.bytes.ByteWriter;

/**
 * What was used over time, by the processes of an attempt or by the machine: points in columns,
 * {@value #MOST} at most. When all are taken, each two neighbors become one, and from then on each
 * point stands for twice the time, so a series of any length has the same bound. It takes no
 * samples. Safe for use by several threads. What was used in all is a {@link Usage}.
 */
public final class Series {

  /** The most points that a series has: a second each for the first four minutes. */
  public static final int MOST = 240;

  /**
   * A point.
   *
   * @param time nanoseconds from the begin of the series to the point's end
   * @param cpu hundredths of a CPU that were busy since the point before, on average
   * @param memory bytes in use, the highest since the point before
   * @param gpu hundredths of a GPU that were busy, on average; -1 unknown
   * @param gpuMemory bytes in use on GPUs, the highest since the point before; -1 unknown
   */
  public record Point(long time, long cpu, long memory, long gpu, long gpuMemory) {}

  private static final long MILLISECOND = 1_000_000;

  /** Bytes. Memory is stored in this unit, times in milliseconds; all columns as differences. */
  private static final long MEMORY = 1 << 16;

  private final long began;
  private final Point[] points = new Point[MOST];
  private int size;

  /** How many samples a point stands for; {@code open} has {@code gathered} of them so far. */
  private int stride = 1;

  private Point open;
  private int gathered;

  /**
   * Creates an empty series.
   *
   * @param began milliseconds since 1970
   */
  public Series(long began) {
    this.began = began;
  }

  /** Returns milliseconds since 1970 at its begin. */
  public long began() {
    return began;
  }

  /** Adds a sample, which comes after all others. */
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

  /** Makes two neighbors one point, weighted by the time that each stands for. */
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

  /** Returns how many points it has, the last one included, which may not be full. */
  public synchronized int size() {
    return size + (open == null ? 0 : 1);
  }

  /** Returns a point, from 0. */
  public synchronized Point at(int index) {
    return index == size && open != null ? open : points[index];
  }

  /** Returns all points as one; null if there is none. */
  synchronized Point whole() {
    Point whole = null;
    for (int i = 0; i < size(); i++) {
      whole = whole == null ? at(i) : merge(whole, at(i), 0);
    }
    return whole;
  }

  /**
   * Returns the series as bytes, for {@link #of}: differences from point to point, a few bytes
   * each.
   */
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
   * Reads a series back; times are exact to the millisecond then, memory to 64 KiB.
   *
   * @throws IndexOutOfBoundsException where the bytes are cut off
   * @throws IllegalArgumentException where they are no series
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
   * What the processes of an attempt used in all; -1 for what is not known.
   *
   * @param user nanoseconds of CPU time in programs, of the processes that were waited for
   * @param system nanoseconds of CPU time in the kernel, of the same processes
   * @param peak bytes of memory of the whole tree at its highest sample
   * @param read bytes that a disk gave; what the system had in memory does not count
   * @param written bytes for a disk, counted when they are written to the file
   * @param gpu hundredths of a GPU that were busy, on average
   * @param gpuMemory bytes of memory of its GPUs at the highest sample
   */
  public record Usage(
      long user, long system, long peak, long read, long written, long gpu, long gpuMemory) {

    /** Creates what an attempt used that has no GPU, or of whose GPUs nothing is known. */
    public Usage(long user, long system, long peak, long read, long written) {
      this(user, system, peak, read, written, -1, -1);
    }

    /** Nothing is known of it. */
    public static final Usage UNKNOWN = new Usage(-1, -1, -1, -1, -1);

    /** No process was started. */
    public static final Usage NOTHING = new Usage(0, 0, -1, 0, 0);

    /** Returns user and system time together; -1 unknown. */
    public long cpu() {
      return user < 0 || system < 0 ? -1 : user + system;
    }

    /** Returns this usage with a sampled peak of memory, in bytes. */
    public Usage withPeak(long bytes) {
      return new Usage(user, system, bytes, read, written, gpu, gpuMemory);
    }

    /** Returns this usage with what was used of GPUs. */
    public Usage withGpus(long busy, long memory) {
      return new Usage(user, system, peak, read, written, busy, memory);
    }

    /** Returns this usage with what a series tells of the GPUs; null for no series. */
    public Usage withGpus(Series series) {
      Point whole = series == null ? null : series.whole();
      return whole == null ? this : withGpus(whole.gpu, whole.gpuMemory);
    }
  }
}
