package dev.torc.base.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.syntax.Node.Entry;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Checks that a packed map of jobs is unpacked with the same texts and places. */
class PackedNodeTest {

  private static final String JOBS =
      """
      base: &base { env: { A: "1" } }
      jobs:
        a: { command: [x, 'y z', ~, ""], needs: [], produces: { out: é/ü.txt } }
        b:
          <<: *base
          command: |
            one
            two
        c: plain
      """;

  @Test
  void valuesComeBackAsTheyWere() {
    Node tree = YamlReader.read(JOBS, "torc.yaml");
    Node.Mapping jobs = (Node.Mapping) ((Node.Mapping) tree).get("jobs");
    String once = text(jobs, "torc.yaml");
    for (String part :
        List.of(
            "a@3:3 {3:6 command@3:8 [3:17 x@3:18 'y z'@3:21 ~@3:28 ''@3:31]",
            "needs@3:36 [3:43] produces@3:47 {3:57 out@3:59 é/ü.txt@3:64}",
            "env@1:15 {1:20 A@1:22 '1'@1:25}",
            "'one\ntwo\n'@6:14",
            "c@9:3 plain@9:6")) {
      assertTrue(once.contains(part), part + "\n" + once);
    }
    assertEquals(once, text(jobs, "torc.yaml"), "a second time");
  }

  /** A value with the places of its parts, all of which are in a file. */
  static String text(Node node, String file) {
    Place at = node.place();
    String where = at.line() + ":" + at.column();
    assertEquals(file, at.file());
    if (node instanceof Node.Scalar scalar) {
      String quote = scalar.quoted() ? "'" : "";
      return quote + scalar.text() + quote + "@" + where;
    }
    StringBuilder text = new StringBuilder();
    if (node instanceof Node.Sequence list) {
      text.append('[').append(where);
      list.items().forEach(item -> text.append(' ').append(text(item, file)));
      return text.append(']').toString();
    }
    text.append('{').append(where);
    ((Node.Mapping) node)
        .entries()
        .forEach((key, entry) -> text.append(' ').append(key).append(entry(entry, file)));
    return text.append('}').toString();
  }

  private static String entry(Entry entry, String file) {
    return "@"
        + entry.place().line()
        + ":"
        + entry.place().column()
        + " "
        + text(entry.value(), file);
  }
}
