package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule 6: the syntax in which compilers say what they read. */
class DepfileTest {

  @Test
  void whatStandsBehindTheColonsIsNeeded() {
    assertEquals(
        List.of("a.c", "a.h", "a.h"), Depfile.parse("a.o: a.c a.h\n\na.h:\nb.o c.o :\ta.h  \n"));
  }

  @Test
  void aBackslashJoinsLines() {
    assertEquals(
        List.of("a.c", "a.h", "b.h"), Depfile.parse("a.o: a.c \\\n a.h\\\r\n\\\n  b.h\r\n"));
    assertEquals(List.of("a.c"), Depfile.parse("a.o \\\n: a.c"));
  }

  @Test
  void escapesAreThoseOfMake() {
    assertEquals(List.of("my file.h"), Depfile.parse("a.o: my\\ file.h"));
    assertEquals(List.of("my\tfile.h", "b"), Depfile.parse("a.o: my\\\tfile.h\tb"));
    assertEquals(List.of("a\\\\", "b", "c\\\\", "d"), Depfile.parse("o: a\\\\ b c\\\\\td"));
    assertEquals(List.of("a\\\\", "b"), Depfile.parse("a.o: a\\\\ b"));
    assertEquals(List.of("#x", "a$b", "c:d", "e\\f"), Depfile.parse("o: \\#x a$$b c\\:d e\\f"));
    assertEquals(List.of("x"), Depfile.parse("c\\:\\ d.o a\\: o: x"));
    assertEquals(List.of("a\\\\", "b"), Depfile.parse("o: a\\\\\\\n b"));
  }

  /** The lines are what gcc 12 writes for a header of that name. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "a\\ b.h, d/a\\\\\\ b.h",
        "a\\\\ b.h, d/a\\\\\\\\\\ b.h",
        "a\\\tb.h, d/a\\\\\\\tb.h",
        "a\\\\#b.h, d/a\\\\\\#b.h",
        "a\\#b.h, d/a\\\\#b.h",
        "a$$b.h, d/a$$$$b.h",
        "a\\$b.h, d/a\\$$b.h",
        "a\\ #$ b.h, d/a\\\\\\ \\#$$\\ b.h",
        "a:b.h, d/a:b.h",
        "\" x.h\", d/\\ x.h",
        "a\\\\b.h, d/a\\\\b.h",
        "tail\\\\, d/tail\\\\",
      })
  void aNameIsReadAsTheCompilerMeantIt(String name, String written) {
    List<String> names = List.of("d/" + name, "next");
    assertEquals(names, Depfile.parse("a.o: " + written + " next\n"));
    assertEquals(names, Depfile.parse("a.o: " + written + " \\\n next\n"));
    assertEquals(names.reversed(), Depfile.parse("a.o: next " + written + "\n"));
  }

  @Test
  void aColonWithinANameIsPartOfIt() {
    assertEquals(List.of("C:/x.h", "y:z"), Depfile.parse("o: C:/x.h y:z"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.o a.c", "\n b \\\n c\n", "a.o\\:"})
  void aLineWithoutAColonIsNone(String text) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Depfile.parse(text)).getMessage();
    String line = text.replace("\\\n", " ").replace("\n", "");
    assertEquals("it has a line without a colon: " + line, message);
  }

  @Test
  void noNameHasANul() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Depfile.parse("a.o: a\0b")).getMessage();
    assertEquals("it holds a NUL character", message);
  }

  @Test
  void blanksAloneNameNothing() {
    assertEquals(List.of(), Depfile.parse(""));
    assertEquals(List.of(), Depfile.parse(" \n\t\n\r\n"));
    assertEquals(List.of(), Depfile.parse("a.o:"));
    String message =
        assertThrows(IllegalArgumentException.class, () -> Depfile.parse("\\\n")).getMessage();
    assertEquals("it holds no rule", message);
  }

  /**
   * What ninja's own tests of its parser describe, with other names; it wants one rule to rule them
   * all.
   */
  @Test
  void casesOfNinja() {
    Map<String, List<String>> cases = new LinkedHashMap<>();
    cases.put("out/m.o: m.cc m.h n.h\n", List.of("m.cc", "m.h", "n.h"));
    cases.put(" \\\n  o: i\n", List.of("i"));
    cases.put("o: \\\r\n  a.h b.h\r\n", List.of("a.h", "b.h"));
    cases.put("o: //?/c:/a.h\n", List.of("//?/c:/a.h"));
    cases.put("o&p o'p o\"p: a&b a'b a\"b\n", List.of("a&b", "a'b", "a\"b"));
    cases.put("D\\O\\x.res : \\\n  D\\L\\x.rc \\\n  D\\t.h\n", List.of("D\\L\\x.rc", "D\\t.h"));
    cases.put("o\\ p\\ q:   a\\ b c d", List.of("a b", "c", "d"));
    cases.put(
        "a\\ b\\#c.h: \\\\\\\\\\  \\\\\\\\ \\\\s\\i\\\\#1",
        List.of("\\\\ ", "\\\\\\\\", "\\\\s\\i\\#1"));
    cases.put("o: \\!\\@\\#$$\\%\\^\\&\\\\", List.of("\\!\\@#$\\%\\^\\&\\\\"));
    cases.put("c\\:\\g\\s.o: \\\n c:\\g\\s.h \n", List.of("c:\\g\\s.h"));
    cases.put(
        "C:/P\\ F\\ (x86)/M\\ c.h: \\\n e@q.h~ t+t-x!=1 \\\n d/cn={0}c.l\\\n ß\\\n a[1]b@2%c",
        List.of("e@q.h~", "t+t-x!=1", "d/cn={0}c.l", "ß", "a[1]b@2%c"));
    for (String targets : List.of("o", "o o", "o p", " o")) {
      cases.put(targets + ": x y z", List.of("x", "y", "z"));
      cases.put(targets + ": x\no: \no:\n", List.of("x"));
      cases.put(targets + ": x\r\no: y\r\no \\\r\no: z\r\n", List.of("x", "y", "z"));
      cases.put(targets + ": x y\nx:\ny:\n", List.of("x", "y"));
    }
    cases.put("\n\n", List.of());
    cases.forEach((text, files) -> assertEquals(files, Depfile.parse(text), text));
  }
}
