package dev.torc.base.syntax;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Lists the numbers from one to another by a step; the last is included if a step reaches it.
 * Decimals are exact. Numbers are written like the ends: with leading zeros if an end has them, and
 * with the same number of decimals if an end or the step ends in a zero after the point; otherwise
 * without superfluous zeros.
 */
public final class NumberRange {

  /** How many digits a number may have before or after the point. */
  private static final int MAX_DIGITS = 100;

  /** Matches a number with a leading zero. */
  private static final Pattern LEADING_ZERO = Pattern.compile("[+-]?0\\d.*");

  /** Matches a number whose last decimal is a zero. */
  private static final Pattern TRAILING_ZERO = Pattern.compile("[^.eE]*\\.\\d*0");

  private NumberRange() {}

  /**
   * Returns the numbers as texts, at most {@code max}.
   *
   * @throws IllegalArgumentException with the reason if an argument is not a number, the step is 0
   *     or leads away from the end, there are too many numbers, or an end has fewer digits than the
   *     leading zeros of the other require
   */
  public static List<String> of(String from, String to, String step, int max) {
    BigDecimal first = number("from", from);
    BigDecimal last = number("to", to);
    BigDecimal by = number("step", step);
    if (by.signum() == 0) {
      throw new IllegalArgumentException("step is 0, which never gets from " + from + " to " + to);
    }
    if (last.subtract(first).signum() * by.signum() < 0) {
      String back = by.negate().toPlainString();
      throw new IllegalArgumentException(
          "step %s leads away from %s; write step: %s".formatted(step, to, back));
    }
    BigDecimal steps = last.subtract(first).divide(by, 0, RoundingMode.DOWN);
    if (steps.compareTo(BigDecimal.valueOf(max)) >= 0) {
      throw new IllegalArgumentException("more than " + max + " values from " + from + " to " + to);
    }
    int digits = Math.max(digits(from, to, last), digits(to, from, first));
    int decimals = -1;
    if (Stream.of(from, to, step).anyMatch(each -> TRAILING_ZERO.matcher(each.strip()).matches())) {
      decimals = Math.max(first.scale(), Math.max(last.scale(), by.scale()));
    }
    List<String> out = new ArrayList<>(steps.intValueExact() + 1);
    for (int i = 0; i <= steps.intValueExact(); i++) {
      out.add(text(first.add(by.multiply(BigDecimal.valueOf(i))), digits, decimals));
    }
    return out;
  }

  /**
   * Returns how many digits the leading zeros of an end require, or 0; refuses another end with
   * fewer digits.
   */
  private static int digits(String end, String other, BigDecimal value) {
    if (!LEADING_ZERO.matcher(end.strip()).matches()) {
      return 0;
    }
    int digits = whole(end);
    if (whole(other) < digits) {
      throw new IllegalArgumentException(
          "%s has fewer digits than %s; write %s".formatted(other, end, text(value, digits, -1)));
    }
    return digits;
  }

  /** Returns the number of digits before the point. */
  private static int whole(String number) {
    return number.strip().replaceAll("^[+-]|[.eE].*", "").length();
  }

  /**
   * Returns a number with at least {@code digits} digits before the point and {@code decimals}
   * digits after it; a negative {@code decimals} means as few as possible.
   */
  private static String text(BigDecimal value, int digits, int decimals) {
    BigDecimal size = value.abs();
    BigDecimal written = decimals < 0 ? size.stripTrailingZeros() : size.setScale(decimals);
    String text = written.toPlainString();
    return (value.signum() < 0 ? "-" : "") + "0".repeat(Math.max(0, digits - whole(text))) + text;
  }

  private static BigDecimal number(String key, String text) {
    try {
      BigDecimal value = new BigDecimal(text.strip());
      if (Math.abs((long) value.scale()) <= MAX_DIGITS && value.precision() <= MAX_DIGITS) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(key + " must be a number, not " + text, e);
    }
    throw new IllegalArgumentException(
        key + " has more than " + MAX_DIGITS + " digits before or after the point");
  }
}
