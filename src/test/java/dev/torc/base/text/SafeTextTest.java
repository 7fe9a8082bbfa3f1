package dev.torc.base.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SafeTextTest {

  @Test
  void aPlainNameStaysAsItIs() {
    assertEquals("train/lr=0.1,seed=3", SafeText.name("train/lr=0.1,seed=3"));
    assertEquals("my größe 文.txt", SafeText.name("my größe 文.txt"));
    assertEquals("it's.txt", SafeText.name("it's.txt"));
  }

  @Test
  void aNameThatHidesSomethingIsEscapedOnOneLine() {
    assertEquals("$'a\\nb'", SafeText.name("a\nb"));
    assertEquals("$'it\\'s\\ta\\\\b'", SafeText.name("it's\ta\\b"));
    assertEquals("$'\\x1b[31mred'", SafeText.name("\u001b[31mred"));
    assertEquals("\"<U+202E>txt.exe\"", SafeText.name("\u202etxt.exe"));
    assertEquals("$'\\u2028'", SafeText.name("\u2028"));
    assertEquals("$'\\u00a0\\n'", SafeText.name("\u00a0\n"));
    assertEquals("$''", SafeText.name(""));
  }

  @Test
  void aNameWithEdgesOrCharactersThatCannotBeSeenIsQuotedAndSpelled() {
    assertEquals("\" a\"", SafeText.name(" a"));
    assertEquals("\"it's \"", SafeText.name("it's "));
    assertEquals("\"a<U+00A0>b<U+FEFF>\"", SafeText.name("a\u00a0b\ufeff"));
    assertEquals("\"<U+200B>a<U+00AD>b\"", SafeText.name("\u200ba\u00adb"));
    assertEquals("need a<U+202F>b ⏎ x", SafeText.message("need a\u202fb\nx"));
    assertEquals("1\u202f000 €", SafeText.line("1\u202f000 €"));
  }

  @Test
  void aTextOfSeveralLinesBecomesOne() {
    assertEquals("cd x ⏎ make\\t-j", SafeText.line("cd x\nmake\t-j"));
  }

  @Test
  void aLongLineLosesItsMiddle() {
    assertEquals("abcde", SafeText.line("abcde", 5));
    assertEquals("ab…gh", SafeText.line("abcdefgh", 5));
    assertEquals("😀…😀", SafeText.line("😀😀😀😀", 3));
  }

  @Test
  void outputIsWhatATerminalWouldShowInTheEnd() {
    assertEquals("100%", SafeText.output("10%\r50%\r100%\r", false));
    assertEquals("a\tb", SafeText.output("a\tb", false));
    assertEquals("red", SafeText.output("\u001b[31mred\u001b[0m", false));
    assertEquals("\u001b[31mred\u001b[0m", SafeText.output("\u001b[31mred", true));
    assertEquals("ab", SafeText.output("a\u001b[2J\u001b[1Ab", true));
    assertEquals("title", SafeText.output("\u001b]0;evil\u0007title", true));
    assertEquals("x", SafeText.output("\u001b(Bx\u001b", false));
    assertEquals("\\x00\\x07a", SafeText.output("\u0000\u0007a", false));
  }

  @Property
  void nothingShownMovesTheCursor(@ForAll String any) {
    for (String shown : new String[] {SafeText.name(any), SafeText.line(any)}) {
      assertTrue(shown.codePoints().noneMatch(Character::isISOControl), shown);
    }
    String output = SafeText.output(any, false);
    assertTrue(output.codePoints().allMatch(c -> c == '\t' || !Character.isISOControl(c)), output);
  }
}
