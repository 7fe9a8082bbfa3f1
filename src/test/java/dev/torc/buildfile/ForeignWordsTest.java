package dev.torc.buildfile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who comes from another tool is told the right key. */
class ForeignWordsTest {

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "inputs => needs",
        "outputs => produces",
        "output => produces",
        "cmd => command",
        "run => command",
        "deps => needs",
        "dependencies => needs",
        "depends_on => needs: {job: NAME}",
        "dependsOn => needs: {job: NAME}",
        "targets => produces",
        "threads => resources: {cpus: 4}",
        "mem_mb => resources: {memory: 4GiB}",
        "working-directory => dir",
        "comand => command",
      })
  void inAJob(String word, String key) {
    assertEquals("; did you mean " + key + "?", ForeignWords.hint(word, KnownKeys.JOB, ""));
  }

  @ParameterizedTest
  @CsvSource({"targets,jobs", "tasks,jobs", "rules,jobs", "config,vars", "variables,vars"})
  void atTheTop(String word, String key) {
    assertEquals("; did you mean " + key + "?", ForeignWords.hint(word, KnownKeys.TOP, ""));
  }

  @Test
  void whereTheKeyIsNotKnownOrTheWordIsNoneThereIsNoHint() {
    assertEquals("", ForeignWords.hint("inputs", KnownKeys.TOP, ""));
    assertEquals("", ForeignWords.hint("frobnicate", KnownKeys.JOB, ""));
    assertEquals("", ForeignWords.hint("=", KnownKeys.JOB, ""));
    assertEquals("; did you mean cpus?", ForeignWords.hint("threads", KnownKeys.RESOURCES, ""));
    assertEquals("; did you mean needs?", ForeignWords.hint("input", List.of("needs", "cpus"), ""));
  }
}
