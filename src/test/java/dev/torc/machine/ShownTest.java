package dev.torc.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ShownTest {

  @Test
  void aPlainNameStaysAsItIs() {
    assertEquals("train/lr=0.1,seed=3", Shown.name("train/lr=0.1,seed=3"));
    assertEquals("my größe 文.txt", Shown.name("my größe 文.txt"));
    assertEquals("it's.txt", Shown.name("it's.txt"));
  }

  @Test
  void aNameThatHidesSomethingIsEscapedOnOneLine() {
    assertEquals("$'a\\nb'", Shown.name("a\nb"));
    assertEquals("$'it\\'s\\ta\\\\b'", Shown.name("it's\ta\\b"));
    assertEquals("$'\\x1b[31mred'", Shown.name("\u001b[31mred"));
    assertEquals("$'\\u202etxt.exe'", Shown.name("\u202etxt.exe"));
    assertEquals("$'\\u2028'", Shown.name("\u2028"));
    assertEquals("$' a'", Shown.name(" a"));
    assertEquals("$''", Shown.name(""));
  }

  @Test
  void aTextOfSeveralLinesBecomesOne() {
    assertEquals("cd x ⏎ make\\t-j", Shown.line("cd x\nmake\t-j"));
  }

  @Test
  void aLongLineLosesItsMiddle() {
    assertEquals("abcde", Shown.line("abcde", 5));
    assertEquals("ab…gh", Shown.line("abcdefgh", 5));
    assertEquals("😀…😀", Shown.line("😀😀😀😀", 3));
  }

  @Test
  void outputIsWhatATerminalWouldShowInTheEnd() {
    assertEquals("100%", Shown.output("10%\r50%\r100%\r", false));
    assertEquals("a\tb", Shown.output("a\tb", false));
    assertEquals("red", Shown.output("\u001b[31mred\u001b[0m", false));
    assertEquals("\u001b[31mred\u001b[0m", Shown.output("\u001b[31mred", true));
    assertEquals("ab", Shown.output("a\u001b[2J\u001b[1Ab", true));
    assertEquals("title", Shown.output("\u001b]0;evil\u0007title", true));
    assertEquals("x", Shown.output("\u001b(Bx\u001b", false));
    assertEquals("\\x00\\x07a", Shown.output("\u0000\u0007a", false));
  }

  @Property
  void nothingShownMovesTheCursor(@ForAll String any) {
    for (String shown : new String[] {Shown.name(any), Shown.line(any)}) {
      assertTrue(shown.codePoints().noneMatch(Character::isISOControl), shown);
    }
    String output = Shown.output(any, false);
    assertTrue(output.codePoints().allMatch(c -> c == '\t' || !Character.isISOControl(c)), output);
  }

  @Property
  void fittedTextIsNeverWider(@ForAll String any, @ForAll @IntRange(max = 100) int columns) {
    assertTrue(Width.of(Width.fit(any, columns)) <= columns);
  }

  @Test
  void widthCountsWideCharactersTwiceAndMarksNot() {
    assertEquals(3, Width.of("abc"));
    assertEquals(4, Width.of("日本"));
    assertEquals(2, Width.of("😀"));
    assertEquals(1, Width.of("e\u0301"));
    assertEquals("日…", Width.fit("日本語", 4));
    assertEquals("abc", Width.fit("abc", 3));
    assertEquals("ab…", Width.fit("abcd", 3));
    assertEquals("", Width.fit("abcd", 0));
  }
}
