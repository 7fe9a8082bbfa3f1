package dev.torc.ask;

import dev.torc.text.Amount;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A graph as a flowchart of Mermaid, which GitHub and GitLab draw where it stands in a page. A name
 * is text and nothing else there: no markup, no comment, no statement.
 */
record GraphMermaid(GraphPicture picture) {

  /** More edges than these are not drawn unless the page says otherwise; on GitHub none can. */
  static final int EDGES = 500;

  /** Nor is more text, in characters. */
  static final int TEXT = 50_000;

  /** Mermaid's own mark for what it escapes; as a letter of a name it would be taken for that. */
  private static final int MARK = 'ﬂ';

  void write(Writer out, Consumer<String> warn) throws IOException {
    StringBuilder text = new StringBuilder("flowchart LR\n");
    TreeMap<String, StringBuilder> classes = new TreeMap<>();
    int edges = 0;
    for (int v = 0; v < picture.vertices().size(); v++) {
      GraphPicture.Vertex vertex = picture.vertices().get(v);
      text.append("  ").append(box(v, vertex)).append('\n');
      put(classes, vertex.state(), v);
      if (vertex.middle()) {
        put(classes, "asked", v);
      }
    }
    for (int v = 0; v < picture.vertices().size(); v++) {
      for (int from : picture.behind(v)) {
        text.append("  j%d --> j%d\n".formatted(from, v));
        edges++;
      }
    }
    classes.forEach(
        (state, of) ->
            text.append("  classDef %s %s\n".formatted(state, style(state)))
                .append("  class %s %s\n".formatted(of, state)));
    out.write(text.toString());
    if (edges > EDGES || text.length() > TEXT) {
      warn.accept(
          "Mermaid draws at most %d edges and %d characters, here are %s and %d: name a target, or a"
                  .formatted(EDGES, TEXT, Amount.count(edges, "edge"), text.length())
              + " job by --job with --depth, or take --format dot");
    }
  }

  private static void put(TreeMap<String, StringBuilder> classes, String name, int vertex) {
    StringBuilder all = classes.computeIfAbsent(name, _ -> new StringBuilder());
    all.append(all.isEmpty() ? "" : ",").append('j').append(vertex);
  }

  /** Black on light colours, whatever the page's theme is. */
  private static String style(String state) {
    return state.equals("asked")
        ? "stroke-width:3px"
        : "fill:" + GraphPicture.colour(state) + ",color:black";
  }

  private static String box(int number, GraphPicture.Vertex vertex) {
    String name =
        vertex.lines().stream().map(GraphMermaid::escaped).collect(Collectors.joining("<br/>"));
    return vertex.fold().isGroup()
        ? "j%d[[\"%s<br/>%s\"]]".formatted(number, name, vertex.size())
        : "j%d[\"%s\"]".formatted(number, name);
  }

  /**
   * Letters and digits as they are, and what stands between them in the names of instances; all
   * else by its number, as Mermaid has it: {@code #34;}. Where a line of Markdown may begin with it
   * (a list, a heading), or a blank is next to it, a sign is no longer between letters.
   */
  private static String escaped(String line) {
    StringBuilder out = new StringBuilder();
    List<Integer> codes = line.codePoints().boxed().toList();
    for (int i = 0; i < codes.size(); i++) {
      int c = codes.get(i);
      boolean plain =
          Character.isLetterOrDigit(c) && c != MARK
              || isMark(c) && i > 0
              || c == ' ' && isInside(codes, i)
              || "/=,.-".indexOf(c) >= 0 && isInside(codes, i);
      if (plain) {
        out.appendCodePoint(c);
      } else {
        out.append('#').append(c == ' ' ? 0xa0 : c).append(';');
      }
    }
    return out.toString();
  }

  private static boolean isMark(int c) {
    return Character.getType(c) == Character.NON_SPACING_MARK
        || Character.getType(c) == Character.COMBINING_SPACING_MARK;
  }

  private static boolean isInside(List<Integer> codes, int at) {
    return at > 0
        && at + 1 < codes.size()
        && Character.isLetterOrDigit(codes.get(at - 1))
        && Character.isLetterOrDigit(codes.get(at + 1));
  }
}
