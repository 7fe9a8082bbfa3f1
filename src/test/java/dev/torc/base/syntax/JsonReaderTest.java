package dev.torc.base.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class JsonReaderTest {

  private static String refused(String text) {
    return assertThrows(BadInput.class, () -> JsonReader.read(text, "f.json", false)).getMessage();
  }

  @Test
  void readsTheSameTreeAsYaml() throws IOException {
    String text =
        "{\"a\": [1.10, true, null, \"x\", \"\"],\n \"é\": {\"\uD83D\uDE00\": {}, \"k\": []}}";
    assertEquals(
        PackedNodeTest.text(YamlReader.read(text, "f.json"), "f.json"),
        PackedNodeTest.text(JsonReader.read(text, "f.json", false), "f.json"));
  }

  private static String unplaced(Node node) {
    return PackedNodeTest.text(node, "f").replaceAll("[0-9]+:[0-9]+", "");
  }

  @Test
  void json5IsReadAsFarAsJacksonReadsIt() throws IOException {
    String text =
        "// first\n"
            + "{a: 'it\\'s \"x\"', /* then */ 'b': [1., .5, +2, NaN, -Infinity,], \"c\": '\\q',}";
    String same = "{a: 'it''s \"x\"', b: [1., .5, 2, NaN, -Infinity], c: 'q'}";
    assertEquals(unplaced(YamlReader.read(same, "f")), unplaced(JsonReader.read(text, "f", true)));
    String bad =
        assertThrows(BadInput.class, () -> JsonReader.read("\n{ a: nope}", "f", true)).getMessage();
    assertTrue(bad.startsWith("f:2:") && bad.contains("unrecognized token 'nope'"), bad);
    assertTrue(refused("{a: 1}").startsWith("f.json:1:2: unexpected character ('a')"));
  }

  @Test
  void numbersThatPythonWritesAreTexts() throws IOException {
    assertEquals(
        unplaced(YamlReader.read("[NaN, Infinity, -Infinity]", "f")),
        unplaced(JsonReader.read("[NaN, Infinity, -Infinity]", "f", false)));
  }

  @Test
  void messagesDoNotNameOptionsOfTheParser() {
    assertEquals(
        "f.json:1:4: unexpected character ('/'): maybe a (non-standard) comment?",
        refused("[1,// one\n2]"));
  }

  @Test
  void placesCountLinesAndCharactersFromOne() throws IOException {
    Node.Mapping map =
        (Node.Mapping) JsonReader.read("{\"é\": 1,\n \"\uD83D\uDE00é\": [1, 2]}", "f.json", false);
    assertEquals("f.json:2:2", map.entries().get("\uD83D\uDE00é").place().toString());
    Node.Sequence list = (Node.Sequence) map.get("\uD83D\uDE00é");
    assertEquals("f.json:2:12", list.items().get(1).place().toString());
  }

  @Test
  void depthHasABound() {
    assertTrue(refused("[".repeat(100_000)).startsWith("f.json:1:101: nested more than 100 deep"));
  }
}
