package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;

/**
 * Tests from text files of steps and of the lines that they print. {@code == TITLE} begins a test
 * on a stage of its own; the lines before the first title begin each test, and need not tell what
 * their steps print. {@code --- FILE} begins a file, which ends at {@code ---}. After {@code $
 * STEP} stand the lines that the step prints; a line that would have a meaning here follows a
 * backslash. The stage knows what a step does.
 *
 * <p>With {@code -Dtorc.transcripts=fix} the printed lines are written into the files; {@code
 * -Dtorc.transcripts.of=NAME} plays one file alone (NAME is a pattern).
 */
public final class StepFiles {

  private static final boolean FIX = "fix".equals(System.getProperty("torc.transcripts"));
  private static final String ONLY = System.getProperty("torc.transcripts.of");

  /** A line that ends the output of a step. */
  private static final String NO_OUTPUT = "(\\$|---|#) .*|";

  /** Takes the files of one test, and does its steps. */
  public interface Stage extends AutoCloseable {
    void put(String file, String text) throws Exception;

    /** Does a step; returns what it prints. */
    List<String> say(String step) throws Exception;

    @Override
    default void close() throws IOException {}
  }

  /** Makes the stage of one test. */
  public interface Stages {
    Stage open(Path folder) throws Exception;
  }

  private StepFiles() {}

  /** The tests of all files of a folder; each has a path of its own below {@code temp}. */
  public static List<DynamicContainer> tests(Path of, Path temp, Stages stages) throws IOException {
    List<DynamicContainer> files = new ArrayList<>();
    try (Stream<Path> found = Files.list(of)) {
      for (Path file : found.filter(Files::isRegularFile).sorted().toList()) {
        String name = file.getFileName().toString().replace(".txt", "");
        if (ONLY == null || name.matches(ONLY)) {
          Path around = temp.toRealPath().resolve(name);
          files.add(DynamicContainer.dynamicContainer(name, sections(file, around, stages)));
        }
      }
    }
    return files;
  }

  /** The tests of a file; with {@link #FIX} each writes its printed lines into the file. */
  private static List<DynamicTest> sections(Path file, Path around, Stages stages)
      throws IOException {
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
                try (Stage stage = stages.open(around.resolve("" + number))) {
                  for (int each : new int[] {0, number}) {
                    List<String> told = parts.get(each);
                    List<String> said = play(stage, told);
                    if (each == 0 && !tells(told)) {
                      continue;
                    }
                    if (FIX) { // a step that throws leaves the file as it is
                      synchronized (parts) {
                        parts.set(each, said);
                        Files.write(file, parts.stream().flatMap(List::stream).toList());
                      }
                    } else {
                      same(told, said);
                    }
                  }
                }
              }));
    }
    return tests;
  }

  /** Whether the output of any step is given after it. */
  private static boolean tells(List<String> lines) {
    return IntStream.range(1, lines.size())
        .anyMatch(i -> lines.get(i - 1).startsWith("$ ") && !lines.get(i).matches(NO_OUTPUT));
  }

  /** Plays the lines; returns them with what the steps print now. */
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
        said.addAll(stage.say(line.substring(2)));
        while (i + 1 < lines.size() && !lines.get(i + 1).matches(NO_OUTPUT)) {
          i++;
        }
      }
    }
    return said;
  }

  /** Fails at the first line that differs, and names the step before it. */
  private static void same(List<String> told, List<String> said) {
    String step = "";
    for (int i = 0; i < Math.max(told.size(), said.size()); i++) {
      String expected = i < told.size() ? told.get(i) : "== (the end)";
      step = expected.startsWith("$ ") ? expected : step;
      assertEquals(expected, i < said.size() ? said.get(i) : "== (the end)", step);
    }
  }

  /** A printed line as a file has it: after a backslash where it would have a meaning there. */
  public static String shown(String line) {
    return line.matches("([$#!]|---|==) .*|\\\\.*|---|\\[\\d+]|") ? "\\" + line : line;
  }
}
