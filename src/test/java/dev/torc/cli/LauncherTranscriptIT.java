package dev.torc.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The files of {@code testdata/transcripts/launcher}, by the shipped torc. */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("LauncherTranscriptIT") // one of its tests at a time, beside other classes
class LauncherTranscriptIT {

  @TempDir Path temp;

  @TestFactory
  List<DynamicContainer> transcripts() throws IOException {
    return Transcript.all(Path.of("testdata", "transcripts", "launcher"), true, temp);
  }
}
