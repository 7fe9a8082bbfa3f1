package dev.torc.base.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ShellTextTest {

  /** How each {@code @} is quoted, as the first letter of the quote's name: B, D, S or R. */
  private static String holes(String text) {
    return ShellText.scan(text.replace('@', ShellText.HOLE)).holes().stream()
        .map(quote -> quote.name().substring(0, 1))
        .collect(Collectors.joining());
  }

  @Test
  void everyHoleIsAnsweredWhateverTheText() {
    java.util.Random random = new java.util.Random(7);
    String letters = "@@@a '\"\\`$(){}<#\n|&;-E";
    for (int n = 0; n < 20_000; n++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(20); i >= 0; i--) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      long count = text.chars().filter(c -> c == '@').count();
      assertEquals(count, holes(text.toString()).length(), text.toString());
    }
  }

  @Test
  void aValueBehindANameWhereQuotesCannotKeepThemApartIsSeen() {
    assertTrue(ShellText.scan("x `a $X@`".replace('@', ShellText.HOLE)).joinsName());
    assertFalse(ShellText.scan("x `a ${X}@` $X@".replace('@', ShellText.HOLE)).joinsName());
  }

  @Test
  void depthHasABound() {
    assertEquals("R", holes("$(".repeat(100_000) + "@"));
    assertEquals("R", holes("\"$(".repeat(100_000) + "@"));
  }
}
