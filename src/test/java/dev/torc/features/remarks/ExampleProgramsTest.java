package dev.torc.features.remarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.core.model.Job;
import dev.torc.core.model.Step;
import dev.torc.front.buildfile.BuildFileLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Section 11: a stored result is not mixed with those of other programs, as far as rule 14 sees
 * programs. So rule 14 may not come to see fewer programs.
 */
class ExampleProgramsTest {

  @Test
  void programsOfTheExamplesAreSeen() throws Exception {
    StringBuilder seen = new StringBuilder();
    List<Path> files;
    try (var all = Files.walk(Path.of("examples"))) {
      files = all.filter(f -> f.getFileName().toString().startsWith("torc.")).sorted().toList();
    }
    for (Path file : files) {
      seen.append(file).append('\n');
      TreeMap<String, TreeSet<String>> programs = new TreeMap<>();
      for (Job job : BuildFileLoader.load(List.of(file.toAbsolutePath()), new TreeMap<>()).jobs()) {
        String name = job.group() == null ? job.name() : job.group();
        for (Step step : job.runs().steps()) {
          new CommandWords(step.command(), step.shell())
              .words().stream()
                  .filter(word -> word.role() == CommandWords.Role.PROGRAM)
                  .forEach(w -> programs.computeIfAbsent(name, _ -> new TreeSet<>()).add(w.text()));
        }
      }
      programs.forEach((job, all) -> seen.append("  %s: %s\n".formatted(job, all)));
    }
    assertEquals(
        Files.readString(Path.of("testdata", "buildfiles", "programs-of-examples.txt")),
        seen.toString());
  }
}
