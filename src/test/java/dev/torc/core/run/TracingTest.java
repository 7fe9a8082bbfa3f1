package dev.torc.core.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.StepFiles;
import dev.torc.base.posix.Environment;
import dev.torc.base.posix.JobTrace;
import dev.torc.core.here.LocalRunner;
import dev.torc.core.here.Runner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Plays {@code testdata/stories/processes}: stories with traced jobs that are real processes. */
class TracingTest {

  @TempDir Path temp;

  @TestFactory
  List<DynamicContainer> everyStory() throws IOException {
    String why = JobTrace.refusal();
    assumeTrue(why == null, why);
    return StepFiles.tests(
        Path.of("testdata", "stories", "processes"),
        temp,
        folder -> new Processes(Files.createDirectories(folder.resolve("root"))));
  }

  private static final class Processes extends Story {
    Processes(Path root) {
      super(root);
    }

    @Override
    protected Runner openRunner() {
      Map<String, String> caller = new TreeMap<>(System.getenv());
      caller.keySet().removeIf(name -> name.matches("(LMOD|MODULE|LOADEDMOD|CONDA|MAMBA|PIXI).*"));
      caller.putAll(env);
      List<byte[]> entries =
          caller.entrySet().stream().map(each -> each.toString().getBytes(UTF_8)).toList();
      return new LocalRunner(new Environment(entries), Duration.ofSeconds(5));
    }

    @Override
    protected Harness build(String... targets) {
      return assertTimeoutPreemptively(Duration.ofSeconds(300), () -> super.build(targets));
    }
  }
}
