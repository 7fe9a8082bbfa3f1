package dev.torc.base.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Checks that the test suites of other projects for YAML and globs hold, except for cases that give
 * a reason.
 */
class ForeignSuitesTest {

  private static final Path SUITES = Path.of("testdata/suites");

  /**
   * Checks that a text is read or refused as the suite expects. A case in which the reader differs
   * says so under {@code torc}; if the reader no longer differs, this note must be removed.
   */
  @Test
  void yaml() throws IOException {
    Map<String, Integer> refused = new TreeMap<>();
    List<String> odd = new ArrayList<>();
    for (JsonNode each : new ObjectMapper().readTree(SUITES.resolve("yaml.json").toFile())) {
      String wanted = "none";
      try {
        wanted = each.has("fail") ? "none" : new Tree(each.get("tree").asText()).document();
      } catch (Refused e) {
        refused.merge(e.getMessage(), 1, Integer::sum);
      }
      String got;
      try {
        got = text(YamlReader.read(each.get("yaml").asText(), "f"));
      } catch (BadInput e) {
        got = "none";
      }
      String expected = each.has("torc") ? each.get("torc").asText().split(" ")[0] : "";
      String how = wanted.equals(got) ? "" : got.equals("none") ? "refuses" : "reads";
      if (!expected.equals(how)) {
        odd.add(each.get("id").asText() + ": " + how + " " + got + ", meant " + wanted);
      }
    }
    assertEquals(List.of(), odd);
    assertEquals(
        Map.of(
            "a document too many", 16, "a tag", 17, "a key that is no text", 17, "a key twice", 1),
        refused);
  }

  /** Thrown for a tree that no build file can have. */
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refused(String why) {
      super(why);
    }
  }

  /** Reads a tree in the notation of the suite, which has one line for each event. */
  private static final class Tree {
    private final Iterator<String> lines;
    private final Map<String, String> anchors = new HashMap<>();

    Tree(String events) {
      lines = events.lines().iterator();
    }

    String document() {
      if (!lines.hasNext()) {
        return "plain ";
      }
      lines.next(); // +DOC
      String node = node(lines.next());
      lines.next();
      if (lines.hasNext()) {
        throw new Refused("a document too many");
      }
      return node;
    }

    private String node(String line) {
      if (line.startsWith("=ALI")) {
        return anchors.get(line.substring(6));
      }
      String rest = line.replaceFirst("^[+=](MAP|SEQ|VAL)( \\{\\}| \\[\\])? ?", "");
      String anchor = "";
      if (rest.startsWith("&")) {
        anchor = rest.split(" ")[0].substring(1);
        rest = rest.substring(anchor.length() + 1).strip();
      }
      if (rest.startsWith("<")) {
        if (!rest.startsWith("<tag:yaml.org,2002:")) {
          throw new Refused("a tag");
        }
        boolean text = rest.startsWith("<tag:yaml.org,2002:str>");
        rest = rest.substring(rest.indexOf('>') + 1).stripLeading();
        rest = text && rest.startsWith(":") ? "\"" + rest.substring(1) : rest;
      }
      String node =
          switch (line.substring(0, 4)) {
            case "+SEQ" -> {
              StringBuilder items = new StringBuilder("[");
              for (String next = lines.next(); !next.equals("-SEQ"); next = lines.next()) {
                items.append(node(next)).append(", ");
              }
              yield items + "]";
            }
            case "+MAP" -> {
              SequencedMap<String, String> entries = new LinkedHashMap<>();
              for (String next = lines.next(); !next.equals("-MAP"); next = lines.next()) {
                if (!next.startsWith("=VAL")) {
                  throw new Refused("a key that is no text");
                }
                String key = node(next).replaceFirst("^\\w+ ", "");
                if (entries.put(key, node(lines.next())) != null) {
                  throw new Refused("a key twice");
                }
              }
              yield entries.toString();
            }
            default ->
                (rest.startsWith(":") ? "plain " : "quoted ")
                    + rest.substring(1).translateEscapes();
          };
      anchors.put(anchor, node);
      return node;
    }
  }

  private static String text(Node node) {
    return switch (node) {
      case Node.Scalar scalar -> (scalar.quoted() ? "quoted " : "plain ") + scalar.text();
      case Node.Sequence list -> {
        StringBuilder items = new StringBuilder("[");
        list.items().forEach(item -> items.append(text(item)).append(", "));
        yield items + "]";
      }
      case Node.Mapping map -> {
        SequencedMap<String, String> entries = new LinkedHashMap<>();
        map.entries().forEach((key, entry) -> entries.put(key, text(entry.value())));
        yield entries.toString();
      }
    };
  }

  /** A line has name, pattern, path, yes, no or refused, and the reason if it is not so here. */
  @Test
  void globs() throws IOException {
    List<String> odd = new ArrayList<>();
    for (String line : Files.readAllLines(SUITES.resolve("globs.tsv"))) {
      String[] each = line.split("\t", -1);
      String got;
      try {
        got = Glob.of(each[1]).matches(each[2]) ? "yes" : "no";
      } catch (IllegalArgumentException e) {
        got = "refused";
      }
      if (got.equals(each[3]) != each[4].isEmpty()) {
        odd.add(line + ", but " + got);
      }
    }
    assertEquals(List.of(), odd);
  }
}
