package dev.torc.buildfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.syntax.Place;
import dev.torc.syntax.SourceFile;
import dev.torc.workflow.Job;
import dev.torc.workflow.Ref;
import dev.torc.workflow.Workflow;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BuildFileLoaderTest {

  private static List<String> names(Workflow workflow) {
    return workflow.jobs().stream().map(Job::name).toList();
  }

  @Test
  void nameDescriptionAndRoots() throws Exception {
    try (Written files =
        Written.yaml(
            "vars: {s: scratch}", "description: 012", "roots: ['/{s}/me', ../out, ./~/x]")) {
      Workflow workflow = files.load();
      assertEquals("p", workflow.name());
      assertEquals("012", workflow.description());
      assertEquals(files.path(""), workflow.root());
      assertEquals(
          List.of("/scratch/me", "/out", "/p/~/x"),
          workflow.roots().stream().map(Object::toString).toList());
      assertEquals(List.of(), workflow.jobs());
    }
  }

  @Test
  void jsonIsReadAsWell() throws Exception {
    try (Written files =
        new Written()
            .layer(
                "torc.json",
                "{\"vars\": {\"n\": 1.10}, \"jobs\": [",
                "  {\"name\": \"a\", \"command\": \"x {n}\", \"always\": true, \"priority\":"
                    + " 2}]}")) {
      Job job = files.load().jobs().getFirst();
      assertEquals("x 1.10", Written.command(job));
      assertTrue(job.always());
      assertEquals("torc.json:2:12", job.place().toString());
    }
    try (Written files =
        new Written().layer("torc.json", "{\"jobs\": {\"a\": {\"comand\": \"x\"}}}")) {
      assertEquals(
          "torc.json:1:17: unknown key comand in the job a; did you mean command?",
          files.refused());
    }
  }

  @Test
  void laterFilesLieOverEarlierOnesKeyByKey() throws Exception {
    try (Written files =
        Written.yaml(
                "vars: {x: 1, y: 1}",
                "jobs:",
                "  - {name: a, command: 'a {x} {y}', env: {A: 1, B: 1}, tags: [t, u]}",
                "  - {name: b, command: b}")
            .layer(
                "site/my.yaml",
                "vars: {y: 2}",
                "limits: {cpus: 3}",
                "jobs: {a: {env: {B: 2}, tags: [v], needs: ['c']}, c: {command: c}}")) {
      Workflow workflow = files.load();
      assertEquals(List.of("a", "b", "c"), names(workflow));
      Job a = workflow.jobs().getFirst();
      assertEquals("a 1 2", Written.command(a));
      assertEquals("[1, 2]", values(a).toString());
      assertEquals(List.of("v"), a.tags());
      assertEquals("site/my.yaml:3:44", a.needs().getFirst().place().toString());
      assertEquals(3, workflow.limits().get("cpus"));
      assertEquals(files.path(""), workflow.root());
      assertEquals(2, workflow.files().size());
    }
  }

  private static List<String> values(Job job) {
    return job.steps().getFirst().env().values().stream()
        .map(value -> value.orElseThrow().declared())
        .toList();
  }

  @Test
  void includedFilesAddJobsAndVars() throws Exception {
    try (Written files =
        Written.yaml("include: [sub/more.yaml]", "vars: {x: '{y}!'}", "jobs: {a: {command: a}}")
            .file(
                "sub/more.yaml",
                "include: deep/most.json",
                "vars: {y: 2}",
                "jobs: [{name: b, command: 'b {x}', needs: c.txt}]")
            .file("sub/deep/most.json", "{\"jobs\": {\"c\": {\"command\": \"c\"}}}")) {
      Workflow workflow = files.load();
      assertEquals(List.of("a", "b", "c"), names(workflow));
      Job b = workflow.jobs().get(1);
      assertEquals("b '2!'", Written.command(b));
      // Paths are relative to the root, not to the included file.
      assertEquals(
          new Ref.OfFile(new Place("sub/more.yaml", 3, 43), "c.txt"),
          b.needs().getFirst().refs().getFirst());
      assertEquals(3, workflow.files().size());
    }
  }

  @Test
  void whatIncludesMayNotDo() throws Exception {
    try (Written files = Written.yaml("include: b.yaml").file("b.yaml", "include: torc.yaml")) {
      assertEquals("b.yaml:1:10: torc.yaml includes itself", files.refused());
    }
    try (Written files = Written.yaml("include: [b.yaml]").file("b.yaml", "shell: [x]")) {
      assertEquals(
          "b.yaml:1:1: unknown key shell in an included file; known are vars, jobs, include",
          files.refused());
    }
    try (Written files = Written.yaml("include: [b.yaml]")) {
      assertEquals("torc.yaml:1:11: b.yaml: no such file", files.refused());
    }
    try (Written files =
        Written.yaml("include: [b.yaml]", "jobs: {a: {command: x}}")
            .file("b.yaml", "jobs: {a: {command: y}}")) {
      assertEquals("b.yaml:1:8: a is also in jobs at torc.yaml:2:8", files.refused());
    }
  }

  @Test
  void aFileIncludedTwiceIsReadOnce() throws Exception {
    try (Written files =
        Written.yaml("include: [b.yaml, c.yaml]", "jobs: {a: {command: 'x {v}'}}")
            .file("b.yaml", "include: v.yaml")
            .file("c.yaml", "include: v.yaml")
            .file("v.yaml", "vars: {v: 1}")) {
      assertEquals("x 1", Written.command(files.load().jobs().getFirst()));
    }
  }

  @Test
  void varsReferToEachOtherAndAreOverridden() throws Exception {
    try (Written files =
        Written.yaml("vars: {a: '{b}/{c:03d}', b: base, c: 7}", "jobs: {a: {command: 'x {a}'}}")
            .define("b", "{c}")) {
      // A value from the command line is a text as it stands.
      assertEquals("x '{c}/007'", Written.command(files.load().jobs().getFirst()));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vars: {a: '{b}', b: '{a}'}|torc.yaml:1:8: the vars a → b → a go round in a circle",
        "vars: {a: '{x}'}|torc.yaml:1:11: unknown placeholder {x}; define it in vars, or write"
            + " {{x}} to mean the text",
        "vars: {needs: 1}|torc.yaml:1:8: {needs} is the needed files; rename the var",
        "vars: {data: d}|torc.yaml:1:8: {data} is a value that a job stored, as {data.JOB.KEY};"
            + " rename the var",
        "vars: {a-b: 1}|torc.yaml:1:8: the name of a var is letters, digits and _; this is a-b",
        "vars: {a: [[1]]}|torc.yaml:1:12: an item of a must be a text, not a list",
        "vars: {a: '{needs}'}|torc.yaml:1:11: {needs} is known only when the job runs; it can"
            + " stand in commands and env",
        "vars: {a: x, b: '{a:d}'}|torc.yaml:1:17: {a:d}: the format d wants a number, but the"
            + " value is x",
        "jbos: {}|torc.yaml:1:1: unknown key jbos in the build file; did you mean jobs?",
        "jobs: [{command: x}]|torc.yaml:1:8: a job in a list needs a name",
        "'jobs: [{name: a, command: x}, {name: a, command: y}]'|torc.yaml:1:38: a second job a,"
            + " first at line 1",
        "limits: {disk: 1}|torc.yaml:1:10: disk cannot be limited here",
        "limits: {cpus: 0}|torc.yaml:1:16: cpus must be at least 1",
        "resources: {s: {cpu: 1}}|torc.yaml:1:17: unknown key cpu in resources; did you mean cpus?",
        "defaults: {comand: x}|torc.yaml:1:12: unknown key comand in defaults; did you mean"
            + " command?",
        "jobs: x|torc.yaml:1:7: jobs must be a map",
        "[1]|torc.yaml:1:1: a build file must be a map",
      })
  void whatIsRefusedAtTheTop(String text, String message) throws Exception {
    String line = text.startsWith("'") ? text.substring(1, text.length() - 1) : text;
    try (Written files = Written.yaml(line)) {
      assertEquals(message, files.refused());
    }
  }

  @Test
  void anUnknownDefineIsAnErrorWithASuggestion() throws Exception {
    try (Written files = Written.yaml("vars: {years: 1}").define("yeers", "3")) {
      assertEquals(
          "-D yeers: the build file has no such var; did you mean years?", files.refused());
    }
  }

  @Test
  void twoNamesThatBecomeOneAreTwoJobsOfOneName() throws Exception {
    try (Written files =
        Written.yaml("vars: {x: a}", "jobs: {a: {command: x}, '{x}': {command: y}}")) {
      assertEquals("torc.yaml:2:25: a second job a, first at torc.yaml:2:8", files.refused());
    }
  }

  @Test
  void manyErrorsAreToldInOrderAndCapped() throws Exception {
    StringBuilder text = new StringBuilder("jobs:\n");
    for (int i = 0; i < 30; i++) {
      text.append("  j").append(i).append(": {command: x, foo: 1}\n");
    }
    try (Written files = Written.yaml(text.toString())) {
      List<String> lines = files.refused().lines().toList();
      assertEquals(21, lines.size());
      assertTrue(lines.getFirst().startsWith("torc.yaml:2:20: unknown key foo in the job j0"));
      assertTrue(lines.get(19).startsWith("torc.yaml:21:"));
      assertEquals("torc.yaml: and 10 more", lines.getLast());
    }
  }

  @Test
  void anUnknownKeyOfTheTopHidesNoOtherErrorUnlessItMayBeTheVars() throws Exception {
    String wrong = "nmae: x\njobs: {a: {command: 'echo {n}', foo: 1}}\n";
    String unknown = "unknown key nmae in the build file; did you mean name?";
    try (Written files = Written.yaml("vars: {n: 3}\n" + wrong)) {
      List<String> lines = files.refused().lines().toList();
      assertEquals(2, lines.size(), lines.toString());
      assertEquals("torc.yaml:2:1: " + unknown, lines.getFirst());
      assertTrue(lines.getLast().startsWith("torc.yaml:3:33: unknown key foo in the job a"));
    }
    try (Written files = Written.yaml(wrong)) {
      assertEquals("torc.yaml:1:1: " + unknown, files.refused());
    }
  }

  @Test
  void placesCountCharactersOfMultiByteText() throws Exception {
    try (Written files = Written.yaml("jobs: {é\uD83D\uDE00ü: {command: x, fooo: 1}}")) {
      assertTrue(files.refused().startsWith("torc.yaml:1:26: unknown key fooo in the job é"));
    }
  }

  @Test
  void aLongChainOfIncludesOrVarsIsBounded() throws Exception {
    StringBuilder vars = new StringBuilder("vars:\n");
    for (int i = 0; i < 5000; i++) {
      vars.append("  v" + i + ": '{v" + (i + 1) + "}'\n");
    }
    try (Written files = Written.yaml(vars + "  v5000: x\n")) {
      assertTrue(files.refused().contains("vars refer to each other more than 100 deep"));
    }
    StringBuilder bomb = new StringBuilder("vars:\n");
    for (int i = 0; i < 40; i++) {
      bomb.append("  v" + i + ": '{v" + (i + 1) + "}{v" + (i + 1) + "}'\n");
    }
    try (Written files = Written.yaml(bomb + "  v40: x\n")) {
      assertTrue(files.refused().contains("longer than 128 KiB with its placeholders put in"));
    }
  }

  @Test
  void twentyThousandJobsAndAChainAHundredThousandDeepAreRead() throws Exception {
    StringBuilder text = new StringBuilder("jobs:\n");
    for (int i = 0; i < 100_000; i++) {
      text.append(
          "  j" + i + ": {command: cp a b, needs: f" + i + ", produces: f" + (i + 1) + "}\n");
    }
    try (Written files = Written.yaml(text.toString())) {
      assertEquals(100_000, files.load().jobs().size());
    }
  }

  @Test
  void whatIsNoTextIsRefused() throws Exception {
    try (Written files = new Written().layer("torc.yaml").bytes("torc.yaml", new byte[] {'a', 0})) {
      assertEquals("torc.yaml:1:2: a NUL byte: this is no text file", files.refused());
    }
    byte[] latin = "a: é\nbé: 1".getBytes(StandardCharsets.ISO_8859_1);
    try (Written files = new Written().layer("torc.yaml").bytes("torc.yaml", latin)) {
      assertEquals("torc.yaml:1:4: no valid UTF-8: save the file as UTF-8", files.refused());
    }
    byte[] cut = {'a', ':', ' ', (byte) 0xC3};
    try (Written files = new Written().layer("torc.yaml").bytes("torc.yaml", cut)) {
      assertTrue(files.refused().startsWith("torc.yaml:1:4: no valid UTF-8"));
    }
    byte[] replacement = "name: a\uFFFDb".getBytes(StandardCharsets.UTF_8);
    try (Written files = new Written().layer("torc.yaml").bytes("torc.yaml", replacement)) {
      assertEquals("a\uFFFDb", files.load().name(), "which is a character like others");
    }
    byte[] mark = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF, 'n', 'a', 'm', 'e', ':', ' ', 'x'};
    try (Written files = new Written().layer("torc.yaml").bytes("torc.yaml", mark)) {
      assertEquals("x", files.load().name());
    }
    try (Written files = new Written().file("dir/x").layer("include.yaml", "include: dir")) {
      assertEquals(
          "include.yaml:1:10: dir: not a regular file, so it cannot be a build file",
          files.refused());
    }
  }

  @Test
  void aHugeFileIsRefused() throws Exception {
    byte[] huge = new byte[SourceFile.MAX_BYTES + 1];
    java.util.Arrays.fill(huge, (byte) '#');
    try (Written files = new Written().layer("torc.yaml").bytes("torc.yaml", huge)) {
      assertEquals("torc.yaml: larger than 32 MiB, which no build file should be", files.refused());
    }
  }

  @Test
  void aFileOfTooManyValuesIsRefused() throws Exception {
    String list = "[" + "1,\n".repeat(SourceFile.MAX_VALUES) + "1]";
    for (String name : List.of("torc.yaml", "torc.json")) {
      try (Written files = new Written().layer(name, list)) {
        assertTrue(
            files.refused().endsWith("more than 2000000 values in one file; split the work"));
      }
    }
  }

  @Test
  void longLinesAndTextsAreRefused() throws Exception {
    try (Written files = Written.yaml("a: 1", "#".repeat(SourceFile.MAX_TEXT + 1))) {
      assertEquals("torc.yaml:2:1: a line longer than 512 KiB; break it", files.refused());
    }
    try (Written files = Written.yaml("a: |", " x\n".repeat(SourceFile.MAX_TEXT))) {
      assertEquals("torc.yaml:1:4: a text longer than 512 KiB", files.refused());
    }
  }

  @Test
  void theRootIsTheRealFolder() throws Exception {
    try (Written files =
        new Written()
            .file(
                "real/proj/torc.yaml",
                "include: ../more.yaml",
                "jobs: {a: {command: x, needs: ../f}}")
            .file("real/more.yaml", "jobs: {b: {command: y}}")
            .file("logical/x")) {
      Path link = files.path("logical/proj");
      Files.createSymbolicLink(link, files.path("real/proj"));
      Workflow workflow = BuildFileLoader.load(List.of(link.resolve("torc.yaml")), new TreeMap<>());
      assertEquals(files.path("real/proj"), workflow.root());
      assertEquals(List.of("a", "b"), names(workflow));
      Ref need = workflow.jobs().getFirst().needs().getFirst().refs().getFirst();
      assertEquals("/p/real/f", ((Ref.OfFile) need).path());
      assertEquals(files.path("real/proj/torc.yaml"), BuildFile.find(link));
    }
  }

  @Test
  void anEmptyFileHasNoJobs() throws Exception {
    try (Written files = Written.yaml("# nothing")) {
      assertEquals(List.of(), files.load().jobs());
    }
  }
}
