package dev.torc.front.buildfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.SourceFile;
import dev.torc.features.clusters.ExecutorReader;
import dev.torc.features.containers.ImageReader;
import dev.torc.features.groups.AxisReader;
import dev.torc.features.groups.FactoryReader;
import dev.torc.features.hooks.HookReader;
import dev.torc.features.reading.KnownKeys;
import dev.torc.features.when.WhenReader;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Checks that the schema for editors has the keys of the parser. {@code testdata/readings} has what
 * each of them refuses.
 */
class SchemaTest {

  private static final JsonSchema SCHEMA =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
          .getSchema(SchemaTest.class.getResourceAsStream("/dev/torc/torc.schema.json"));

  static JsonNode schema() {
    return SCHEMA.getSchemaNode();
  }

  /** Returns whether an editor would find no error. */
  static boolean accepts(Node file) {
    return SCHEMA.validate(value(file)).isEmpty();
  }

  /** Not all validators read look-around, classes of Unicode, or a bare hyphen in a class. */
  @Test
  void itsPatternsAreThoseThatEveryValidatorReads() {
    List<String> patterns = schema().findValuesAsText("pattern");
    patterns.removeIf(String::isEmpty);
    assertTrue(patterns.size() > 15, patterns.toString());
    for (String pattern : patterns) {
      assertFalse(pattern.matches(".*(\\(\\?|\\\\[pP]\\{|\\[\\^?-|[^\\\\]-]).*"), pattern);
    }
  }

  @Test
  void theKeysAreTheParsers() {
    assertKeys(KnownKeys.TOP, "/properties");
    assertKeys(JobFeatures.JOB, "/$defs/job/properties");
    assertKeys(KnownKeys.TASK, "/$defs/task/properties");
    assertKeys(ImageReader.CONTAINER, "/$defs/container/properties");
    Set<String> executor = new TreeSet<>(ExecutorReader.EXECUTOR);
    executor.addAll(ExecutorReader.OF_SLURM);
    executor.addAll(ExecutorReader.OF_COMMANDS);
    assertKeys(executor, "/$defs/executor/properties");
    assertKeys(ExecutorReader.OF_WORDS, "/$defs/executor/properties/words/properties");
    assertKeys(KnownKeys.RESOURCES, "/$defs/resources/properties");
    assertKeys(KnownKeys.LIMITS, "/properties/limits/properties");
    assertKeys(KnownKeys.CARDS, "/properties/limits/properties/gpus/anyOf/1/properties");
    assertKeys(KnownKeys.RETRY, "/$defs/retry/properties");
    assertKeys(KnownKeys.GROW, "/$defs/retry/properties/grow/properties");
    assertKeys(HookReader.HOOKS, "/properties/hooks/oneOf/0/properties");
    assertKeys(HookReader.HOOK, "/properties/hooks/oneOf/1/items/properties");
    assertKeys(KnownKeys.NEED, "/$defs/need/oneOf/1/properties");
    assertKeys(KnownKeys.REPORT, "/$defs/shown/oneOf/1/properties");
    assertKeys(WhenReader.CONDITION, "/$defs/condition/properties");
    assertKeys(KnownKeys.STAMPS, "/properties/stamps/properties");
    assertKeys(AxisReader.VALUES, "/$defs/values/oneOf/2/properties");
    assertKeys(AxisReader.TABLE, "/$defs/job/properties/table/oneOf/1/properties");
    assertKeys(FactoryReader.FACTORY, "/$defs/factory/properties");
    assertKeys(FactoryReader.PARAMETER, "/$defs/factoryParameter/properties");
    Set<String> named = new TreeSet<>(JobFeatures.JOB);
    named.add("name");
    assertKeys(named, "/$defs/namedJob/properties");
  }

  /** Editors show the description of a key, and the pages are made from it. */
  @Test
  void everyKeyHasADescriptionOfOneLine() {
    Set<String> wrong = new TreeSet<>();
    undescribed(schema(), wrong);
    assertEquals(Set.of(), wrong);
  }

  /** Adds the keys that a schema names itself, except those of its conditions. */
  private static void undescribed(JsonNode schema, Set<String> into) {
    for (Map.Entry<String, JsonNode> part : schema.properties()) {
      if (part.getKey().equals("properties")) {
        for (Map.Entry<String, JsonNode> key : part.getValue().properties()) {
          if (key.getValue().isObject()
              && !described(key.getValue()).matches("[A-Z].{5,170}[^.]")) {
            into.add(key.toString());
          }
        }
      }
      if (!part.getKey().matches("allOf|if|then|not")) {
        undescribed(part.getValue(), into);
      }
    }
    if (schema.isArray()) {
      schema.forEach(item -> undescribed(item, into));
    }
  }

  /**
   * Returns the description of a key; a bare reference to another key has the other key's
   * description.
   */
  private static String described(JsonNode key) {
    return (key.has("description") ? key : schema().at(key.path("$ref").asText("#").substring(1)))
        .path("description")
        .asText();
  }

  private static void assertKeys(Collection<String> keys, String pointer) {
    Set<String> inSchema = new TreeSet<>();
    schema().at(pointer).fieldNames().forEachRemaining(inSchema::add);
    assertEquals(new TreeSet<>(keys), inSchema, pointer);
  }

  @Test
  void theExampleOfEveryKeyHasEveryKey() throws IOException {
    JsonNode example = value(Path.of("testdata/buildfiles/good/everything.yaml"));
    Set<String> used = new TreeSet<>();
    collect(example, used);
    for (Collection<String> keys :
        List.of(
            JobFeatures.JOB,
            KnownKeys.TASK,
            KnownKeys.RESOURCES,
            ImageReader.CONTAINER,
            KnownKeys.LIMITS,
            KnownKeys.RETRY,
            KnownKeys.GROW,
            AxisReader.VALUES,
            AxisReader.TABLE,
            KnownKeys.REPORT,
            FactoryReader.FACTORY,
            FactoryReader.PARAMETER)) {
      for (String key : keys) {
        assertTrue(used.contains(key), key);
      }
    }
  }

  private static void collect(JsonNode node, Set<String> into) {
    node.fieldNames().forEachRemaining(into::add);
    node.forEach(child -> collect(child, into));
  }

  private static JsonNode value(Path file) throws IOException {
    return value(SourceFile.parse(SourceFile.bytes(file, file.toString()), file.toString()));
  }

  /** The values that an editor sees: unquoted scalars by YAML's core schema. */
  private static JsonNode value(Node node) {
    JsonNodeFactory make = JsonNodeFactory.instance;
    return switch (node) {
      case Node.Mapping map -> {
        ObjectNode object = make.objectNode();
        map.entries().forEach((key, entry) -> object.set(key, value(entry.value())));
        yield object;
      }
      case Node.Sequence list -> {
        var array = make.arrayNode();
        list.items().forEach(item -> array.add(value(item)));
        yield array;
      }
      case Node.Scalar scalar when scalar.isNothing() -> make.nullNode();
      case Node.Scalar scalar when !scalar.quoted() && scalar.text().matches("true|false") ->
          make.booleanNode(scalar.text().equals("true"));
      case Node.Scalar scalar when !scalar.quoted() && scalar.text().matches("-?\\d+") ->
          make.numberNode(Long.parseLong(scalar.text()));
      case Node.Scalar scalar when !scalar.quoted() && scalar.text().matches("-?\\d+\\.\\d+") ->
          make.numberNode(new BigDecimal(scalar.text()));
      case Node.Scalar scalar -> make.textNode(scalar.text());
    };
  }
}
