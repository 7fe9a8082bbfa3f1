package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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

  @Test
  void jobsAreBoxesColouredByTheirVerdict() throws IOException {
    Folder folder = new Folder(cwd).chain();
    folder.build("second");
    folder.put("b.txt", "edited");
    assertEquals(
        new Run(
            0,
            """
            strict digraph G {
              rankdir=LR;
              j0 [ label="first" shape="box" style="filled" fillcolor="orange" ];
              j1 [ label="second" shape="box" style="filled" fillcolor="khaki" ];
              j2 [ label="third" shape="box" style="filled" fillcolor="orange" ];
              j0 -> j1;
              j1 -> j2;
            }
            """,
            ""),
        folder.run("graph"));
  }

  @Test
  void targetsComeWithWhatTheyWaitFor() throws IOException {
    Folder folder = new Folder(cwd).chain();
    String out = folder.run("graph", "c.txt").out();
    assertTrue(out.contains("\"second\"") && out.contains("j0 -> j1;"), out);
    assertFalse(out.contains("third"), out);
    assertFalse(folder.has(".torc"));
  }

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

  /** Graphviz has line feeds in labels as backslash and n; JGraphT's own reader of dot does not. */
  @Test
  void aLineFeedInANameStaysOnOneLineOfDot() throws IOException {
    Folder folder = new Folder(cwd).put("torc.yaml", "jobs: { \"two\\nlines\": { command: x } }\n");
    assertTrue(folder.run("graph").out().contains("[ label=\"two\\nlines\" "));
    assertTrue(folder.run("graph", "--json").out().contains("\"id\":\"two\\nlines\""));
  }

  @Test
  void aFormatThatIsNotThereIsRefusedWithThoseThatAre() throws IOException {
    Folder folder = new Folder(cwd).chain();
    assertEquals(
        new Run(2, "", "torc: --format html: write dot or json\n"),
        folder.run("graph", "--format", "html"));
    assertEquals(folder.run("graph", "--format=json"), folder.run("graph", "--json"));
    assertEquals(2, folder.run("graph", "--json", "--format=dot").exit());
    assertEquals(2, folder.run("graph", "nope").exit());
  }
}
