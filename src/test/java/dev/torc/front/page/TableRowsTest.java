package dev.torc.front.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.front.page.PageData.ShownPart;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableRowsTest {

  private static List<List<String>> csv(String text) {
    return PageFiles.rows(text, true);
  }

  @Test
  void readsCsv() {
    assertEquals(
        List.of(List.of("a", "b"), List.of("1", "x, \"y\"\nz"), List.of("2", "")),
        csv("\ufeffa,b\r\n1,\"x, \"\"y\"\"\nz\"\r\n\r\n2,\r\n"));
  }

  @Test
  void readsTsvWithQuotesInsideOfCells() {
    assertEquals(
        List.of(List.of("a", "b\""), List.of("1", "2")), PageFiles.rows("a\tb\"\n1\t2", false));
  }

  @Test
  void badCsvIsShownByItsLines() {
    assertEquals(
        List.of(List.of("a", "b"), List.of("1"), List.of("2", "3", "4")), csv("a,b\n1\n2,3,4"));
    assertEquals(List.of(List.of("\"never closed"), List.of("1,2")), csv("\"never closed\n1,2"));
    assertEquals(List.of(), csv(""));
  }

  @Test
  void rowsBeyondTheBoundAreCounted() {
    PageFiles.Excerpt part = PageFiles.table("a\n" + "1\n".repeat(PageFiles.ROWS + 5), true);
    assertEquals("the first 2000 rows; 5 more are not shown", part.note());
    assertEquals(PageFiles.ROWS + 1, ((ShownPart.Table) part.content()).rows().size());
  }
}
