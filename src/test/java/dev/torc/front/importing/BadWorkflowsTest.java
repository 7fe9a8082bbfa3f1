package dev.torc.front.importing;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sample;
import dev.torc.base.syntax.BadInput;
import dev.torc.front.buildfile.BuildFileLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Checks that damaged workflow files, with lines lost, doubled and swapped and words exchanged, are
 * imported or refused with a place. Where not all is played, a quarter of the files.
 */
class BadWorkflowsTest {

  private static final List<String> WORDS =
      List.of(
          "{",
          "}",
          "[",
          "]",
          "\"",
          "'",
          ":",
          "-",
          "null",
          "~",
          "{i}",
          "${files.input.",
          "${i}",
          "1:",
          "jobs",
          "name",
          "0",
          "-1",
          "\\",
          "*",
          "&a",
          "*a",
          "{x:03d}",
          "$",
          "\t",
          "é",
          "(",
          "PT",
          "x y");

  @Test
  void areImportedOrRefusedWithPlace() throws IOException {
    for (int i = 0; i < Sample.part(4, 300); i++) {
      play(Sample.SEED + i);
    }
  }

  private static void play(long seed) throws IOException {
    Random random = new Random(seed);
    List<Path> samples;
    try (Stream<Path> files = Files.list(Path.of("testdata", "imports"))) {
      samples = files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
    }
    List<String> lines =
        new ArrayList<>(Files.readAllLines(samples.get(random.nextInt(samples.size()))));
    for (int i = 0; i < 1 + random.nextInt(4); i++) {
      damage(lines, random);
    }
    Path root = Files.createTempDirectory("damaged");
    Path file = root.resolve("w.yaml");
    Path made = root.resolve("torc.yaml");
    try {
      Files.write(file, lines);
      Files.writeString(made, Imported.of(file, "w.yaml", root).text());
      BuildFileLoader.load(List.of(made), Collections.emptySortedMap());
    } catch (BadInput refused) {
      assertFalse(refused.diagnostics().isEmpty());
      refused.diagnostics().forEach(each -> assertTrue(!each.place().file().isEmpty()));
    } finally {
      Files.deleteIfExists(made);
      Files.deleteIfExists(file);
      Files.delete(root);
    }
  }

  private static void damage(List<String> lines, Random random) {
    int at = random.nextInt(lines.size());
    String line = lines.get(at);
    switch (random.nextInt(5)) {
      case 0 -> lines.remove(at);
      case 1 -> lines.add(at, line);
      case 2 -> Collections.swap(lines, at, random.nextInt(lines.size()));
      case 3 -> {
        int cut = random.nextInt(line.length() + 1);
        String word = WORDS.get(random.nextInt(WORDS.size()));
        lines.set(at, line.substring(0, cut) + word + line.substring(cut));
      }
      default -> {
        int from = random.nextInt(line.length() + 1);
        int to = from + random.nextInt(line.length() - from + 1);
        lines.set(at, line.substring(0, from) + line.substring(to));
      }
    }
    if (lines.isEmpty()) {
      lines.add("");
    }
  }
}
