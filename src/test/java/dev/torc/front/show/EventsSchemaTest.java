package dev.torc.front.show;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Place;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import dev.torc.core.decide.Reason;
import dev.torc.front.ask.Call;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The schema of the events says just what is written: no kind, field or word less, and none more.
 */
class EventsSchemaTest {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static JsonNode json() throws IOException {
    return MAPPER.readTree(Path.of("src/main/dist/share/torc.events.schema.json").toFile());
  }

  private static JsonSchema schema() throws IOException {
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(json());
  }

  /** A line of each kind of event. */
  private static List<ObjectNode> lines() throws IOException {
    StringWriter refused = new StringWriter();
    Call.refuse(new BadInput(new Place("torc.yaml", 3, 4), "wrong"), refused);
    List<ObjectNode> lines = new ArrayList<>();
    for (String line : (JsonReportTest.show(JsonReportTest.ALL) + refused).split("\n")) {
      lines.add((ObjectNode) MAPPER.readTree(line));
    }
    return lines;
  }

  @Test
  void eachLineIsAccepted() throws IOException {
    for (ObjectNode line : lines()) {
      assertEquals(Set.of(), schema().validate(line), line.toString());
    }
  }

  /** This holds for objects and lists within an event too. */
  @Test
  void withAFieldMoreOrLessNoneIs() throws IOException {
    for (ObjectNode line : lines()) {
      for (ObjectNode each : objects(line)) {
        each.put("more", 1);
        assertFalse(schema().validate(line).isEmpty(), "more in " + line);
        each.remove("more");
        for (String field : names(each)) {
          JsonNode value = each.remove(field);
          boolean optional = field.equals("version") || field.equals("without");
          assertEquals(optional, schema().validate(line).isEmpty(), field + " of " + line);
          each.set(field, value);
        }
      }
    }
  }

  private static List<ObjectNode> objects(JsonNode in) {
    List<ObjectNode> found = new ArrayList<>();
    if (in instanceof ObjectNode object) {
      found.add(object);
    }
    in.forEach(child -> found.addAll(objects(child)));
    return found;
  }

  private static Set<String> names(JsonNode of) {
    Set<String> names = new TreeSet<>();
    of.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Test
  void itHasTheKindsThatAreWritten() throws IOException {
    Set<String> written = new TreeSet<>();
    lines().forEach(line -> written.add(line.get("event").asText()));
    Set<String> known = new TreeSet<>();
    for (JsonNode kind : json().get("oneOf")) {
      String pointer = kind.get("$ref").asText().substring(1);
      known.add(json().at(pointer).at("/properties/event/const").asText());
    }
    assertEquals(written, known);
    assertEquals(Event.class.getPermittedSubclasses().length + 1, known.size());
  }

  @Test
  void itHasTheWordsThatThereAre() throws IOException {
    JsonNode defs = json().get("$defs");
    assertEquals(
        words(Reason.Kind.values()), words(defs.at("/reasons/items/properties/kind/enum")));
    assertEquals(words(Event.Level.values()), words(defs.at("/note/properties/level/enum")));
    Enum<?>[] ends =
        Arrays.stream(JobState.values()).filter(JobState::isFinal).toArray(JobState[]::new);
    assertEquals(words(ends), words(defs.at("/job_ended/properties/state/enum")));
    assertEquals(words(ends), names(defs.at("/finished/properties/counts/properties")));
  }

  private static Set<String> words(Enum<?>[] words) {
    Set<String> out = new TreeSet<>();
    Arrays.stream(words).map(Json::lower).forEach(out::add);
    return out;
  }

  private static Set<String> words(JsonNode list) {
    Set<String> out = new TreeSet<>();
    list.forEach(word -> out.add(word.asText()));
    return out;
  }
}
