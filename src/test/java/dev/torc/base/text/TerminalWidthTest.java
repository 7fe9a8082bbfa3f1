package dev.torc.base.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TerminalWidthTest {

  @Property
  void fittedTextIsNeverWider(@ForAll String any, @ForAll @IntRange(max = 100) int columns) {
    assertTrue(SafeText.width(SafeText.fit(any, columns)) <= columns);
  }

  @Property
  void textThatIsFittedInTheMiddleIsNeverWider(
      @ForAll String any, @ForAll @IntRange(max = 40) int columns) {
    assertTrue(SafeText.width(SafeText.fitMiddle(any, columns)) <= columns);
  }

  @Test
  void theMiddleIsLeftOut() {
    assertEquals("train/lr=0.1", SafeText.fitMiddle("train/lr=0.1", 12));
    assertEquals("train…r=0.1", SafeText.fitMiddle("train/lr=0.1", 11));
    assertEquals("日…語", SafeText.fitMiddle("日本本語", 6));
    assertEquals("", SafeText.fitMiddle("abc", 0));
  }

  @Test
  void widthCountsWideCharactersTwiceAndMarksNot() {
    assertEquals(3, SafeText.width("abc"));
    assertEquals(4, SafeText.width("日本"));
    assertEquals(2, SafeText.width("😀"));
    assertEquals(1, SafeText.width("e\u0301"));
    assertEquals("日…", SafeText.fit("日本語", 4));
    assertEquals("abc", SafeText.fit("abc", 3));
    assertEquals("ab…", SafeText.fit("abcd", 3));
    assertEquals("", SafeText.fit("abcd", 0));
  }
}
