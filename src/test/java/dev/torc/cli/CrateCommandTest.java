package dev.torc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.torc.hash.Digest;
import dev.torc.posix.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code torc report --ro-crate}: what of the records gets into a crate, and what is refused. */
class CrateCommandTest {

  @TempDir Path cwd;
  private Folder folder;

  @BeforeEach
  void project() throws IOException {
    folder = new Folder(cwd).chain();
  }

  private Map<String, JsonNode> crate(String name, String... more) throws IOException {
    List<String> args = new ArrayList<>(List.of("report", "--ro-crate", name));
    args.addAll(List.of(more));
    Run run = folder.run(args.toArray(String[]::new));
    assertEquals(0, run.exit(), run.err());
    assertEquals("", run.out());
    Map<String, JsonNode> all = new TreeMap<>();
    String text = folder.get(name + "/ro-crate-metadata.json");
    new ObjectMapper()
        .readTree(text)
        .get("@graph")
        .forEach(entity -> all.put(entity.get("@id").asText(), entity));
    return all;
  }

  /**
   * All files of torc's own with when they changed, but for the table that LMDB keeps of readers.
   */
  private Map<String, String> own() throws IOException {
    Map<String, String> own = new TreeMap<>();
    try (Stream<Path> files = Files.walk(cwd.resolve(".torc"))) {
      for (Path file : files.toList()) {
        if (!file.endsWith("lock.mdb")) {
          own.put(
              file.toString(), Files.isDirectory(file) ? "" : "" + Files.getLastModifiedTime(file));
        }
      }
    }
    return own;
  }

  @Test
  void aFolderThatIsThereIsRefusedByNameAndStays() throws IOException {
    folder.build().put("made/mine", "x");
    for (String taken : List.of("made", "a.txt")) {
      Run run = folder.run("report", "--ro-crate", taken);
      assertEquals(2, run.exit());
      assertEquals(
          "torc: --ro-crate " + taken + ": it is there already; name a new folder\n", run.err());
    }
    assertEquals("x", folder.get("made/mine"));
    Run run = folder.run("report", "--ro-crate", ".torc/crate");
    assertEquals(2, run.exit());
    assertEquals(
        "torc: --ro-crate .torc/crate: .torc is for what torc keeps; name another\n", run.err());
  }

  @Test
  void withOptionsOfThePageItIsRefused() throws IOException {
    folder.build();
    Run build = folder.run("report", "--build", "1", "--ro-crate", "made");
    assertEquals(2, build.exit());
    assertTrue(build.err().startsWith("torc: --build with --ro-crate: "), build.err());
    Run file = folder.run("report", "-o", "x.html", "--ro-crate", "made");
    assertEquals(2, file.exit());
    assertTrue(file.err().startsWith("torc: -o with --ro-crate: "), file.err());
    Run paths = folder.run("report", "--paths", "--ro-crate", "made");
    assertEquals(2, paths.exit());
    assertEquals(
        "torc: --paths with --ro-crate: only a page can show absolute paths; leave --paths out\n",
        paths.err());
    Run json = folder.run("report", "--json", "--ro-crate", "made");
    assertEquals(2, json.exit());
    assertTrue(json.err().startsWith("torc: --json with --ro-crate: "), json.err());
    assertFalse(folder.has("made") || folder.has("x.html"));
  }

  @Test
  void aProjectThatWasNeverBuiltHasTheWorkflowAndGetsNoFolderOfTorcs() throws IOException {
    Run run = folder.run("report", "--ro-crate", "made/here");
    assertEquals(0, run.exit());
    assertEquals(
        "warning: nothing has run here yet: the crate tells of the workflow alone\nthe crate is in "
            + cwd.resolve("made/here")
            + "\n",
        run.err());
    assertFalse(folder.has(".torc"));
    assertEquals(folder.get("torc.yaml"), folder.get("made/here/torc.yaml"));
    String text = folder.get("made/here/ro-crate-metadata.json");
    assertTrue(text.contains("#step/third") && text.contains("is on record as having run."), text);
    assertFalse(text.contains("wfrun"), text);
    assertTrue(text.contains("\"license\":\"Not stated."), text);
  }

  @Test
  void ofWhatWasRestoredTheRunThatMadeItIsTold() throws IOException {
    String text = folder.get("torc.yaml");
    String other = text.replace("cat c.txt", "cat c.txt c.txt");
    folder.build();
    folder.put("torc.yaml", other).build();
    String began = crate("made").get("#run/third").get("startTime").asText();
    folder.put("torc.yaml", text).build();
    folder.put("torc.yaml", other).build();
    Map<String, JsonNode> crate = crate("later");
    JsonNode run = crate.get("#run/third");
    assertEquals(began, run.get("startTime").asText());
    assertTrue(
        run.get("description").asText().endsWith("\n(restored in build 4 from build 2)"),
        run::toString);
    assertTrue(crate.get("#control/2/third").toString().contains("\"#run/third\""));
    assertFalse(crate.containsKey("#build/4"), "nothing that stands was made in it");
    folder.put("torc.yaml", text);
    String old = crate("old").get("#run/third").get("description").asText();
    String since =
        "(restored in build 4 from build 2; no longer up to date: command changed: "
            + "cat c.txt c.txt > d.txt → cat c.txt > d.txt)";
    assertTrue(old.endsWith(since), old);
  }

  @Test
  void theCommandStandsAsItRanWithItsValuesAndIsTiedToItsStepAndBuild() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          train:
            parameters: { seed: [1, 2] }
            command: "cat {needs} > {produces}; echo loss={seed} >> $TORC_OUTPUT"
            needs: a.txt
            produces: "{seed}.out"
          best:
            command: "echo {data.train/seed=2.loss} {needs.all} > {produces}; exit 3"
            needs: { all: "*.out" }
            produces: best
        """);
    folder.run("build");
    Map<String, JsonNode> crate = crate("made");
    JsonNode run = crate.get("#run/train/seed=2");
    assertEquals("cat a.txt > 2.out; echo loss=2 >> $TORC_OUTPUT", run.get("description").asText());
    assertEquals("{\"@id\":\"#job/train\"}", run.get("instrument").toString());
    assertEquals("http://schema.org/CompletedActionStatus", run.get("actionStatus").asText());
    assertTrue(
        run.get("startTime").asText().matches("[-0-9]{10}T[:0-9]{8}\\.[0-9]{3}\\+00:00"),
        run::toString);
    assertEquals("2", crate.get("#value/train/seed=2.loss").get("value").asText());
    assertEquals(
        "http://schema.org/FailedActionStatus",
        crate.get("#run/best").get("actionStatus").asText());
    assertEquals("exit status 1", crate.get("#build/1").get("error").asText());
    String machine = crate.get("#build/1").get("location").asText();
    assertTrue(machine.contains(" of memory"), machine);
    assertEquals("{\"@id\":\"#file/a.txt\"}", crate.get("#build/1").get("object").toString());
    assertEquals(
        "{\"@id\":\"#step/train\"}", crate.get("#control/1/train").get("instrument").toString());
    assertEquals("{\"@id\":\"#build/1\"}", crate.get("#engine/1").get("result").toString());
    assertEquals(2, crate.get("torc.yaml").get("hasPart").size());
    folder.put("a.txt", "edited");
    assertTrue(
        crate("later")
            .get("#run/train/seed=2")
            .get("description")
            .asText()
            .startsWith("cat {needs} > {produces}; echo loss=2 >> $TORC_OUTPUT\n(no longer up"));
  }

  @Test
  void whatAnotherProjectRanHasNoAgentHere() throws IOException {
    String store = "stores: { shared: [{ path: " + cwd.resolve("store") + " }] }\n";
    Files.createDirectory(cwd.resolve("store"));
    folder.put("torc.yaml", store + folder.get("torc.yaml")).build();
    assertTrue(crate("own").get("#run/first").has("agent"));
    FileTree.remove(cwd.resolve(".torc"));
    Files.delete(cwd.resolve("b.txt"));
    folder.build();
    JsonNode run = crate("made").get("#run/first");
    assertTrue(run.get("description").asText().contains("(restored in build 1 from build 1 on "));
    assertFalse(run.has("agent"), run::toString);
  }

  @Test
  void whatWasUpToDateIsThereWithTheRunThatMadeIt() throws IOException {
    folder
        .build()
        .put("torc.yaml", folder.get("torc.yaml").replace("cat c.txt", "cat -u c.txt"))
        .build();
    Map<String, String> before = own();
    Map<String, JsonNode> crate = crate("made");
    assertEquals(before, own(), "it wrote something in .torc");
    assertTrue(crate.keySet().containsAll(List.of("#run/first", "#run/second", "#run/third")));
    assertTrue(crate.get("#control/1/first").toString().contains("\"#run/first\""));
    assertTrue(crate.get("#control/2/third").toString().contains("\"#run/third\""));
    assertFalse(crate.containsKey("#control/1/third") || crate.containsKey("#control/2/first"));
    assertEquals("cat -u c.txt > d.txt", crate.get("#run/third").get("description").asText());
    JsonNode file = crate.get("#file/b.txt");
    assertEquals(Digest.ofText("one\n").hex(), file.get("sha256").asText());
    assertEquals("{\"@id\":\"#file/c.txt\"}", crate.get("#build/2").get("object").toString());
  }

  @Test
  void theDigestIsThatOfTheRecordAndWhatChangedSinceIsTold() throws IOException {
    folder.build().put("b.txt", "edited").put("a.txt", "other");
    Run run = folder.run("report", "--ro-crate", "other");
    assertTrue(
        run.err()
            .startsWith(
                "warning: 3 of 3 jobs are not up to date: the crate tells of their last runs"),
        run.err());
    Map<String, JsonNode> crate = crate("made");
    assertEquals(Digest.ofText("one\n").hex(), crate.get("#file/b.txt").get("sha256").asText());
    assertEquals(Digest.ofText("one\n").hex(), crate.get("#file/a.txt").get("sha256").asText());
    assertFalse(crate.get("#file/b.txt").has("contentSize"), "that of other bytes");
    String said = crate.get("#run/first").get("description").asText();
    assertTrue(said.contains("\n(no longer up to date: need a.txt changed"), said);
    assertTrue(
        crate.get("#run/third").get("description").asText().contains("(may be out of date"),
        crate.get("#run/third").toString());
  }

  @Test
  void groupsFoldersDataAndEnvironmentAreThere() throws IOException {
    folder.put(
        "torc.yaml",
        """
        data: { high: 3 }
        jobs:
          train:
            parameters: { seed: [1, 2] }
            command: mkdir -p out/{seed}; echo {seed} > out/{seed}/w; echo loss=0.{seed} >> "$TORC_OUTPUT"
            env: { LC_ALL: C }
            needs: a.txt
            produces: out/{seed}/
          best:
            command: cat out/*/w > best.txt; echo {data.train.loss} {data.high}
            needs: [{ job: train }, { data: train.loss }, { data: high }, "*.txt"]
            produces: best
          bad: { command: exit 3, needs: out/1/w }
        """
            .replace("> best.txt", "> best"));
    folder.run("build");
    Map<String, JsonNode> crate = crate("made");
    assertEquals(
        "A group of 2 jobs, one per run.", crate.get("#step/train").get("description").asText());
    JsonNode one = crate.get("#run/train/seed=1");
    assertEquals(
        "[{\"@id\":\"#folder/out/1/\"},{\"@id\":\"#value/train/seed=1.loss\"}]",
        one.get("result").toString());
    assertTrue(one.get("environment").toString().contains("#env/LC_ALL"));
    assertEquals("0.1", crate.get("#value/train/seed=1.loss").get("value").asText());
    assertEquals("3", crate.get("#value/high").get("value").asText());
    assertEquals(
        "{\"seed=1\":0.1,\"seed=2\":0.2}", crate.get("#value/train.loss").get("value").asText());
    List<String> lists = crate.keySet().stream().filter(id -> id.startsWith("#list/")).toList();
    assertEquals(2, lists.size());
    String members = crate.get(lists.get(0)).toString() + crate.get(lists.get(1));
    assertTrue(members.contains("#folder/out/1/") && members.contains("#file/a.txt"), members);
    assertEquals(
        "{\"@id\":\"#file/out/1/w\"}", crate.get("#folder/out/1/").get("hasPart").toString());
    assertEquals("exit 3", crate.get("#run/bad").get("error").asText());
  }

  @Test
  void theBuildFilesComeAlongEachUnderItsName() throws IOException {
    folder.put("parts/more.yaml", "jobs: { more: { command: 'true' } }\n");
    folder.put("torc.yaml", "include: [parts/more.yaml]\n" + folder.get("torc.yaml"));
    folder.put("COPYING", "Free.");
    folder.build();
    Map<String, JsonNode> crate = crate("made");
    assertTrue(crate.containsKey("parts/more.yaml"));
    assertEquals(folder.get("parts/more.yaml"), folder.get("made/parts/more.yaml"));
    assertEquals("Free.", folder.get("made/COPYING"));
    assertEquals("{\"@id\":\"COPYING\"}", crate.get("./").get("license").toString());
    Run run =
        Run.with("jobs: { x: { command: 'true' } }", cwd, "report", "-f", "-", "--ro-crate", "in");
    assertEquals(0, run.exit(), run.err());
    assertEquals("jobs: { x: { command: 'true' } }", folder.get("in/torc.yaml"));
  }

  @Test
  void theDescriptionOfAGroupIsThatOfAllItsInstances() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          one: { command: "true", description: Alike., parameters: { n: [1, 2] } }
          two: { command: "true", description: "Of {n}.", parameters: { n: [1, 2] } }
        """);
    folder.build();
    Map<String, JsonNode> crate = crate("made");
    assertEquals(
        "Alike. A group of 2 jobs, one per run.",
        crate.get("#job/one").get("description").asText());
    assertEquals(
        "A group of 2 jobs, one per run.", crate.get("#job/two").get("description").asText());
  }

  @Test
  void aFileThatADepfileNamedIsReadToo() throws IOException {
    folder.put(
        "torc.yaml",
        """
        jobs:
          first:
            command: "cat a.txt > b; echo 'b: a.txt' > b.d"
            produces: b
            depfile: b.d
        """);
    folder.build();
    assertEquals(
        "{\"@id\":\"#file/a.txt\"}", crate("made").get("#run/first").get("object").toString());
  }

  @Test
  void adoptedProductsHaveNoRun() throws IOException {
    folder.put("b.txt", "one\n").put("c.txt", "one\n").put("d.txt", "one\n");
    assertEquals(0, folder.run("adopt", "first", "second", "third").exit());
    Map<String, JsonNode> crate = crate("made");
    assertTrue(crate.containsKey("#file/b.txt"));
    assertTrue(crate.keySet().stream().noneMatch(id -> id.startsWith("#run/")));
  }
}
