package dev.torc.front.buildfile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.StepFiles;
import dev.torc.features.containers.ImageReader;
import dev.torc.features.groups.FactoryReader;
import dev.torc.features.reading.KnownKeys;
import dev.torc.features.stores.StoresReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plays the files of {@code testdata/readings}, which show how good and bad build files are read,
 * and those of {@code testdata/words}, which show what the small texts in them mean.
 */
class ReadingTest {

  private static final Path READINGS = Path.of("testdata", "readings");

  @TempDir Path temp;

  @TestFactory
  List<DynamicContainer> everyReading() throws IOException {
    return StepFiles.tests(READINGS, temp, _ -> new Reading());
  }

  @TestFactory
  List<DynamicContainer> everyWord() throws IOException {
    return StepFiles.tests(Path.of("testdata", "words"), temp, _ -> new Words());
  }

  @Test
  void everyKeyStandsInAStepThatIsRefusedOrInARefusalOfMoreThanAnUnknownKey() throws IOException {
    String refused = String.join("\n", refused());
    TreeSet<String> untold = new TreeSet<>(BuildFilePageTest.keys());
    Stream.of(
            ImageReader.CONTAINER,
            FactoryReader.FACTORY,
            FactoryReader.PARAMETER,
            KnownKeys.REPORT,
            KnownKeys.STAMPS,
            StoresReader.KEYS,
            StoresReader.SHARED)
        .forEach(untold::addAll);
    untold.removeIf(key -> refused.matches("(?s).*\\b" + key + "\\b.*"));
    assertEquals(List.of(), List.copyOf(untold));
  }

  private static List<String> refused() throws IOException {
    List<String> refused = new ArrayList<>();
    try (Stream<Path> files = Files.list(READINGS)) {
      for (Path file : files.toList()) {
        String step = "";
        for (String line : Files.readAllLines(file)) {
          step = line.startsWith("$ ") ? line : step;
          if (line.startsWith("!") && !line.contains(": unknown key ")) {
            refused.addAll(List.of(step, line));
          }
        }
      }
    }
    return refused;
  }
}
