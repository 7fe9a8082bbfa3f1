package dev.torc.front.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The files of {@code testdata/transcripts/launcher}, by the shipped torc. */
@Order(1) // it takes long
@Execution(ExecutionMode.CONCURRENT)
class LauncherTranscriptIT {

  @TempDir Path temp;

  @TestFactory
  List<DynamicContainer> transcripts() throws IOException {
    return Transcript.all(Path.of("testdata", "transcripts", "launcher"), true, temp);
  }
}
