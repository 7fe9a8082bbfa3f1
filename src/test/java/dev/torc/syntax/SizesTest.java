package dev.torc.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class SizesTest {

  @Property
  void unitsAreFactors(@ForAll @LongRange(min = 0, max = 1 << 20) long n) {
    assertEquals(n, Sizes.parse(n + "B"));
    assertEquals(n << 10, Sizes.parse(n + "KiB"));
    assertEquals(n << 20, Sizes.parse(n + "mi"));
    assertEquals(n * 1000, Sizes.parse(n + " kB"));
    assertEquals(n * 1_000_000_000, Sizes.parse("" + n));
  }

  @Property
  void anyTextIsASizeOrRefusedInOneLine(@ForAll String text) {
    try {
      Sizes.parse(text);
    } catch (IllegalArgumentException e) {
      assertEquals(IllegalArgumentException.class, e.getClass());
    }
  }
}
