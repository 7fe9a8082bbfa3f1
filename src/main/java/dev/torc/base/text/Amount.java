package dev.torc.base.text;

import static java.time.format.DateTimeFormatter.ISO_LOCAL_DATE_TIME;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Formats durations, times, sizes and counts for the user, and times for programs. */
public final class Amount {

  private static final String UNITS = "KMGTPE";

  private Amount() {}

  /**
   * Formats nanoseconds as {@code 1.2 s}, {@code 2 min 05 s} or {@code 3 h 04 min}. A negative
   * duration is unknown.
   */
  public static String time(long nanos) {
    if (nanos < 0) {
      return "unknown time";
    }
    long tenths = rounded(nanos, 100_000_000L);
    if (tenths < 600) {
      return tenths / 10 + "." + tenths % 10 + " s";
    }
    long seconds = rounded(nanos, 1_000_000_000L);
    if (seconds < 3600) {
      return both(seconds, "%d min", " %02d s");
    }
    long minutes = rounded(nanos, 60_000_000_000L);
    return both(minutes, "%d h", " %02d min");
  }

  /** Formats sixtieths of a unit; leaves the smaller unit out if it is 0. */
  private static String both(long sixtieths, String large, String small) {
    String all = sixtieths % 60 == 0 ? large : large + small;
    return String.format(Locale.ROOT, all, sixtieths / 60, sixtieths % 60);
  }

  /** An amount of a counter from which on it is shown as bytes. */
  public static final long BYTES = 1_000_000;

  /** Formats bytes as {@code 512 B}, {@code 1.5 KiB}, {@code 2.0 GiB}. */
  public static String size(long bytes) {
    return size(bytes, 1024, "i");
  }

  /** Formats bytes in powers of 1000 ({@code 4.0 GB}) or 1024, whichever {@code written} uses. */
  public static String size(long bytes, long written) {
    return isDecimal(written) ? size(bytes, 1000, "") : size(bytes);
  }

  /** Returns whether an amount is in powers of 1000: in whole megabytes, but not in whole GiB. */
  public static boolean isDecimal(long written) {
    return written % 1_000_000 == 0 && written % (1L << 30) != 0;
  }

  private static String size(long bytes, int step, String infix) {
    if (bytes < step) {
      return bytes + " B";
    }
    double tenths = 10.0 * bytes;
    int unit = -1;
    while (tenths >= 10 * step - 0.5) {
      tenths /= step;
      unit++;
    }
    // A format would load the number symbols of a locale, which takes 6 ms in each build.
    long all = Math.round(tenths);
    return all / 10 + "." + all % 10 + " " + UNITS.charAt(unit) + infix + "B";
  }

  /** Returns {@code 1 job}, {@code 2 jobs}. */
  public static String count(int n, String noun) {
    return n + " " + noun + (n == 1 ? "" : "s");
  }

  /** Formats millionths of a GPU as {@code 2 gpus} or {@code 0.25 gpus}. */
  public static String gpus(long millionths) {
    BigDecimal number = BigDecimal.valueOf(millionths, 6).stripTrailingZeros();
    return number.toPlainString() + (number.equals(BigDecimal.ONE) ? " gpu" : " gpus");
  }

  /** Formats hundredths of a CPU as {@code 1.5}. */
  public static String cpus(long hundredths) {
    long tenths = (hundredths + 5) / 10;
    return tenths / 10 + "." + tenths % 10;
  }

  private static long rounded(long nanos, long unit) {
    return (Math.max(0, nanos) + unit / 2) / unit;
  }

  /** Formats milliseconds since 1970 as local time, {@code 2026-11-20 10:01:02}. */
  public static String localTime(long millis) {
    Instant second = Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS);
    return ISO_LOCAL_DATE_TIME.format(second.atZone(ZoneId.systemDefault())).replace('T', ' ');
  }

  /** Formats milliseconds since 1970 as ISO 8601, in UTC. */
  public static String isoTime(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }
}
