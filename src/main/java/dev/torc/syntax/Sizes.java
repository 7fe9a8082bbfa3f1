package dev.torc.syntax;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Amounts of bytes as people write them: {@code 4GiB}, {@code 512MB}, {@code 1.5g}. A bare number
 * is gigabytes (10^9). K, M, G, T, with or without B, count by 1000; Ki, Mi, Gi, Ti by 1024.
 */
public final class Sizes {

  private static final Pattern NUMBER = Pattern.compile("\\d+(\\.\\d+)?(?![.\\d])");

  private Sizes() {}

  /**
   * The bytes, rounded up.
   *
   * @throws IllegalArgumentException with the reason if it is no size, negative or beyond a long
   */
  public static long parse(String text) {
    String s = text.strip();
    Matcher number = NUMBER.matcher(s);
    if (!number.lookingAt() || number.end() > 30) {
      throw new IllegalArgumentException(
          "invalid size " + Durations.shown(text) + "; use 4GiB or 512MB");
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
