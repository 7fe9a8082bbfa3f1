package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jgrapht.nio.dot.DOTEventDrivenImporter;
import org.jgrapht.nio.json.JSONEventDrivenImporter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphCommandTest {

  @TempDir Path cwd;

  /** Names that quoting could get wrong, as a reader of the format finds them. */
  @Test
  void namesOfAllKindsComeThroughBothFormats() throws IOException {
    Folder folder =
        new Folder(cwd)
            .put(
                "torc.yaml",
                """
                jobs:
                  'say "hi"': { command: "true" }
                  'back\\slash\\': { command: "true", after: 'say "hi"' }
                  'é日本 <b>&': { command: "true" }
                """);
    TreeSet<String> names = new TreeSet<>();
    names.add("say \"hi\"");
    names.add("back\\slash\\");
    names.add("é日本 <b>&");

    TreeSet<String> json = new TreeSet<>();
    JSONEventDrivenImporter fromJson = new JSONEventDrivenImporter();
    fromJson.addVertexConsumer(json::add);
    fromJson.addEdgeConsumer(edge -> json.add(edge.getFirst() + " -> " + edge.getSecond()));
    fromJson.importInput(new StringReader(folder.run("graph", "--format", "json").out()));
    assertTrue(json.remove("say \"hi\" -> back\\slash\\"));
    assertEquals(names, json);

    Map<String, String> dot = new HashMap<>();
    DOTEventDrivenImporter fromDot = new DOTEventDrivenImporter();
    fromDot.addVertexAttributeConsumer(
        (at, value) -> {
          if (at.getSecond().equals("label")) {
            dot.put(at.getFirst(), value.getValue());
          }
        });
    String text = folder.run("graph").out();
    fromDot.importInput(new StringReader(text));
    assertEquals(3, dot.size(), text);
    assertTrue(text.contains("[ label=\"say \\\"hi\\\"\" "), text);
    assertTrue(text.contains("[ label=\"back\\\\slash\\\\\" "), text);
  }
}
