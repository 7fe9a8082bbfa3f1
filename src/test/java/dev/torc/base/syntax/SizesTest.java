package dev.torc.base.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class SizesTest {

  @Property
  void unitsAreFactors(@ForAll @LongRange(min = 0, max = 1 << 20) long n) {
    assertEquals(n, Quantity.size(n + "B"));
    assertEquals(n << 10, Quantity.size(n + "KiB"));
    assertEquals(n << 20, Quantity.size(n + "mi"));
    assertEquals(n * 1000, Quantity.size(n + " kB"));
    assertEquals(n * 1_000_000_000, Quantity.size("" + n));
  }

  @Property
  void anyTextIsASizeOrRefusedInOneLine(@ForAll String text) {
    try {
      Quantity.size(text);
    } catch (IllegalArgumentException e) {
      assertEquals(IllegalArgumentException.class, e.getClass());
    }
  }
}
