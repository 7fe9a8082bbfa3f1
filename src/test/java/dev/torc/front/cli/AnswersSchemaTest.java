package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.torc.base.machine.ProgramOutput;
import dev.torc.core.memory.BuildLock;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.StartMark;
import dev.torc.core.memory.StartMarks;
import dev.torc.core.memory.ThisHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The output of commands with {@code --json} fits the schemas: no field less, and none more. */
class AnswersSchemaTest {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Path ANSWERS = Path.of("src/main/dist/share/torc.answers.schema.json");
  private static final Path EVENTS = Path.of("src/main/dist/share/torc.events.schema.json");

  /** Fields that are left out where they have nothing to say. */
  private static final Set<String> OPTIONAL =
      Set.of(
          "why",
          "probed",
          "skipped",
          "from",
          "images",
          "without",
          "errors",
          "chain",
          "licences",
          "machine",
          "commit",
          "parameters");

  @TempDir Path temp;
  private Folder folder;
  private StandInRuntime podman;
  private final Set<String> written = new TreeSet<>();

  @BeforeEach
  void aProjectWithSomeOfEverything() throws IOException {
    Path at = temp.toRealPath();
    podman = StandInRuntime.in(at.resolve("bin"), "tools:1");
    folder = new Folder(Files.createDirectory(at.resolve("project")));
    Files.createDirectory(at.resolve("shared"));
    folder.put("in", "1");
    folder.put(
        "torc.yaml",
        """
        limits: { licences: 2 }
        data: { high: 3 }
        stores: { shared: { path: ../shared } }
        jobs:
          a: { command: "cp in a", needs: in, produces: a, tags: t, resources: { licences: 1, runtime: 9h } }
          b: { command: "cp a b", needs: a, produces: b, description: copies }
          c: { command: "exit 3", after: b, retries: 1 }
          d: { command: "echo x=1 >> $TORC_OUTPUT && echo '{}' >> $TORC_EVENTS" }
          i: { image: tools:1, command: "true" }
          g: { parameters: { n: [1, 2] }, command: "test {n} = 1 && touch {n}", produces: "{n}" }
          h: { command: "cat {needs}", needs: { job: g, failed: skip } }
          gone: { command: "touch gone", produces: gone }
          p: { command: "touch p", produces: p, probe: "true" }
        """);
  }

  private static JsonNode schema(Path file) throws IOException {
    return MAPPER.readTree(file.toFile());
  }

  private static JsonSchema schema(JsonNode of) {
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(of);
  }

  /** The schema of one command's answer. */
  private static JsonSchema answer(String command) throws IOException {
    ObjectNode schema = (ObjectNode) schema(ANSWERS);
    schema.remove("anyOf");
    return schema(schema.put("$ref", "#/$defs/" + command));
  }

  private void holds(String command, String... args) throws IOException {
    String[] all = java.util.Arrays.copyOf(args, args.length + 1);
    all[args.length] = "--json";
    Run run = Run.in(podman.env(), folder.at(), all);
    assertEquals(1, run.out().lines().count(), run.toString());
    accepts(command, run.out());
  }

  private void accepts(String command, String text) throws IOException {
    JsonSchema schema = answer(command);
    JsonNode answer = MAPPER.readTree(text);
    assertEquals(Set.of(), schema.validate(answer), text);
    for (ObjectNode each : objects(answer)) {
      each.fieldNames().forEachRemaining(written::add);
      if (!each.has("cpus")) { // counters of the user's own stand beside cpus
        each.put("more", 1);
        assertFalse(schema.validate(answer).isEmpty(), "more in " + each);
        each.remove("more");
      }
      for (String field : names(each)) {
        if (!OPTIONAL.contains(field)) {
          JsonNode value = each.remove(field);
          assertFalse(schema.validate(answer).isEmpty(), "no " + field + " in " + each);
          each.set(field, value);
        }
      }
    }
  }

  /** The objects of an answer, but for values that a job or a build file wrote. */
  private static List<ObjectNode> objects(JsonNode in) {
    List<ObjectNode> found = new ArrayList<>();
    if (in instanceof ObjectNode object) {
      found.add(object);
      object
          .properties()
          .forEach(
              each -> {
                if (!Set.of("value", "parameters").contains(each.getKey())
                    && !each.getValue().isEmpty()) {
                  found.addAll(objects(each.getValue()));
                }
              });
    } else {
      in.forEach(child -> found.addAll(objects(child)));
    }
    return found;
  }

  private static Set<String> names(JsonNode of) {
    Set<String> names = new TreeSet<>();
    of.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** The fields that a schema knows. */
  private static Set<String> fields(JsonNode schema) {
    Set<String> fields = new TreeSet<>();
    properties(schema).forEach(properties -> fields.addAll(names(properties)));
    return fields;
  }

  /** The properties of all objects in a schema, at any depth. */
  private static List<JsonNode> properties(JsonNode schema) {
    List<JsonNode> all = new ArrayList<>();
    if (schema.path("properties").isObject()) {
      all.add(schema.get("properties"));
    }
    schema.forEach(inner -> all.addAll(properties(inner)));
    return all;
  }

  /** Makes a commit, which the records of builds name. */
  private void commit() {
    String commit = "git -c user.name=a -c user.email=a@b commit -qm one";
    String line = "git init -q && git add torc.yaml && " + commit;
    ProgramOutput git =
        ProgramOutput.of(
            List.of("sh", "-c", line), podman.env(), folder.at(), ProgramOutput.PATIENCE);
    assertTrue(git.ok(), git::errors);
  }

  @Test
  void answers() throws IOException {
    holds("check", "check");
    holds("doctor", "doctor");
    holds("version", "--version");
    holds("version", "status", "-V");
    commit();
    Run.in(podman.env(), folder.at(), "build");
    folder.put("in", "2");
    holds("build_dry_run", "build", "-n");
    holds("why", "why", "b", "in", "c", "i", "h");
    holds("status", "status");
    holds("list", "list");
    holds("list_groups", "list", "--groups");
    holds("log", "log", "c");
    holds("log", "log", "g");
    holds("data", "data");
    holds("list_resources", "list", "--resources");
    holds("events", "events");
    holds("history", "history");
    holds("history_jobs", "history", "a", "c", "g");
    holds("graph", "graph");
    Run.in(podman.env(), folder.at(), "build");
    folder.put("in", "1");
    holds("build_dry_run", "build", "-n");
    holds("why", "why", "a");
    holds("graph", "graph");
    holds("status", "status");
    Run.in(podman.env(), folder.at(), "build");
    holds("list", "list", "a");
    holds("store", "store");
    holds("store_jobs", "store", "a");
    holds("store_freed", "store", "--prune", "-n");
    holds("store_freed", "store", "--clear", "-n");
    Path stored = folder.at().resolve(".torc/store");
    try (Stream<Path> all = Files.list(stored)) {
      Files.writeString(all.sorted().toList().getFirst(), "other");
    }
    holds("store_checked", "store", "--verify", "-n");
    holds("store_key", "store", "--make-key", "key");
    folder.put("b", "mine");
    holds("clean", "clean", "-n");
    holds("adopt", "adopt", "b");
    CachePlace place = CachePlace.find(folder.at(), Map.of(), ThisHost.system());
    BuildLock.Holder holder =
        new BuildLock.Holder(ProcessHandle.current().pid(), "id", "torc build");
    try (StartMarks marks = StartMarks.begin(place, List.of());
        BuildLock _ = BuildLock.tryAcquire(place, holder, false).orElseThrow()) {
      marks.add(new StartMark("id", "a", 1));
      holds("status", "status");
    }

    folder.put("torc.yaml", "jobs: { a: { comand: x } }\n");
    holds("status", "status");
    holds("log", "log", "c");
    holds("data", "data");
    holds("events", "events");
    holds("history", "history");
    holds("history_jobs", "history", "a");
    holds("store", "store");
    holds("store_jobs", "store", "a");
    holds("store_freed", "store", "--clear", "-n");
    holds("store_checked", "store", "--verify", "-n");
    holds("clean", "clean", "-n");
    holds("refused", "list");

    Set<String> known = fields(schema(ANSWERS));
    known.removeAll(written);
    known.remove("lack"); // no job here has a nearest result
    assertEquals(Set.of(), known, "fields that no command writes");
  }

  @Test
  void eventsOfABuild() throws IOException {
    JsonSchema schema = schema(schema(EVENTS));
    List<String> lines = new ArrayList<>();
    for (String state : new String[] {"1", "2", "2"}) {
      folder.put("in", state);
      lines.addAll(Run.in(podman.env(), folder.at(), "build", "--json").out().lines().toList());
    }
    lines.add(Run.in(podman.env(), folder.at(), "build", "nope", "--json").out());
    for (String line : lines) {
      assertEquals(Set.of(), schema.validate(MAPPER.readTree(line)), line);
    }
  }

  @Test
  void everyPropertyHasADescription() throws IOException {
    for (Path file : List.of(EVENTS, ANSWERS)) {
      JsonNode schema = schema(file);
      Set<String> without = new TreeSet<>();
      for (JsonNode properties : properties(schema)) {
        for (String name : names(properties)) {
          JsonNode property = properties.get(name);
          JsonNode definition = schema.at(property.path("$ref").asText("#/none").substring(1));
          if (!property.has("const")
              && !property.has("description")
              && !definition.has("description")) {
            without.add(name + " of " + names(properties));
          }
        }
      }
      assertEquals(Set.of(), without, file.toString());
    }
  }
}
