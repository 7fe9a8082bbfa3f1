package dev.torc.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TextWidthTest {

  @Property
  void fittedTextIsNeverWider(@ForAll String any, @ForAll @IntRange(max = 100) int columns) {
    assertTrue(TextWidth.of(TextWidth.fit(any, columns)) <= columns);
  }

  @Test
  void widthCountsWideCharactersTwiceAndMarksNot() {
    assertEquals(3, TextWidth.of("abc"));
    assertEquals(4, TextWidth.of("日本"));
    assertEquals(2, TextWidth.of("😀"));
    assertEquals(1, TextWidth.of("e\u0301"));
    assertEquals("日…", TextWidth.fit("日本語", 4));
    assertEquals("abc", TextWidth.fit("abc", 3));
    assertEquals("ab…", TextWidth.fit("abcd", 3));
    assertEquals("", TextWidth.fit("abcd", 0));
  }
}
