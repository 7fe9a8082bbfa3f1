package dev.torc.base.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class DurationsTest {

  @Property
  void partsAdd(
      @ForAll @IntRange(min = 0, max = 99) int d,
      @ForAll @IntRange(min = 0, max = 99) int h,
      @ForAll @IntRange(min = 0, max = 99) int m,
      @ForAll @IntRange(min = 0, max = 9999) int s) {
    Duration expected = Duration.ofDays(d).plusHours(h).plusMinutes(m).plusSeconds(s);
    assertEquals(expected.toNanos(), Quantity.duration(d + "d" + h + "h" + m + "m" + s + "s"));
    assertEquals(expected.toNanos(), Quantity.duration(expected.toString()));
  }

  @Property
  void anyTextIsADurationOrRefused(@ForAll String text) {
    try {
      assertTrue(Quantity.duration(text) >= 0);
    } catch (IllegalArgumentException e) {
      assertEquals(IllegalArgumentException.class, e.getClass());
    }
  }
}
