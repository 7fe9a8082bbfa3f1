package dev.torc.base.machine;

import dev.torc.base.bytes.ByteReader;
import dev.torc.base.bytes.ByteWriter;

/**
 * CPU, memory and GPU use over time, of an attempt or of the machine, in at most {@value #MOST}
 * points. When all points are used, each pair of neighbors is merged into one, and from then on a
 * point covers twice the time. This class takes no samples; {@link Usage} has totals. Safe for use
 * by several threads.
 */
public final class Series {

  /** The maximum number of points, which is one per second for four minutes. */
  public static final int MOST = 240;

  /**
   * The use since the previous point: for CPUs and GPUs the average in hundredths of one, for
   * memory the maximum in bytes. {@code time} is the end of the point in nanoseconds since the
   * start of the series. Values of unknown GPUs are -1.
   */
  public record Point(long time, long cpu, long memory, long gpu, long gpuMemory) {}

  private static final long MILLISECOND = 1_000_000;

  /** Memory is stored in units of this many bytes, and times in milliseconds. */
  private static final long MEMORY = 1 << 16;

  private final long began;
  private final Point[] points = new Point[MOST];
  private int size;

  /** The number of samples in a full point; {@code open} has {@code gathered} samples so far. */
  private int stride = 1;

  private Point open;
  private int gathered;

  /** Creates an empty series that starts at a time in milliseconds since 1970. */
  public Series(long began) {
    this.began = began;
  }

  public long began() {
    return began;
  }

  /** Adds a sample, which must be later than all earlier ones. */
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

  /** Merges two neighbors, weighted by the time that each covers. */
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

  /** Returns the number of points, including one that is not full yet. */
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

  /** Encodes the series, with a few bytes for each point; {@link #of} decodes it. */
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
    for (int i = 0; known && i < size(); i++) { // older versions read only up to here
      long now = at(i).gpuMemory < 0 ? -1 : at(i).gpuMemory / MEMORY;
      out.number(now - memory);
      memory = now;
    }
    return out.bytes();
  }

  /**
   * Decodes a series, with times in whole milliseconds and memory in whole units of 64 KiB. Throws
   * {@link IndexOutOfBoundsException} or {@link IllegalArgumentException} for other bytes.
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
    for (int i = 0; i < count && (i > 0 || !in.isAtEnd()); i++) { // older series lack this
      memory += in.number();
      Point of = series.points[i];
      long gpu = memory < 0 ? -1 : memory * MEMORY;
      series.points[i] = new Point(of.time, of.cpu, of.memory, of.gpu, gpu);
    }
    series.size = (int) count;
    return series;
  }

  /**
   * Totals of an attempt. Unknown values are -1.
   *
   * @param user nanoseconds of CPU time in user mode, of processes that were waited for
   * @param system the same in kernel mode
   * @param peak the highest memory sample of the process tree, in bytes
   * @param read bytes that were read from disks, not from the system's cache
   * @param written bytes for disks, counted when a process writes them
   * @param gpu the average use of GPUs in hundredths of one
   */
  public record Usage(
      long user, long system, long peak, long read, long written, long gpu, long gpuMemory) {

    /** Creates totals with unknown GPU use. */
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

    /** Returns this usage with the GPU use of a series, which may be null. */
    public Usage withGpus(Series series) {
      Point whole = series == null ? null : series.whole();
      return whole == null ? this : withGpus(whole.gpu, whole.gpuMemory);
    }
  }
}
