package dev.torc.syntax;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Spans of time as people write them: {@code 90s}, {@code 1h30m}, {@code 2d}, {@code 500ms}, or
 * ISO-8601 ({@code PT10M}, {@code P0DT1H}). A bare number has no unit and is refused.
 */
public final class Durations {

  private static final long SECOND = 1_000_000_000L;

  private static final int MAX_LENGTH = 100;
  private static final String NUMBER = "\\d+(\\.\\d+)?";
  private static final Pattern PART =
      Pattern.compile("\\G(?<number>" + NUMBER + ")(?<unit>ms|min|[smhd])");

  private Durations() {}

  /**
   * The nanoseconds, rounded up.
   *
   * @throws IllegalArgumentException with the reason if it is no duration, negative or beyond a
   *     long
   */
  public static long parse(String text) {
    String s = text.strip();
    try {
      return s.startsWith("P") || s.startsWith("p") ? iso(text, s) : units(text, s);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(text + " is longer than 292 years", e);
    }
  }

  private static long units(String text, String s) {
    if (s.length() < MAX_LENGTH && s.matches(NUMBER)) {
      throw new IllegalArgumentException(text + " has no unit; write " + text + "s, or 10m, 24h");
    }
    BigDecimal sum = BigDecimal.ZERO;
    long last = Long.MAX_VALUE;
    int end = 0;
    for (Matcher part = PART.matcher(s); s.length() < MAX_LENGTH && part.find(); end = part.end()) {
      long factor = factor(part.group("unit"));
      if (factor >= last) {
        throw bad(text);
      }
      last = factor;
      sum = sum.add(new BigDecimal(part.group("number")).multiply(BigDecimal.valueOf(factor)));
    }
    if (end == 0 || end < s.length()) {
      throw bad(text);
    }
    return sum.setScale(0, RoundingMode.CEILING).longValueExact();
  }

  private static long iso(String text, String s) {
    try {
      Duration duration = Duration.parse(s);
      if (duration.isNegative()) {
        throw bad(text);
      }
      return duration.toNanos();
    } catch (DateTimeParseException e) {
      throw bad(text);
    }
  }

  private static long factor(String unit) {
    return switch (unit) {
      case "ms" -> 1_000_000L;
      case "s" -> SECOND;
      case "m", "min" -> 60 * SECOND;
      case "h" -> 3600 * SECOND;
      default -> 86400 * SECOND;
    };
  }

  private static IllegalArgumentException bad(String text) {
    return new IllegalArgumentException(
        "invalid duration " + shown(text) + "; use 90s, 10m, 1h30m or PT10M");
  }

  /** Returns a text for a message that begins with it. */
  static String shown(String text) {
    return text.isBlank() ? "(empty)" : "`" + text + "`";
  }
}
