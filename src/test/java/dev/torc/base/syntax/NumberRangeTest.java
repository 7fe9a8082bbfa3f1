package dev.torc.base.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.List;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class NumberRangeTest {

  @Property(edgeCases = EdgeCasesMode.NONE) // five numbers have more of these than there are tries
  void everyValueIsAWholeNumberOfStepsAway(
      @ForAll @IntRange(min = -10_000, max = 10_000) int from,
      @ForAll @IntRange(min = 0, max = 500) int steps,
      @ForAll @IntRange(min = -999, max = 999) int by,
      @ForAll @IntRange(min = 0, max = 4) int scale,
      @ForAll @IntRange(min = 0, max = 998) int rest) {
    if (by == 0) {
      return;
    }
    // An end between two steps is not reached.
    int beyond = Integer.signum(by) * (rest % Math.abs(by));
    List<String> values =
        NumberRange.of(
            text(from, scale),
            text(from + (long) steps * by + beyond, scale),
            text(by, scale),
            1000);
    assertEquals(steps + 1, values.size());
    for (int i = 0; i <= steps; i++) {
      BigDecimal exact = BigDecimal.valueOf(from + (long) i * by, scale);
      assertEquals(0, exact.compareTo(new BigDecimal(values.get(i))));
      boolean whole = exact.stripTrailingZeros().scale() <= 0;
      assertEquals(whole, !values.get(i).contains("."));
      assertTrue(values.get(i).matches("-?[0-9]+(\\.[0-9]*[1-9])?"), values.get(i));
    }
  }

  /** A number without zeros that would be kept. */
  private static String text(long unscaled, int scale) {
    return BigDecimal.valueOf(unscaled, scale).stripTrailingZeros().toPlainString();
  }
}
