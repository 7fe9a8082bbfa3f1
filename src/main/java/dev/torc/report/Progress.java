package dev.torc.report;

import dev.torc.machine.Series;
import java.util.Map;

/**
 * What a report that moves asks of the build beside its events. Asked from the report's own thread;
 * an answer may take a moment, so no lock is held meanwhile.
 */
public interface Progress {

  /** Nothing is known. */
  Progress NONE =
      new Progress() {
        @Override
        public long left() {
          return -1;
        }

        @Override
        public long expected(String job) {
          return -1;
        }

        @Override
        public Map<String, Series.Point> uses() {
          return Map.of();
        }
      };

  /** Nanoseconds that the build is likely to go on; negative unknown. */
  long left();

  /** Nanoseconds that an attempt of a job is likely to take in all; negative unknown. */
  long expected(String job);

  /** What running jobs used of late; those that nobody looked at are not in. */
  Map<String, Series.Point> uses();
}
