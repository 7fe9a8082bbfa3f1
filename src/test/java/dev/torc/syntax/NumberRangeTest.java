package dev.torc.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.List;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberRangeTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1|4|1|1 2 3 4",
        "3|6|0.5|3 3.5 4 4.5 5 5.5 6",
        "0|1|0.1|0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1",
        "1|100|25|1 26 51 76",
        "5|1|-2|5 3 1",
        "1|-1|-0.5|1 0.5 0 -0.5 -1",
        "7|7|1|7",
        "7|7|-1|7",
        "1e2|3e2|1e2|100 200 300",
        "1.50|2.50|0.50|1.5 2 2.5",
      })
  void theEndIsIncludedAndDecimalsAreExact(String from, String to, String step, String values) {
    assertEquals(List.of(values.split(" ")), NumberRange.of(from, to, step, 1000));
  }

  @Property(edgeCases = EdgeCasesMode.NONE) // five numbers have more of them than there are tries
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
            BigDecimal.valueOf(from, scale).toString(),
            BigDecimal.valueOf(from + (long) steps * by + beyond, scale).toString(),
            BigDecimal.valueOf(by, scale).toString(),
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

  @Test
  void threeDimensionsOfTheSeedAre112() {
    int x = NumberRange.of("1", "4", "1", 1000).size();
    int y = NumberRange.of("2", "5", "1", 1000).size();
    int z = NumberRange.of("3", "6", "0.5", 1000).size();
    assertEquals(112, x * y * z);
  }
}
