package dev.torc.features.finds;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule 6: the syntax in which compilers say what they read. */
class DepfileTest {

  @Test
  void namesBehindTheColonsAreNeeded() {
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
    assertEquals(List.of(), Depfile.parse("\\\n"));
    assertEquals(List.of(), Depfile.parse("# a: b \\\r\n c: d"));
    assertEquals(List.of(), Depfile.parse("a.o:#b"));
  }

  /**
   * Cases of make's and ninja's own tests, with other names. A case that is read otherwise here
   * says how under {@code torc}, and why; null is a refusal.
   */
  @Test
  void casesOfMakeAndNinja() throws IOException {
    Path suite = Path.of("testdata/suites/depfiles.json");
    for (JsonNode each : new ObjectMapper().readTree(suite.toFile())) {
      String got;
      try {
        got = new ObjectMapper().valueToTree(Depfile.parse(each.get("text").asText())).toString();
      } catch (IllegalArgumentException e) {
        got = "null";
      }
      boolean differs = each.has("why");
      assertEquals(each.get(differs ? "torc" : "files").toString(), got, each.get("id").asText());
      assertEquals(differs, !got.equals(each.get("files").toString()), each.get("id").asText());
    }
  }
}
