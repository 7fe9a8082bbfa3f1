package dev.torc.base.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LineBreaksTest {

  @Test
  void aLineBreaksAtSpacesAndItsRestIsIndented() {
    assertEquals("one two\n  three\n  four\n", LineBreaks.at("one two three four\n", 8));
    assertEquals("  one\n    two", LineBreaks.at("  one two", 8));
    assertEquals("one two", LineBreaks.at("one two", 7));
    assertEquals("x\none\n  two\n\n", LineBreaks.at("x\none two\n\n", 6));
  }

  @Test
  void aWordThatIsTooWideStaysWhole() {
    assertEquals("a\n  /a/long/path\n  b", LineBreaks.at("a /a/long/path b", 8));
    assertEquals("  /a/long/path\n    b", LineBreaks.at("  /a/long/path b", 8));
  }

  @Test
  void theRestOfARowIsInItsSecondColumn() {
    assertEquals("-f  build\n    file", LineBreaks.at("-f  build file", 10));
    assertEquals("--long  a\n  b c", LineBreaks.at("--long  a b c", 9));
  }

  @Test
  void colorsTakeNoRoomAndWideCharactersTakeTwo() {
    String red = new Palette(true).red("one two");
    assertEquals(red, LineBreaks.at(red, 7));
    assertEquals("漢字\n  漢字", LineBreaks.at("漢字 漢字", 8));
  }

  @Test
  void withoutAKnownWidthNothingBreaks() {
    assertEquals("one two", LineBreaks.at("one two", 0));
    assertEquals("one two", LineBreaks.at("one two", -1));
  }
}
