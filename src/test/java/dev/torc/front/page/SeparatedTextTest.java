package dev.torc.front.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class SeparatedTextTest {

  private static List<List<String>> csv(String text) {
    return SeparatedText.of(text, ',', 10).rows();
  }

  @Test
  void readsCsv() {
    assertEquals(
        List.of(List.of("a", "b"), List.of("1", "x, \"y\"\nz"), List.of("2", "")),
        csv("\ufeffa,b\r\n1,\"x, \"\"y\"\"\nz\"\r\n\r\n2,\r\n"));
  }

  @Test
  void readsTsvWithoutQuotes() {
    assertEquals(
        List.of(List.of("a", "\"b"), List.of("1", "2")),
        SeparatedText.of("a\t\"b\n1\t2", '\t', 10).rows());
  }

  @Test
  void whatIsNoGoodCsvIsShownAsItStands() {
    assertEquals(
        List.of(List.of("a", "b"), List.of("1"), List.of("2", "3", "4")), csv("a,b\n1\n2,3,4"));
    assertEquals(List.of(List.of("never closed\n1,2")), csv("\"never closed\n1,2"));
    assertEquals(List.of(), csv(""));
  }

  @Test
  void rowsBeyondTheBoundAreCounted() {
    SeparatedText text = SeparatedText.of("a\n" + "1\n".repeat(15), ',', 10);
    assertEquals(11, text.rows().size());
    assertEquals(5, text.more());
  }
}
