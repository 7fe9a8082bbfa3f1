package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.JavaChild;
import dev.torc.Sample;
import dev.torc.Sandbox;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Rule 4: the stories and the random walks, which find jobs that are falsely up to date, find none
 * with memos either. {@link MemoWalks} plays a share of them in a JVM of its own: all take ten
 * minutes.
 */
@Order(0) // it takes longest, one test at a time
@Execution(ExecutionMode.CONCURRENT)
class MemoWalksIT {

  @TempDir Path temp;

  @Test
  void rule4NoMemoAnswersWhereABuildSaysOtherwise() throws Exception {
    List<String> options = List.of("-Dtorc.seed=" + Sample.SEED);
    List<String> command =
        JavaChild.command(
            options,
            MemoWalks.class,
            Files.createDirectories(temp.toRealPath().resolve("walks")).toString(),
            Sandbox.launcher(),
            Sample.ALL ? "4" : "12");
    Path said = temp.resolve("said");
    int exit =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start()
            .waitFor();
    assertEquals(0, exit, Files.readString(said));
  }
}
