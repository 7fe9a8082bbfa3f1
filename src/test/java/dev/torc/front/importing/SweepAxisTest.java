package dev.torc.front.importing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks that the values of parameters are kept as they were written. */
class SweepAxisTest {

  private static SweepAxis of(String text) {
    return SweepAxis.of("p", text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "1:4; 1 2 3 4",
        "0:100:25; 0 25 50 75 100",
        "1:100:25; 1 26 51 76",
        "10:1:-3; 10 7 4 1",
        "-2:1; -2 -1 0 1",
        "0.0:1.0:0.25; 0 0.25 0.5 0.75 1",
        "0:0.3:0.1; 0 0.1 0.2 0.3",
        "{1:3}; 1 2 3",
        " [1, 5 ,10]; 1 5 10",
        "['train','test']; train test",
        "[0.10,1e-3,007]; 0.10 1e-3 007",
        "[a,a,b]; a b",
        "adam; adam",
        "0.5; 0.5",
      })
  void valuesAreTextsAsWritten(String text, String values) {
    assertEquals(List.of(values.split(" ")), of(text).values());
  }

  @Test
  void aCommaInQuotesSeparatesNothing() {
    assertEquals(List.of("a, b", "c d", ""), of("['a, b', \"c d\", '']").values());
  }

  @Test
  void nothingIsNoValue() {
    assertEquals(List.of(), of("[]").values());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"5:1", "1:2:3:4", "a:b", "1:x", "1:10:0", "0:9999999:1", "['a,b]", "1:"})
  void otherFormsAreRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> of(text));
  }
}
