package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No name, value, path or error text reaches a terminal as something that the terminal obeys. */
class HarmlessOutputTest {

  /** An escape sequence, a C1 control, DEL, and the marks that reorder text. */
  private static final String BAD = "\u001bc\u009b2J\u007f\u202e\u2066\u200f\u061c";

  private static final String IN_YAML = "\\ec\\x9b2J\\x7f\\u202e\\u2066\\u200f\\u061c";

  @TempDir Path temp;
  private Folder folder;

  @BeforeEach
  void project() throws IOException {
    folder = new Folder(temp.toRealPath());
    folder.put("s" + BAD, "s\n");
    folder.put(
        "torc.yaml",
        """
        name: "n~"
        data: { "k": "v~" }
        jobs:
          "m~":
            command:
              "cp s* \\"p$X\\"; echo v=$X >> $TORC_OUTPUT; \
              printf '{\\"a\\": \\"\\u009b\\u202e\\"}\\\\n' >> $TORC_EVENTS"
            needs: ["s~"]
            produces: ["p~"]
            env: { X: "~" }
            tags: ["t~"]
            description: "d~"
          "bad~": { command: "printf '%s\\\\n' 'o~'; exit 1", after: "m~" }
          "blocked~": { command: "true", after: "bad~" }
          each: { command: "true", parameters: { p: ["i~"] } }
        """
            .replace("~", IN_YAML));
  }

  private static void isHarmless(Run run, String what) {
    (run.out() + run.err())
        .chars()
        .forEach(
            c ->
                assertFalse(
                    c != '\n' && Character.getType(c) == Character.CONTROL
                        || BAD.indexOf(c) >= 0 && c > '~',
                    () -> what + " wrote U+" + Integer.toHexString(c)));
  }

  @Test
  void noCommandWritesWhatATerminalObeys() throws IOException {
    Run first = folder.run("-v");
    assertEquals(1, first.exit(), first.err());
    isHarmless(first, "build -v");
    for (String line :
        List.of(
            "build",
            "build --json --force",
            "build -q",
            "-n",
            "-n --json",
            "status",
            "status --json",
            "list",
            "list --json",
            "why m~",
            "why --json m~",
            "why s~",
            "why --json s~",
            "why nope~",
            "check",
            "check --json",
            "graph",
            "graph --format json",
            "graph m~",
            "graph --format text --instances",
            "graph --format mermaid --instances",
            "graph --job bad~ --depth 1",
            "graph --job nope~",
            "graph --depth ~",
            "graph --format ~",
            "build --junit nope~/~ --force",
            "build --junit s~/r.xml",
            "build -n --junit ~",
            "data",
            "data --json",
            "events",
            "events --json",
            "history",
            "history --json",
            "history m~",
            "history --last x~",
            "log nope~",
            "log --json m~",
            "store nope~",
            "store --prune nope~",
            "store --clear nope~",
            "store --make-key nope~/~",
            "store --make-key s~",
            "adopt bad~",
            "clean -n",
            "clean",
            "nope~",
            "build --nope~",
            "build -D nope~=1",
            "-C nope~",
            "-f nope~",
            "build --limit x~=1",
            "list nope~")) {
      isHarmless(folder.run(line.replace("~", BAD).split(" ")), line);
    }
    folder.put("p" + BAD, "mine\n");
    isHarmless(folder.run("build", "--force", "m" + BAD), "what is kept");
    folder.put("s" + BAD, "other\n").run("build", "m" + BAD);
    for (String line : List.of("store", "store --json", "store m~", "store --json m~")) {
      Run run = folder.run(line.replace("~", BAD).split(" "));
      assertTrue(run.out().contains("m"), run.err());
      isHarmless(run, line);
    }
    try (Stream<Path> all = Files.list(folder.at().resolve(".torc/store"))) {
      Files.writeString(all.findFirst().orElseThrow(), "spoilt");
    }
    Run verified = folder.run("store", "--verify");
    assertEquals(1, verified.exit(), verified.err());
    isHarmless(verified, "store --verify");
    isHarmless(folder.run("clean", "--kept"), "clean --kept");
    isHarmless(folder.run("clean", "--all"), "clean --all");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jobs: { \"j~\": { \"k~\": 1 } }",
        "jobs: { \"j~\": { command: x, after: \"o~\" } }",
        "jobs: { \"j~\": { command: x, needs: [\"o~\"] } }",
        "jobs: { \"j~\": { command: x, resources: { runtime: \"r~\" } } }",
        "jobs: { \"j~\": { command: x, produces: [\"o~\"] }, k: { command: x, produces: \"o~\" } }",
        "jobs: { \"j~\": { command: x, parameters: { p: { lines: \"o~\" } } } }",
        "\"jobs~\": {}"
      })
  void noErrorOfABuildFileDoes(String text) throws IOException {
    folder.put("torc.yaml", text.replace("~", IN_YAML) + "\n");
    for (String command : List.of("build", "check", "check --json", "status", "-n")) {
      Run run = folder.run(command.split(" "));
      isHarmless(run, command);
      assertTrue(run.exit() == 2 || command.equals("status"), run.err());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"list --json", "graph --json", "-n --json", "build --json", "data --json"})
  void jsonStillSaysTheVeryCharacters(String command) throws IOException {
    folder.build("m" + BAD);
    folder.run("clean", "m" + BAD);
    if (command.equals("data --json")) {
      folder.build("m" + BAD);
    }
    Set<String> texts = new TreeSet<>();
    String out = folder.run(command.split(" ")).out();
    try (JsonParser json = new JsonFactory().createParser(out)) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.VALUE_STRING) {
          texts.add(json.getText());
        }
      }
    }
    assertTrue(texts.contains("m" + BAD), out);
  }
}
