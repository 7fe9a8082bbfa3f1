package dev.torc.front.cli;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.torc.Sample;
import dev.torc.Sampled;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The files of {@code testdata/transcripts/launcher}, by the shipped torc: a third of their tests,
 * as of methods that are {@link Sampled}, since they start torc 240 times.
 */
@Order(1) // it takes long
@Execution(ExecutionMode.CONCURRENT)
class LauncherTranscriptIT {

  @TempDir Path temp;

  @TestFactory
  List<DynamicContainer> transcripts() throws IOException {
    AtomicInteger which = new AtomicInteger();
    return Transcript.all(Path.of("testdata", "transcripts", "launcher"), true, temp).stream()
        .map(
            file ->
                DynamicContainer.dynamicContainer(
                    file.getDisplayName(),
                    file.getChildren()
                        .map(
                            test ->
                                played(test, Sample.plays(Sampled.PARTS, which.getAndIncrement())))
                        .toList())) // now, so that the seed decides
        .toList();
  }

  private static DynamicNode played(DynamicNode test, boolean played) {
    return played
        ? test
        : DynamicTest.dynamicTest(test.getDisplayName(), () -> abort(Sampled.LEFT_OUT));
  }
}
