package dev.torc.base.syntax;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses durations and sizes in the notation of build files. {@code Amount} formats them.
 *
 * <p>A duration is {@code 90s}, {@code 1h30m}, {@code 2d}, {@code 500ms}, or ISO-8601 ({@code
 * PT10M}, {@code P0DT1H}); a number without a unit is refused. A size is {@code 4GiB}, {@code
 * 512MB}, {@code 1.5g}; a number without a unit is in gigabytes (10^9). K, M, G, T, with or without
 * B, are powers of 1000; Ki, Mi, Gi, Ti are powers of 1024.
 */
public final class Quantity {

  private static final long SECOND = 1_000_000_000L;

  private static final int MAX_LENGTH = 100;
  private static final String NUMBER = "\\d+(\\.\\d+)?";
  private static final Pattern PART =
      Pattern.compile("\\G(?<number>" + NUMBER + ")(?<unit>ms|min|[smhd])");
  private static final Pattern SIZE = Pattern.compile("\\d+(\\.\\d+)?(?![.\\d])");

  private static final Pattern UNIT = Pattern.compile("[0-9.]+\\s*([kKmMgGtT][iI]?[bB]?|[bB])");

  private Quantity() {}

  /** Returns whether a text is a size with a unit. */
  public static boolean hasUnit(String text) {
    return UNIT.matcher(text.strip()).matches();
  }

  /**
   * Returns a duration in nanoseconds, rounded up.
   *
   * @throws IllegalArgumentException with the reason if it is invalid, negative or too large for a
   *     long
   */
  public static long duration(String text) {
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

  private static String shown(String text) {
    return text.isBlank() ? "(empty)" : "`" + text + "`";
  }

  /**
   * Returns a size in bytes, rounded up.
   *
   * @throws IllegalArgumentException with the reason if it is invalid, negative or too large for a
   *     long
   */
  public static long size(String text) {
    String s = text.strip();
    Matcher number = SIZE.matcher(s);
    if (!number.lookingAt() || number.end() > 30) {
      throw new IllegalArgumentException("invalid size " + shown(text) + "; use 4GiB or 512MB");
    }
    long factor =
        switch (s.substring(number.end()).strip().toLowerCase(Locale.ROOT)) {
          case "" -> 1_000_000_000L;
          case "b" -> 1L;
          case "k", "kb" -> 1_000L;
          case "m", "mb" -> 1_000_000L;
          case "g", "gb" -> 1_000_000_000L;
          case "t", "tb" -> 1_000_000_000_000L;
          case "ki", "kib" -> 1L << 10;
          case "mi", "mib" -> 1L << 20;
          case "gi", "gib" -> 1L << 30;
          case "ti", "tib" -> 1L << 40;
          default ->
              throw new IllegalArgumentException(
                  text + " has no unit of size; write it like 4GiB or 512MB");
        };
    BigDecimal bytes =
        new BigDecimal(number.group())
            .multiply(BigDecimal.valueOf(factor))
            .setScale(0, RoundingMode.CEILING);
    if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw new IllegalArgumentException(text + " is more than any machine has");
    }
    return bytes.longValueExact();
  }
}
