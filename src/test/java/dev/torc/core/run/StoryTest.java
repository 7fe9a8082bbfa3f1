package dev.torc.core.run;

import dev.torc.StepFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Plays the files of {@code testdata/stories}: what builds do by the rules, step by step. It takes
 * much CPU, since it has more tests than any other class.
 */
@Order(1) // it takes long
@Execution(ExecutionMode.CONCURRENT)
class StoryTest {

  @TempDir Path temp;

  @TestFactory
  List<DynamicContainer> everyStory() throws IOException {
    return StepFiles.tests(
        Path.of("testdata", "stories"),
        temp,
        folder -> new Story(Files.createDirectories(folder.resolve("root"))));
  }
}
