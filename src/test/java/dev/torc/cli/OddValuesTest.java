package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Values that a shell, a path or a name could take for something else arrive in real jobs as they
 * are: in commands, in the environment, in paths and as names of targets.
 */
class OddValuesTest {

  private static final List<String> VALUES =
      List.of(
          "a b",
          "it's",
          "say \"x\"",
          "in/side",
          "two\nlines",
          "-n",
          "--",
          "é ß 日本",
          "$HOME `id` $(id)",
          "*",
          "a\\b",
          "#no;&|<>{x}",
          "%41,=");

  @TempDir Path cwd;

  @Test
  void arriveAsTheyAre() throws IOException {
    Folder folder = new Folder(cwd);
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < VALUES.size(); i++) {
      String value = VALUES.get(i).replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
      rows.append("{\"i\": %d, \"v\": \"%s\"}\n".formatted(i, value));
    }
    folder.put("rows.jsonl", rows.toString());
    folder.put(
        "torc.yaml",
        """
        jobs:
          plain: { table: rows.jsonl, command: "printf %s {v} > {produces}", produces: "a/{i}" }
          quoted: { table: rows.jsonl, command: "printf %s \\"{v}\\"'{v}' > {produces}", produces: "b/{i}" }
          listed: { table: rows.jsonl, command: [sh, -c, 'printf %s "$1" > "$2"', sh, "{v}", "{produces}"], produces: "c/{i}" }
          env: { table: rows.jsonl, command: 'printf %s "$v" > {produces}', produces: "d/{i}" }
          path: { table: rows.jsonl, command: "printf %s {v} > {produces}", produces: "e/{i}/{v}.txt" }
          all: { command: "cat {needs} > all", needs: [{ job: path }], produces: all }
        """);
    folder.build();
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < VALUES.size(); i++) {
      String value = VALUES.get(i);
      assertEquals(value, folder.get("a/" + i));
      assertEquals(value + value, folder.get("b/" + i));
      assertEquals(value, folder.get("c/" + i));
      assertEquals(value, folder.get("d/" + i));
      assertEquals(value, folder.get("e/" + i + "/" + value + ".txt"));
      all.append(value);
    }
    assertEquals(all.length(), folder.get("all").length());
    String second = folder.run("build").err();
    assertTrue(second.startsWith("66 jobs: 0 ran, 66 up to date, 0 failed"), second);
  }

  @Test
  void instancesAreTargetsByTheirEncodedNames() throws IOException {
    Folder folder = new Folder(cwd);
    folder.put(
        "torc.yaml",
        """
        jobs:
          g: { parameters: { v: ["a b", "in/side", "-n", "é", "it's"] }, command: "printf %s {v} > {produces}", produces: "o/{v:stem}" }
        """);
    for (String name : List.of("g/v=a%20b", "g/v=in%2Fside", "g/v=-n", "g/v=é", "g/v=it's")) {
      String said = folder.run("build", name).err();
      assertTrue(said.contains("1 job: 1 ran, 0 up to date, 0 failed"), said);
    }
    assertTrue(folder.run("build", "g").err().startsWith("5 jobs: 0 ran, 5 up to date"));
  }
}
