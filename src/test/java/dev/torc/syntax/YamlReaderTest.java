package dev.torc.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlReaderTest {

  private static Node.Mapping read(String text) {
    return (Node.Mapping) YamlReader.read(text, "f.yaml");
  }

  private static String refused(String text) {
    return assertThrows(BadInput.class, () -> YamlReader.read(text, "f.yaml")).getMessage();
  }

  private static String text(Node node) {
    return ((Node.Scalar) node).text();
  }

  @ParameterizedTest
  @ValueSource(strings = {"NO", "012", "1.10", "0x1F", "True", "1e3", "2026-01-01", "~x", "null0"})
  void scalarsKeepTheirTextAsWritten(String scalar) {
    Node.Scalar node = (Node.Scalar) read("k: " + scalar).get("k");
    assertEquals(scalar, node.text());
    assertFalse(node.quoted());
    assertTrue(((Node.Scalar) read("k: '" + scalar + "'").get("k")).quoted());
  }

  @Test
  void placesCountLinesAndCharactersFromOne() {
    Node.Mapping map = read("é: 1\n\uD83D\uDE00é: [x, ü]\n");
    assertEquals("f.yaml:1:1", map.entries().get("é").place().toString());
    Node list = map.get("\uD83D\uDE00é");
    assertEquals("f.yaml:2:5", list.place().toString());
    assertEquals("f.yaml:2:9", ((Node.Sequence) list).items().get(1).place().toString());
  }

  @Test
  void anAliasStandsForItsAnchor() {
    Node.Mapping map = read("a: &x [1, 2]\nb: *x\n");
    assertEquals(map.get("a"), map.get("b"));
  }

  @Test
  void mergeKeysAddWhatIsMissing() {
    Node.Mapping map =
        read("x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz: {b: 0, <<: [*x, *y]}\nw: {<<: *x}\n");
    Node.Mapping z = (Node.Mapping) map.get("z");
    assertEquals(List.of("b", "a", "c"), List.copyOf(z.entries().keySet()));
    assertEquals("0", text(z.get("b")));
    assertEquals("1", text(((Node.Mapping) map.get("w")).get("b")));
  }

  @Test
  void aQuotedMergeKeyIsJustAKey() {
    assertEquals("1", text(read("'<<': 1").get("<<")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a: 1#a: 2|f.yaml:2:1: duplicate key a, first at line 1",
        "a: {b: 1, c: 2, b: 3}|f.yaml:1:17: duplicate key b, first at line 1",
        "a: 1#---#b: 2|f.yaml:2:1: a second document; a build file is just one",
        "a: [bam/{s}.bam]|f.yaml:1:9: a comma is missing before {; quote a text that has { in it",
        "a: {job: t/lr={lr}}|f.yaml:1:15: a comma is missing before {; quote a text that has { in"
            + " it",
        "a: [*.c]|f.yaml:1:6: * begins an alias in YAML; quote a text that begins with *",
        "a: !x/y|f.yaml:1:4: !x/y is a tag in YAML; to mean a text that begins with !, quote it",
        "a: &a [*a]|f.yaml:1:8: alias *a has no anchor; to mean a text that begins with *, quote"
            + " it",
        "{[a]: 1}|f.yaml:1:2: a key must be a plain text; quote a text that has { or [ in it",
        "a: {<<: 1}|f.yaml:1:9: << takes a map or a list of maps",
        "a:#\t b|f.yaml:2:1: a tab cannot indent in YAML; use blanks",
        "a: \"\\0\"|f.yaml:1:4: a text cannot hold a NUL character",
        "\"\\u0000\": a|f.yaml:1:1: a text cannot hold a NUL character",
        "a: \"\\ud800\"|f.yaml:1:4: half a surrogate pair is no character",
      })
  void whatIsRefusedIsToldInOneLine(String text, String message) {
    assertEquals(message, refused(text.replace('#', '\n')));
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '~',
      value = {
        "a: echo a: b => 1:10: a colon and a blank begin a value in YAML; quote the whole text",
        "a: 'b' c: d => 1:8: the text goes on behind its closing quote; quote the whole of it",
        "a: 1¶  b: 2 => 2:4: indented deeper than the key above it; let both begin in one column",
        "a:¶    b: 1¶   c: 2 => 3:4: indented like no line above it; let the keys of one map begin"
            + " in one column",
        "a:¶  b: 1¶  - c => 3:3: an item of a list where a key must stand; indent the list deeper"
            + " than its key",
        "a:¶  - b¶  c: d => 3:3: a key where an item of a list (- …) must stand; indent it"
            + " otherwise",
        "a: 1¶b¶ => 2:1: no key: a colon is missing behind it, or it belongs to the text above and"
            + " must be indented",
        "a: >¶b c¶ => 2:1: no key: a colon is missing behind it, or it belongs to the text above"
            + " and must be indented",
        "a: \"b => 1:4: the \" here is never closed",
        "a: \"b¶c: d => 1:4: the \" here is never closed",
        "a: 'b => 1:4: the ' here is never closed",
        "a: [b, c #d] => 1:4: the [ here is never closed (a # behind a blank begins a comment)",
        "a: { b: c¶ => 1:4: the { here is never closed",
        "a: [b, c¶d:¶  e => 2:2: the [ of line 1 is still open here; close it first",
        "a: [b], c => 1:7: something follows the closing ]; quote the whole text",
        "a: {s}.bam => 1:7: something follows the closing }; quote a text that has { in it",
        "a: { b: c }} => 1:12: something follows the closing }; quote a text that has { in it",
        "a: \"b\" c => 1:8: the text goes on behind its closing quote; quote the whole of it",
        "a: [ -f x ] || y => 1:13: something follows the closing ]; quote the whole text",
        "a:¶  - [ -f x ] && y => 2:14: something follows the closing ]; quote the whole text",
        "a: {s}>y => 1:7: something follows the closing }; quote a text that has { in it",
        "a: 'b' | c => 1:8: the text goes on behind its closing quote; quote the whole of it",
        "a: %b => 1:4: a text cannot begin with % in YAML; quote it",
        "a: `b` => 1:4: a text cannot begin with ` in YAML; quote it",
        "a: @b => 1:4: a text cannot begin with @ in YAML; quote it",
        "a: , b => 1:4: a text cannot begin with , in YAML; quote it",
        "a: - b => 1:4: an item of a list has a line of its own in YAML; quote a text that begins"
            + " with -",
        "a: |b => 1:5: | begins a text on the lines below in YAML; quote a text that begins with |",
        "a: & => 1:5: & begins an anchor in YAML; quote a text that begins with &",
        "a: !<b => 1:7: ! begins a tag in YAML; quote a text that begins with !",
        "a: \"b\\qc\" => 1:7: \\q is no escape in double quotes; use single quotes, or write \\\\q",
        "é: 'ü' c => 1:8: the text goes on behind its closing quote; quote the whole of it",
      })
  void theParsersWordsBecomeSentences(String text, String message) {
    assertEquals("f.yaml:" + message, refused(text.replace('¶', '\n')));
  }

  @Test
  void controlCharactersAreRefused() {
    assertEquals(
        "f.yaml:2:3: the character U+0001 is not allowed in YAML", refused("a:\n  \u0001b"));
  }

  @Test
  void aliasesHaveABound() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [1,2,3,4,5,6,7,8,9,0]\n");
    for (int i = 1; i < 30; i++) {
      String ref = "*a" + (i - 1);
      bomb.append("a" + i + ": &a" + i + " [" + String.join(", ", List.of(ref, ref, ref)) + "]\n");
    }
    assertTrue(refused(bomb.toString()).contains("the aliases of this file stand for more than"));
  }

  @Test
  void mergeKeysCountAsAliases() {
    StringBuilder bomb = new StringBuilder("b: &b {");
    for (int i = 0; i < 1000; i++) {
      bomb.append("k" + i + ": 1, ");
    }
    bomb.append("}\nl: [");
    for (int i = 0; i < 1100; i++) {
      bomb.append("{<<: *b}, ");
    }
    assertTrue(refused(bomb + "]\n").contains("the aliases of this file stand for more than"));
  }

  @Test
  void depthHasABound() {
    assertEquals("f.yaml:1:104: nested more than 100 deep", refused("a: " + "[".repeat(100_000)));
    assertTrue(refused("{a: ".repeat(5000)).endsWith("nested more than 100 deep"));
    assertTrue(refused("- ".repeat(5000)).endsWith("nested more than 100 deep"));
    read("a: " + "[".repeat(99) + "]".repeat(99));
  }

  @Test
  void anEmptyDocumentSaysNothing() {
    assertTrue(Node.isNothing(YamlReader.read("# only this\n", "f.yaml")));
  }
}
