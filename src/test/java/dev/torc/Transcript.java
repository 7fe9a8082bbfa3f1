package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;

/**
 * Plays a folder of text files. {@code == TITLE} begins a test on a stage of its own; what stands
 * before the first one begins each of them. {@code --- FILE} begins a file, which ends at {@code
 * ---}. Behind a line {@code $ STEP} stand the lines that the step prints, those that would mean
 * something here behind a backslash. With {@code -Dtorc.transcripts=fix} the files get what is
 * printed now. What a step does is the stage's business.
 */
public final class Transcript {

  private static final boolean FIX = "fix".equals(System.getProperty("torc.transcripts"));

  /** Stands behind an output whose last line does not end. */
  public static final String NO_LINE_END = "\\ no line end";

  /** Where one test is played. */
  public interface Stage {
    void put(String file, String text) throws Exception;

    /** Does a step; returns what it prints. */
    List<String> say(String step) throws Exception;
  }

  /** Makes a stage for each test. */
  public interface Stages {
    Stage open() throws Exception;
  }

  private Transcript() {}

  /** The tests of all files of a folder. */
  public static List<DynamicContainer> tests(Path folder, Stages stages) throws IOException {
    List<DynamicContainer> tests = new ArrayList<>();
    try (Stream<Path> found = Files.list(folder)) {
      for (Path file : found.sorted().toList()) {
        tests.add(DynamicContainer.dynamicContainer(file.toString(), sections(file, stages)));
      }
    }
    assertTrue(!tests.isEmpty(), "no transcripts in " + folder);
    return tests;
  }

  /** The tests of a file; each one writes the file, where that is asked for. */
  private static List<DynamicTest> sections(Path file, Stages stages) throws IOException {
    List<List<String>> parts = new ArrayList<>(List.of(new ArrayList<>()));
    boolean inFile = false;
    for (String line : Files.readAllLines(file)) {
      inFile = inFile ? !line.equals("---") : line.startsWith("--- ");
      if (line.startsWith("== ") && !inFile) {
        parts.add(new ArrayList<>());
      }
      parts.getLast().add(line);
    }
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 1; i < parts.size(); i++) {
      int number = i;
      tests.add(
          DynamicTest.dynamicTest(
              parts.get(i).getFirst().substring(3),
              () -> {
                Stage stage = stages.open();
                for (int each : new int[] {0, number}) {
                  List<String> told = parts.get(each);
                  List<String> said = play(stage, told);
                  if (FIX) { // a session that breaks stays as it is
                    parts.set(each, said);
                    Files.write(file, parts.stream().flatMap(List::stream).toList());
                  } else {
                    assertEquals(String.join("\n", told), String.join("\n", said));
                  }
                }
              }));
    }
    return tests;
  }

  /** The same lines with what the steps say now. */
  private static List<String> play(Stage stage, List<String> lines) throws Exception {
    List<String> said = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      said.add(line);
      if (line.startsWith("--- ")) {
        int end = i + lines.subList(i, lines.size()).indexOf("---");
        List<String> text = lines.subList(i + 1, end);
        stage.put(line.substring(4), String.join("\n", text) + "\n");
        said.addAll(lines.subList(i + 1, end + 1));
        i = end;
      } else if (line.startsWith("$ ")) {
        stage.say(line.substring(2)).stream().map(Transcript::shown).forEach(said::add);
        while (i + 1 < lines.size() && !lines.get(i + 1).matches("(\\$|---|#) .*|")) {
          i++;
        }
      }
    }
    return said;
  }

  /** A line that would mean something here goes behind a backslash. */
  private static String shown(String line) {
    return line.matches("([$#]|---|==) .*|\\\\.*|---|") && !line.equals(NO_LINE_END)
        ? "\\" + line
        : line;
  }
}
