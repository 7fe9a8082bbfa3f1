package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code torc graph --format mermaid}, read by the rules of Mermaid 11: it would draw exactly the
 * names. Each rule was seen at work in a browser, with {@code mermaid.min.js} and these names.
 */
class GraphMermaidTest {

  /** A box: in quotes its text goes to the next quote; only SAFE text has no meaning of its own. */
  private static final Pattern BOX =
      Pattern.compile("  j(\\d+)(\\[\"([^\"]*)\"]|\\[\\[\"([^\"]*)\"]])");

  private static final Pattern EDGE = Pattern.compile("  j\\d+ --> j\\d+");
  private static final Pattern CLASS = Pattern.compile("  class j\\d+(,j\\d+)* [a-z_]+");
  private static final Pattern STYLE =
      Pattern.compile("  classDef [a-z_]+ (fill:[a-z]+,color:black|stroke-width:3px)");

  /** Letters, digits, numbers of characters, line ends; other signs stand between two letters. */
  private static final Pattern SAFE =
      Pattern.compile(
          "([\\p{L}\\p{M}\\p{Nd}]|#\\d+;|<br/>|(?<=[\\p{L}\\p{Nd}])[ /=,.-](?=[\\p{L}\\p{Nd}]))*");

  @TempDir Path cwd;

  private static String drawn(String label) {
    assertTrue(SAFE.matcher(label).matches(), label);
    assertTrue(!label.contains("ﬂ"), label);
    Matcher number = Pattern.compile("#(\\d+);").matcher(label.replace("<br/>", "\n"));
    return number
        .replaceAll(
            found -> Matcher.quoteReplacement(Character.toString(Integer.parseInt(found.group(1)))))
        .replace('\u00a0', ' ');
  }

  /** The texts of the boxes; fails the test at a line of a form that Mermaid does not know. */
  private static List<String> boxes(String text) {
    List<String> lines = text.lines().toList();
    assertEquals("flowchart LR", lines.getFirst());
    List<String> boxes = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      Matcher box = BOX.matcher(line);
      if (box.matches()) {
        assertEquals(boxes.size(), Integer.parseInt(box.group(1)));
        boxes.add(drawn(box.group(3) == null ? box.group(4) : box.group(3)));
      } else {
        assertTrue(
            EDGE.matcher(line).matches()
                || CLASS.matcher(line).matches()
                || STYLE.matcher(line).matches(),
            line);
      }
    }
    return boxes;
  }

  @Test
  void aNameIsTextWhateverItIs() throws IOException {
    List<String> names =
        List.of(
            "say \"hi\"",
            "back\\slash\\",
            "é日本 <b>&amp;",
            "e\u0301",
            "end",
            "graph",
            "subgraph x",
            "[x](http://a.b)",
            "#35;",
            "#quot;x",
            "%% comment",
            "%%{init: {\"theme\":\"x\"}}%%",
            "`**md**`",
            "1. one",
            "2) two",
            "- item",
            "# head",
            "_a_ *b* ~~c~~",
            "fa:fa-car",
            "a;b--x-->c",
            "$$x^2$$",
            "😀",
            "two\nlines",
            "| ( ) { } < > ==> @{ }",
            "<script>alert(1)</script>",
            "a  b ",
            "ﬂ°°35¶ß",
            "---\ntitle: x\n---");
    StringBuilder jobs = new StringBuilder("{\"jobs\": [");
    for (String name : names) {
      String quoted = name.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
      jobs.append("{\"name\": \"" + quoted + "\", \"command\": \"true\"},");
    }
    jobs.setLength(jobs.length() - 1);
    Folder folder = new Folder(cwd).put("torc.json", jobs.append("]}").toString());
    Run run = folder.run("graph", "--format", "mermaid");
    assertEquals("", run.err());
    assertEquals(names, boxes(run.out()));
  }

  @Test
  void groupsAreBoxesWithTwoWallsAndColoursTellTheVerdicts() throws IOException {
    Folder folder =
        new Folder(cwd)
            .put(
                "torc.yaml",
                """
                jobs:
                  train: { parameters: { lr: [0.1, 0.2] }, command: "touch {lr}", produces: "{lr}" }
                  best: { command: "touch best", needs: { job: train }, produces: best }
                """);
    assertEquals(
        """
        flowchart LR
          j0[["train<br/>2 instances"]]
          j1["best"]
          j0 --> j1
          classDef asked stroke-width:3px
          class j1 asked
          classDef will_run fill:orange,color:black
          class j0,j1 will_run
        """,
        folder.run("graph", "--format", "mermaid", "--job", "best").out());
    assertEquals(
        List.of("train/lr=0.1", "train/lr=0.2", "best"),
        boxes(folder.run("graph", "--format", "mermaid", "--instances").out()));
  }
}
