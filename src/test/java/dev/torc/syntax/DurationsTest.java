package dev.torc.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

  @ParameterizedTest
  @CsvSource({
    "90s, PT90S",
    "10m, PT10M",
    "24h, PT24H",
    "1h30m, PT1H30M",
    "2d, P2D",
    "500ms, PT0.5S",
    "1.5h, PT90M",
    "PT10M, PT10M",
    "P0DT1H, PT1H",
    "0s, PT0S",
    "5min, PT5M"
  })
  void knownDurations(String text, Duration expected) {
    assertEquals(expected.toNanos(), Durations.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "s", "-5s", "1x", "1h1h", "1m1h", "1h 30m", "1 s", "PT", "PT-5S", "999999d", "5S"
      })
  void whatIsNoDurationIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Durations.parse(text));
  }

  @Test
  void aBareNumberIsToldToHaveNoUnit() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Durations.parse("90")).getMessage();
    assertEquals("90 has no unit; write 90s, or 10m, 24h", message);
  }

  @Property
  void partsAdd(
      @ForAll @IntRange(min = 0, max = 99) int d,
      @ForAll @IntRange(min = 0, max = 99) int h,
      @ForAll @IntRange(min = 0, max = 99) int m,
      @ForAll @IntRange(min = 0, max = 9999) int s) {
    Duration expected = Duration.ofDays(d).plusHours(h).plusMinutes(m).plusSeconds(s);
    assertEquals(expected.toNanos(), Durations.parse(d + "d" + h + "h" + m + "m" + s + "s"));
    assertEquals(expected.toNanos(), Durations.parse(expected.toString()));
  }

  @Property
  void anyTextIsADurationOrRefused(@ForAll String text) {
    try {
      assertTrue(Durations.parse(text) >= 0);
    } catch (IllegalArgumentException e) {
      assertEquals(IllegalArgumentException.class, e.getClass());
    }
  }
}
