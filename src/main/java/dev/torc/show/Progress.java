package dev.torc.show;

import dev.torc.machine.Series;
import java.util.Map;

/**
 * What a report that moves asks of the build beside its events. Asked from the report's own thread;
 * an answer may take a moment, so no lock is held meanwhile.
 */
public interface Progress {

  /** Nothing is known. */
  Progress NONE = new Progress() {};

  /** Nanoseconds that the build is likely to go on; negative unknown. */
  default long left() {
    return -1;
  }

  /** Nanoseconds that an attempt of a job is likely to take in all; negative unknown. */
  default long expected(String job) {
    return -1;
  }

  /** What running jobs used of late; those that were not looked at are not in. */
  default Map<String, Series.Point> uses() {
    return Map.of();
  }
}
