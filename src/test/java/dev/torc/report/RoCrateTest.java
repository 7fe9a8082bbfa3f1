package dev.torc.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.torc.cache.JobResult.Outcome;
import dev.torc.report.Provenance.Build;
import dev.torc.report.Provenance.Run;
import dev.torc.report.Provenance.Source;
import dev.torc.report.Provenance.Step;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The metadata of a crate, rule by rule; whether all of it is one, the validator of {@code
 * RoCrateIT} says.
 */
class RoCrateTest {

  private static final String ONE = "1".repeat(64);
  private static final String TWO = "2".repeat(64);
  private static final long BEGAN = 1_700_000_000_000L;

  private final CrateParts parts = new CrateParts();
  private final List<Run> runs = new ArrayList<>();
  private final List<Build> builds = new ArrayList<>();
  private Source licence;

  private void ran(String job, int step, long build, List<CratePart> needs, CratePart... made) {
    ran(job, step, build, Outcome.OK, "", "", needs, made);
  }

  private void ran(
      String job,
      int step,
      long build,
      Outcome outcome,
      String note,
      String error,
      List<CratePart> needs,
      CratePart... made) {
    runs.add(
        new Run(
            job,
            step,
            build,
            !note.contains(", by "),
            outcome,
            BEGAN + 1,
            BEGAN + 1001,
            List.of("cat a > b"),
            note,
            error,
            new LinkedHashSet<>(needs),
            new LinkedHashSet<>(List.of(made)),
            List.of(parts.variable("LC_ALL", "C")),
            List.of()));
  }

  private Provenance told() {
    byte[] file = "jobs: {}\n".getBytes(StandardCharsets.UTF_8);
    return new Provenance(
        "demo",
        "What it is for.",
        "1.2.3",
        BEGAN,
        "ada",
        List.of(new Source("torc.yaml", file), new Source("/etc/site.yaml", null)),
        licence,
        List.of(new Step("first", "Reads.", -1), new Step("train", "", 2)),
        builds,
        runs,
        parts,
        3,
        0);
  }

  /**
   * The entities by their ids; fails where an id stands twice, or what is referred to is not there.
   */
  private Map<String, JsonNode> crate() throws IOException {
    parts.nest();
    StringWriter text = new StringWriter();
    new RoCrate(told()).write(text);
    Map<String, JsonNode> all = new LinkedHashMap<>();
    for (JsonNode entity : new ObjectMapper().readTree(text.toString()).get("@graph")) {
      assertNull(all.put(entity.get("@id").asText(), entity), "twice: " + entity);
    }
    for (JsonNode entity : all.values()) {
      for (Map.Entry<String, JsonNode> field : entity.properties()) {
        for (String id : ids(field.getValue())) {
          boolean there = all.containsKey(id) || id.startsWith("https://w3id.org/ro/");
          assertTrue(there, entity.get("@id") + " leads to " + id);
        }
        assertFalse(
            field.getValue().isArray()
                && field.getValue().size() < 2
                && !field.getKey().equals("@type"),
            "a list of one: " + entity);
      }
    }
    return all;
  }

  private static List<String> ids(JsonNode value) {
    List<String> ids = new ArrayList<>();
    if (value == null) {
      return ids;
    }
    for (JsonNode each : value.isArray() ? value : List.of(value)) {
      if (each.has("@id")) {
        ids.add(each.get("@id").asText());
      }
    }
    return ids;
  }

  private static String text(JsonNode entity, String field) {
    return entity.path(field).asText(null);
  }

  @Test
  void whereNothingRanItIsAWorkflowCrateAlone() throws IOException {
    Map<String, JsonNode> crate = crate();
    JsonNode root = crate.get("./");
    assertEquals(
        List.of("https://w3id.org/workflowhub/workflow-ro-crate/1.0"), ids(root.get("conformsTo")));
    assertEquals(List.of("torc.yaml"), ids(root.get("mainEntity")));
    assertTrue(text(root, "description").endsWith("Nothing of it is on record as having run."));
    assertEquals(List.of("#step/first", "#step/train"), ids(crate.get("torc.yaml").get("step")));
    assertEquals(List.of(), ids(crate.get("torc.yaml").get("hasPart")));
  }

  @Test
  void aRunIsAnActionOfItsStepInItsBuild() throws IOException {
    builds.add(new Build(7, BEGAN, BEGAN + 2000, null));
    CratePart read = parts.file("in/a.csv", ONE, 12);
    ran("train/seed=1", 1, 7, List.of(read), parts.file("b", TWO, -1));
    Map<String, JsonNode> crate = crate();
    JsonNode run = crate.get("#run/train/seed=1");
    assertEquals("CreateAction", text(run, "@type"));
    assertEquals("cat a > b", text(run, "description"));
    assertEquals(List.of("#job/train"), ids(run.get("instrument")));
    assertEquals(List.of("#file/in/a.csv"), ids(run.get("object")));
    assertEquals(List.of("#file/b"), ids(run.get("result")));
    assertEquals(List.of("#env/LC_ALL"), ids(run.get("environment")));
    assertEquals(List.of("#person/ada"), ids(run.get("agent")));
    assertEquals("2023-11-14T22:13:20.001+00:00", text(run, "startTime"));
    assertEquals("2023-11-14T22:13:21.001+00:00", text(run, "endTime"));
    assertEquals("http://schema.org/CompletedActionStatus", text(run, "actionStatus"));
    assertEquals(List.of("#job/train"), ids(crate.get("torc.yaml").get("hasPart")));
    assertEquals(List.of("torc.yaml"), ids(crate.get("#build/7").get("instrument")));
    assertEquals(List.of("#control/7/train"), ids(crate.get("#engine/7").get("object")));
    assertEquals(List.of("#build/7"), ids(crate.get("#engine/7").get("result")));
    JsonNode control = crate.get("#control/7/train");
    assertEquals(List.of("#step/train"), ids(control.get("instrument")));
    assertEquals(List.of("#run/train/seed=1"), ids(control.get("object")));
    assertEquals(List.of("#build/7", "#run/train/seed=1"), ids(crate.get("./").get("mentions")));
    JsonNode file = crate.get("#file/in/a.csv");
    assertEquals("a.csv", text(file, "name"));
    assertEquals("in/a.csv", text(file, "alternateName"));
    assertEquals("text/csv", text(file, "encodingFormat"));
    assertEquals(ONE, text(file, "sha256"));
    assertEquals("12", text(file, "contentSize"));
    assertNull(text(crate.get("#file/b"), "contentSize"), "it is not known");
  }

  @Test
  void aFailedRunSaysHowAndAnOldOneThatItIsOld() throws IOException {
    builds.add(new Build(1, BEGAN, BEGAN + 2000, "exit status 1"));
    ran("first", 0, 1, Outcome.FAILED, "", "exit 3", List.of());
    ran("train/seed=1", 1, 1, Outcome.TIMED_OUT, "", "", List.of());
    ran("train/seed=2", 1, 1, Outcome.OK, "no longer up to date: forced", "", List.of());
    Map<String, JsonNode> crate = crate();
    assertEquals(
        "http://schema.org/FailedActionStatus", text(crate.get("#run/first"), "actionStatus"));
    assertEquals("exit 3", text(crate.get("#run/first"), "error"));
    assertEquals("timed out", text(crate.get("#run/train/seed=1"), "error"));
    assertEquals("exit status 1", text(crate.get("#build/1"), "error"));
    assertEquals(
        "cat a > b\n(no longer up to date: forced)",
        text(crate.get("#run/train/seed=2"), "description"));
    assertNull(text(crate.get("#run/train/seed=2"), "error"));
  }

  @Test
  void whatAnotherProjectRanNobodyHereRan() throws IOException {
    builds.add(new Build(5, BEGAN, BEGAN + 2000, null));
    String note = "restored in build 5 from build 3 on login1, by /scratch/store";
    ran("first", 0, 5, Outcome.OK, note, "", List.of());
    JsonNode run = crate().get("#run/first");
    assertEquals("cat a > b\n(" + note + ")", text(run, "description"));
    assertNull(run.get("agent"));
  }

  @Test
  void whatABuildMadeItselfIsNotWhatItWasMadeFrom() throws IOException {
    builds.add(new Build(1, BEGAN, BEGAN + 1, null));
    builds.add(new Build(2, BEGAN + 2, BEGAN + 3, null));
    CratePart source = parts.file("a", ONE, 1);
    CratePart made = parts.file("b", TWO, 1);
    CratePart folder = parts.folder("out", ONE);
    CratePart inside = parts.file("out/x", TWO, 1);
    CratePart list = parts.list("job first", ONE);
    list.members().add(made);
    ran("first", 0, 1, List.of(source), made, folder);
    ran("train/seed=1", 1, 1, List.of(made, inside, list), parts.file("c", ONE, 1));
    ran("train/seed=2", 1, 2, List.of(made, list), parts.file("d", ONE, 1));
    Map<String, JsonNode> crate = crate();
    assertEquals(List.of("#file/a"), ids(crate.get("#build/1").get("object")));
    assertEquals(
        List.of("#file/b", "#list/111111111111"), ids(crate.get("#build/2").get("object")));
    assertEquals(List.of("#file/out/x"), ids(crate.get("#folder/out/").get("hasPart")));
    assertEquals("torc-folder-sha256:" + ONE, text(crate.get("#folder/out/"), "identifier"));
  }

  @Test
  void theSamePathWithOtherBytesIsAnotherFile() throws IOException {
    builds.add(new Build(1, BEGAN, BEGAN + 1, null));
    ran("first", 0, 1, List.of(parts.file("a", ONE, 1)));
    ran("train/seed=1", 1, 1, List.of(parts.file("a", TWO, 1)));
    ran("train/seed=2", 1, 1, List.of(parts.file("a", ONE, 1)));
    Map<String, JsonNode> crate = crate();
    assertEquals(List.of("#file/a"), ids(crate.get("#run/first").get("object")));
    assertEquals(List.of("#file/a"), ids(crate.get("#run/train/seed=2").get("object")));
    String other = ids(crate.get("#run/train/seed=1").get("object")).getFirst();
    assertTrue(other.matches("#file/a@[0-9a-f]{12}"), other);
    assertEquals(TWO, text(crate.get(other), "sha256"));
  }

  @Test
  void aNeededFolderOfAJobIsTheFolderThatItMade() {
    CratePart folder = parts.folder("out", ONE);
    assertEquals(folder, parts.file("out", ONE, -1));
    assertFalse(folder.equals(parts.file("out", TWO, -1)));
  }

  @Test
  void namesBecomeUrisThatCanBeReadBack() {
    for (String name :
        List.of(
            "a b",
            "50%",
            "x#y",
            "{n}",
            "a@b",
            "é",
            "日本",
            "a\tb",
            "\"",
            "\u202e",
            "t/n=1,s=a%20b")) {
      String id = CrateParts.id("file", name);
      assertEquals("/file/" + name, "/" + URI.create(id).getFragment(), id);
    }
    assertEquals("#file/é%20%25%23%40", CrateParts.id("file", "é %#@"));
  }

  @Test
  void anImageIsToldInItsParts() throws IOException {
    CratePart image = parts.image("quay.io:443/bio/samtools:1.9", ONE);
    CratePart plain = parts.image("alpine@sha256:" + TWO, TWO);
    CratePart file = parts.image("tools/fit.sif", null);
    Map<String, JsonNode> crate = crate();
    JsonNode told = crate.get(image.id());
    assertEquals("ContainerImage", text(told, "@type"));
    assertEquals("quay.io:443", text(told, "registry"));
    assertEquals("bio/samtools", text(told, "name"));
    assertEquals("1.9", text(told, "tag"));
    assertEquals(ONE, text(told, "sha256"));
    assertEquals("alpine", text(crate.get(plain.id()), "name"));
    assertNull(text(crate.get(plain.id()), "registry"));
    assertTrue(crate.get(file.id()).get("additionalType").toString().contains("SIFImage"));
    assertEquals("tools/fit.sif", text(crate.get(file.id()), "name"));
  }

  @Test
  void aValueIsToldWithItsTextOrWhereThatIsNotKnownWithItsDigest() throws IOException {
    CratePart known = parts.value("train.loss", "0.25", ONE);
    CratePart unknown = parts.value("long", null, TWO);
    Map<String, JsonNode> crate = crate();
    assertEquals("0.25", text(crate.get(known.id()), "value"));
    assertNull(text(crate.get(known.id()), "sha256"));
    assertEquals(TWO, text(crate.get(unknown.id()), "sha256"));
  }

  @Test
  void whereNoLicenceIsKnownItSaysSo() throws IOException {
    assertTrue(text(crate().get("./"), "license").startsWith("Not stated."));
    licence = new Source("LICENSE", new byte[3]);
    Map<String, JsonNode> crate = crate();
    assertEquals(List.of("LICENSE"), ids(crate.get("./").get("license")));
    assertEquals("3", text(crate.get("LICENSE"), "contentSize"));
  }

  @Test
  void filesThatAreNoPartOfTheProjectAreNamedAndDoNotCome(@TempDir Path temp) throws IOException {
    assertEquals("/etc/site.yaml", text(crate().get("#site//etc/site.yaml"), "name"));
    new CrateFolder(temp.resolve("new/crate"), temp.resolve(".torc"), "new/crate").write(told());
    assertEquals(List.of("ro-crate-metadata.json", "torc.yaml"), names(temp.resolve("new/crate")));
  }

  @Test
  void ofAFolderThatCannotBeWrittenNothingIsLeft(@TempDir Path temp) throws IOException {
    licence = new Source("x".repeat(300), new byte[3]); // no file system has such names
    CrateFolder folder = new CrateFolder(temp.resolve("crate"), temp.resolve(".torc"), "crate");
    assertThrows(IOException.class, () -> folder.write(told()));
    assertEquals(List.of(), names(temp));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
