package dev.torc.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {

  @ParameterizedTest
  @CsvSource({
    "4GiB, 4294967296",
    "512MB, 512000000",
    "8, 8000000000",
    "1.5g, 1500000000",
    "100k, 100000",
    "3 Mi, 3145728",
    "1TiB, 1099511627776",
    "7b, 7",
    "0, 0",
    "0.1b, 1"
  })
  void knownSizes(String text, long bytes) {
    assertEquals(bytes, Sizes.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GB", "-1GB", "1XB", "1.GB", ".5GB", "1e3", "1,5GB", "9999999999TB"})
  void whatIsNoSizeIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Sizes.parse(text));
  }

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
