package dev.torc.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlaceholderFormatTest {

  @ParameterizedTest
  @CsvSource({
    "a/x.tar.gz, stem, x.tar",
    "a/x.tar.gz, name, x.tar.gz",
    "a/x.tar.gz, dir, a",
    "a/x.tar.gz, suffix, .gz",
    "x, dir, .",
    "/x, dir, /",
    "x, suffix, ''",
    ".bashrc, stem, .bashrc",
    ".bashrc, suffix, ''",
    "a.b/c, suffix, ''"
  })
  void partsOfAPath(String value, String format, String expected) {
    assertEquals(expected, PlaceholderFormat.apply(format, value));
  }

  @ParameterizedTest
  @CsvSource({
    "7, 03d, 007",
    "-7, 04d, -007",
    "7, +d, +7",
    "255, x, ff",
    "255, #x, 0xff",
    "1.5, .2f, 1.50",
    "2, .1f, 2.0",
    "12345.678, .2e, 1.23e+04",
    "0.0001, g, 0.0001",
    "0.00001, g, 1e-05",
    "100000, g, 100000",
    "1000000, g, 1e+06",
    "0.10, g, 0.1",
    "1234567, .3g, 1.23e+06",
    "0, g, 0",
    "-2.50, 08g, -00002.5",
    "a b, s, a b",
    "ab, 4s, '  ab'"
  })
  void numbersAsPrintfWritesThem(String value, String format, String expected) {
    assertEquals(expected, PlaceholderFormat.apply(format, value));
  }

  @ParameterizedTest
  @CsvSource({
    "x, d",
    "1.5, d",
    "x, g",
    "1e999999999, f",
    "1, n",
    "1, q",
    "1, stems",
    "1, 9999d",
    "1, .2d"
  })
  void whatDoesNotFitIsRefused(String value, String format) {
    assertThrows(IllegalArgumentException.class, () -> PlaceholderFormat.apply(format, value));
  }
}
