package dev.torc.front.buildfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.syntax.SourceFile;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Workflow;
import dev.torc.features.reading.BuildFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BuildFileLoaderTest {

  private static List<String> names(Workflow workflow) {
    return workflow.jobs().stream().map(Job::name).toList();
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
  void aFileThatIsNoTextIsRefused() throws Exception {
    try (Written files = new Written().layer("torc.yaml").bytes("torc.yaml", new byte[] {'a', 0})) {
      assertEquals("torc.yaml:1:2: a NUL byte: this is not a text file", files.refused());
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
      assertEquals("a\uFFFDb", files.load().settings().name(), "which is a character like others");
    }
    byte[] mark = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF, 'n', 'a', 'm', 'e', ':', ' ', 'x'};
    try (Written files = new Written().layer("torc.yaml").bytes("torc.yaml", mark)) {
      assertEquals("x", files.load().settings().name());
    }
    try (Written files = new Written().file("dir/x").layer("include.yaml", "include: dir")) {
      assertEquals("include.yaml:1:10: dir: not a regular file", files.refused());
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
      Ref need = workflow.jobs().getFirst().links().needs().getFirst().refs().getFirst();
      assertEquals("/p/real/f", ((Ref.OfFile) need).path());
      assertEquals(
          files.path("real/proj/torc.yaml"), BuildFile.requireOne(BuildFile.nearest(link)));
    }
  }
}
