package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.torc.Page;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every field that the commands print with {@code --json} is told on the page. */
class JsonPageTest {

  @TempDir Path root;

  @Test
  void everyFieldIsTold() throws Exception {
    Files.writeString(
        root.resolve("torc.yaml"),
        """
        jobs:
          a: { command: "cp in a", needs: in, produces: a }
          b: { command: "cp a b", needs: a, produces: b }
          c: { command: "exit 3", after: b, retries: 1 }
          d: { command: "echo x=1 >> $TORC_OUTPUT && echo '{}' >> $TORC_EVENTS" }
        """);
    Files.writeString(root.resolve("in"), "1");
    Set<String> fields = new TreeSet<>();
    collect(fields, "build", "-D", "x=1"); // refused
    collect(fields, "build");
    Files.writeString(root.resolve("in"), "2");
    collect(fields, "build", "-n");
    collect(fields, "why", "b", "in");
    collect(fields, "status");
    collect(fields, "list");
    collect(fields, "check");
    collect(fields, "doctor");
    collect(fields, "--version");
    collect(fields, "log", "c");
    collect(fields, "data");
    collect(fields, "events");
    collect(fields, "history");
    collect(fields, "history", "a");
    collect(fields, "graph");
    collect(fields, "build");
    collect(fields, "store");
    collect(fields, "store", "a");
    collect(fields, "store", "--make-key", "key");
    try (Stream<Path> all = Files.list(root.resolve(".torc/store"))) {
      Files.writeString(all.sorted().toList().getFirst(), "other");
    }
    collect(fields, "store", "--verify");
    collect(fields, "store", "--clear");
    Files.writeString(root.resolve("b"), "mine");
    collect(fields, "clean", "-n");
    collect(fields, "adopt", "b");

    String page = Page.of("json.md").prose();
    fields.removeIf(field -> page.contains("`" + field + "`"));
    assertEquals(Set.of(), fields);
  }

  private void collect(Set<String> fields, String... command) throws Exception {
    String[] args = java.util.Arrays.copyOf(command, command.length + 1);
    args[command.length] = "--json";
    ObjectMapper json = new ObjectMapper();
    for (String line : Run.of(root, args).out().lines().toList()) {
      collect(fields, json.readTree(line));
    }
  }

  private static void collect(Set<String> fields, JsonNode node) {
    node.fieldNames().forEachRemaining(fields::add);
    node.forEach(child -> collect(fields, child));
  }
}
