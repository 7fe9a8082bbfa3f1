package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
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
  void whatWillBeRestoredHasAColourAndWords() throws IOException {
    Folder folder =
        new Folder(cwd).put("torc.yaml", "jobs: { a: { command: echo 1 > a, produces: a } }");
    folder.build();
    folder.put("torc.yaml", "jobs: { a: { command: echo 2 > a, produces: a } }").build();
    folder.put("torc.yaml", "jobs: { a: { command: echo 1 > a, produces: a } }");
    assertTrue(folder.run("graph").out().contains("fillcolor=\"lightskyblue\""));
    String words = folder.run("graph", "--format", "text").out();
    assertTrue(words.contains("\n  a: will be restored\n"), words);
    String mermaid = folder.run("graph", "--format", "mermaid").out();
    assertTrue(mermaid.contains("classDef will_restore fill:lightskyblue"), mermaid);
    assertTrue(
        folder.run("list", "--color", "always").out().contains("\u001b[33mwill be restored"));
    folder.build();
    assertTrue(folder.run("list", "--json").out().contains("\"from\":{\"build\":1,"));
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
        new Run(2, "", "torc: --format html: write dot, mermaid, json or text\n"),
        folder.run("graph", "--format", "html"));
    assertEquals(folder.run("graph", "--format=json"), folder.run("graph", "--json"));
    for (String other : new String[] {"dot", "mermaid", "text"}) {
      assertEquals(
          "torc: --format " + other + ": --json asks for json\n",
          folder.run("graph", "--json", "--format", other).err());
    }
    assertEquals(2, folder.run("graph", "nope").exit());
  }

  /** All that stands in the way of a picture, each with what to write. */
  @Test
  void optionsThatDoNotGoTogetherAreRefused() throws IOException {
    Folder folder = new Folder(cwd).chain();
    assertEquals(
        new Run(2, "", "torc: --job first: there is a target too, third; give one of them\n"),
        folder.run("graph", "--job", "first", "third"));
    assertEquals(
        new Run(2, "", "torc: --depth 1: name the job in the middle by --job\n"),
        folder.run("graph", "--depth", "1"));
    assertEquals(
        new Run(2, "", "torc: --depth -1: write a number of steps\n"),
        folder.run("graph", "--job", "first", "--depth=-1"));
    assertEquals(
        new Run(2, "", "torc: no job, tag or product frist; did you mean first?\n"),
        folder.run("graph", "--job", "frist"));
    assertFalse(folder.has(".torc"));
  }

  /** A project whose job e waits for all others, though all but one edge say nothing. */
  private Folder ladder() throws IOException {
    return new Folder(cwd)
        .put(
            "torc.yaml",
            """
            jobs:
              a: { command: "true" }
              b: { command: "true", after: a }
              c: { command: "true", after: [a, b] }
              d: { command: "true", after: b }
              e: { command: "exit 3", after: [a, b, c, d] }
              other: { command: "true" }
            """);
  }

  @Test
  void edgesThatOthersImplyAreLeftOutButInJson() throws IOException {
    Folder folder = ladder();
    assertEquals(
        List.of("j0 -> j1;", "j1 -> j2;", "j1 -> j3;", "j2 -> j4;", "j3 -> j4;"),
        folder
            .run("graph")
            .out()
            .lines()
            .filter(l -> l.contains("->"))
            .map(String::strip)
            .toList());
    TreeSet<String> edges = new TreeSet<>();
    for (JsonNode edge :
        new ObjectMapper().readTree(folder.run("graph", "--json").out()).get("edges")) {
      edges.add(
          edge.get("source").asText()
              + edge.get("target").asText()
              + (edge.get("implied").asBoolean() ? " implied" : ""));
    }
    assertEquals("[ab, ac implied, ae implied, bc, bd, be implied, ce, de]", edges.toString());
  }

  @Test
  void theTextGoesStageByStage() throws IOException {
    Folder folder = ladder();
    folder.run("build");
    assertEquals(
        """
        6 jobs in 4 stages
        stage 1:
          a: up to date
          other: up to date
        stage 2:
          b: up to date; after a
        stage 3:
          c: up to date; after b
          d: up to date; after b
        stage 4:
          e: will run, failed last time; after c, d
        """,
        folder.run("graph", "--format", "text").out());
  }
}
