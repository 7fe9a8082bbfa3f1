package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.torc.Page;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The page leads to the schemas, which describe each field. */
class JsonPageTest {

  private static JsonNode schema(String name) throws IOException {
    return new ObjectMapper()
        .readTree(Path.of("src/main/dist/share/torc." + name + ".schema.json").toFile());
  }

  @Test
  void thePageNamesEachAnswerAndVerdict() throws IOException {
    Set<String> words = new TreeSet<>();
    JsonNode answers = schema("answers");
    answers.get("anyOf").forEach(part -> words.add(part.get("$ref").asText().substring(8)));
    answers.at("/$defs/word/enum").forEach(verdict -> words.add(verdict.asText()));
    String page = Page.of("json.md").prose().split("\n## The other commands\n")[1];
    words.removeIf(word -> page.contains("`" + word + "`"));
    assertEquals(Set.of(), words);
  }

  @Test
  void eachPropertyHasADescription() throws IOException {
    List<String> without = new ArrayList<>();
    for (String name : List.of("events", "answers")) {
      collect(schema(name).get("$defs"), name, without);
    }
    without.remove("answers/status/if: accepted"); // a condition, no field
    assertEquals(List.of(), without);
  }

  private static void collect(JsonNode node, String place, List<String> without) {
    node.path("properties")
        .properties()
        .forEach(
            field -> {
              if (!field.getValue().has("description")) {
                without.add(place + ": " + field.getKey());
              }
            });
    node.properties()
        .forEach(part -> collect(part.getValue(), place + "/" + part.getKey(), without));
    if (node.isArray()) {
      node.forEach(part -> collect(part, place, without));
    }
  }
}
