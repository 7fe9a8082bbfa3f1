package dev.torc.base.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
