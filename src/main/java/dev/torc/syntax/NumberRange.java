package dev.torc.syntax;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * The numbers from one to another by a step, the end included where the steps meet it. Decimals are
 * exact, and whole numbers are written without decimals.
 */
public final class NumberRange {

  /** How many digits a number may have before or after the point. */
  private static final int MAX_DIGITS = 100;

  private NumberRange() {}

  /**
   * The numbers, as texts.
   *
   * @param max how many numbers there may be
   * @throws IllegalArgumentException with the reason for what is no number, a step of 0 or one that
   *     leads away from the end, or too many
   */
  public static List<String> of(String from, String to, String step, int max) {
    BigDecimal first = number("from", from);
    BigDecimal last = number("to", to);
    BigDecimal by = number("step", step);
    if (by.signum() == 0) {
      throw new IllegalArgumentException("step is 0, which never gets from " + from + " to " + to);
    }
    if (last.subtract(first).signum() * by.signum() < 0) {
      throw new IllegalArgumentException(
          "step %s leads away from %s; write step: %s"
              .formatted(step, to, by.negate().toPlainString()));
    }
    BigDecimal steps = last.subtract(first).divide(by, 0, RoundingMode.DOWN);
    if (steps.compareTo(BigDecimal.valueOf(max)) >= 0) {
      throw new IllegalArgumentException("more than " + max + " values from " + from + " to " + to);
    }
    List<String> out = new ArrayList<>(steps.intValueExact() + 1);
    for (int i = 0; i <= steps.intValueExact(); i++) {
      out.add(text(first.add(by.multiply(BigDecimal.valueOf(i)))));
    }
    return out;
  }

  private static String text(BigDecimal value) {
    return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
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
