package dev.torc.front.buildfile;

import static dev.torc.Generated.code;
import static dev.torc.Generated.head;
import static dev.torc.Generated.row;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.torc.Generated;
import dev.torc.Page;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Checks the tables of keys on the pages of the build file, which are made from the schema for
 * editors.
 */
class KeyTablesTest {

  private static final JsonNode SCHEMA = SchemaTest.schema();

  /** What the keys of a table are, if not those of a map that the page explains. */
  private static final Map<String, String> HEADINGS =
      Map.of("/properties", "top-level key", "/$defs/job/properties", "key of a job");

  /** A description, with a remark and the default in brackets at its end. */
  private static final Pattern DEFAULT =
      Pattern.compile("(.*?)(?: \\((?:([^()]*); )?default: (.*)\\))?");

  /** What the pages call the definitions and types of the schema. */
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("text", "text"),
          Map.entry("path", "path"),
          Map.entry("nonBlank", "text"),
          Map.entry("oneOrMore", "text, list"),
          Map.entry("texts", "text, list"),
          Map.entry("flag", "`true`, `false`"),
          Map.entry("size", "size"),
          Map.entry("duration", "duration"),
          Map.entry("whole", "number"),
          Map.entry("count", "number"),
          Map.entry("times", "number"),
          Map.entry("factor", "number"),
          Map.entry("cause", "status, text"),
          Map.entry("string", "text"),
          Map.entry("object", "map"),
          Map.entry("array", "list"),
          Map.entry("boolean", "`true`, `false`"),
          Map.entry("number", "number"),
          Map.entry("integer", "number"),
          Map.entry("null", ""));

  @Test
  void everyKeyHasALineOfTheSchemaOnAPage() throws Exception {
    Set<String> told = new TreeSet<>();
    for (String part : Generated.check("keys", KeyTablesTest::rows)) {
      String[] words = part.split(": ", 2);
      (words.length == 2 ? List.of(words[1].split(" ")) : names(words[0])).forEach(told::add);
    }
    TreeSet<String> keys = BuildFilePageTest.keys();
    assertTrue(keys.size() > 30, "only " + keys);
    keys.removeAll(told);
    assertEquals(Set.of(), keys);
  }

  private static List<String> names(String pointer) {
    return SCHEMA.at(pointer).properties().stream().map(Map.Entry::getKey).toList();
  }

  /** Returns the table of keys under a pointer, all of them or those named. */
  private static String rows(Page page, String part) {
    String[] words = part.split(": ", 2);
    String heading = HEADINGS.getOrDefault(words[0], "key");
    StringBuilder rows = new StringBuilder(head(heading, "type", "default", "description"));
    for (String key : words.length == 2 ? List.of(words[1].split(" ")) : names(words[0])) {
      JsonNode schema = SCHEMA.at(words[0] + "/" + key);
      Matcher text = DEFAULT.matcher(schema.path("description").asText());
      assertTrue(text.matches(), part + " " + key);
      String also = text.group(2) == null ? "" : " (" + text.group(2) + ")";
      String ending = text.group(3) == null ? "" : text.group(3);
      rows.append(
          row(
              heading.equals("key") ? code(key) : link(page, key),
              String.join(", ", types(schema)),
              ending.matches("[\\w./-]+|\\[.*") ? code(ending) : ending,
              text.group(1) + also));
    }
    return rows.toString();
  }

  /** Returns a key as a link to the part that explains it. */
  private static String link(Page from, String key) {
    try {
      List<Page> pages = new ArrayList<>(Page.below("build-file"));
      pages.add(Page.of("groups.md"));
      pages.sort(Comparator.comparing(page -> !page.file().equals(from.file())));
      for (Page page : pages) {
        for (String anchor : page.anchors().subList(1, page.anchors().size())) { // not the title
          if (List.of(anchor.split("-and-")).contains(key)) {
            Path file = from.file().getParent().relativize(page.file());
            boolean here = page.file().equals(from.file());
            return "[" + code(key) + "](" + (here ? "" : file) + "#" + anchor + ")";
          }
        }
      }
      throw new AssertionError("no page has a heading for the key " + key);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the forms that a value may have, as the pages call them. */
  private static Set<String> types(JsonNode schema) {
    Set<String> types = new LinkedHashSet<>();
    String ref = schema.path("$ref").asText();
    String known = ref.isEmpty() ? null : TYPES.get(ref.substring(ref.lastIndexOf('/') + 1));
    if (known != null) {
      types.addAll(List.of(known.split(", ")));
    } else if (!ref.isEmpty()) {
      types.addAll(types(SCHEMA.at(ref.substring(1))));
    } else if (schema.has("enum")) {
      schema.path("enum").forEach(each -> types.add(code(each.asText())));
    } else if (schema.has("type")) {
      JsonNode type = schema.path("type");
      if (!schema.path("pattern").asText().equals("\\{")) { // a placeholder for the other forms
        (type.isArray() ? type : List.of(type))
            .forEach(each -> types.add(TYPES.get(each.asText())));
      }
    } else {
      schema
          .path(schema.has("oneOf") ? "oneOf" : "anyOf")
          .forEach(each -> types.addAll(types(each)));
    }
    types.remove("");
    types.remove("`null`");
    return types;
  }
}
