package dev.torc.machine;

/**
 * What the processes of an attempt used in all; -1 for what is not known.
 *
 * @param user nanoseconds of CPU time in programs, of the processes that were waited for
 * @param system nanoseconds of CPU time in the kernel, likewise
 * @param peak bytes of memory of the whole tree at its highest sample
 * @param read bytes that a disk gave; what the system had in memory does not count
 * @param written bytes for a disk, counted when they are written to the file
 */
public record Usage(long user, long system, long peak, long read, long written) {

  /** Nothing is known of it. */
  public static final Usage UNKNOWN = new Usage(-1, -1, -1, -1, -1);

  /** No process was started. */
  public static final Usage NOTHING = new Usage(0, 0, -1, 0, 0);

  /** User and system time together; -1 unknown. */
  public long cpu() {
    return user < 0 || system < 0 ? -1 : user + system;
  }

  /** The same with a sampled peak of memory. */
  public Usage withPeak(long bytes) {
    return new Usage(user, system, bytes, read, written);
  }
}
