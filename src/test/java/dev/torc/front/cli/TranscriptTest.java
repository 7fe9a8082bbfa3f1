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

/**
 * The files of {@code testdata/transcripts}, in this process. It takes much CPU, since it makes
 * some thousands of calls.
 */
@Order(1) // it takes long
@Execution(ExecutionMode.CONCURRENT)
class TranscriptTest {

  @TempDir Path temp;

  @TestFactory
  List<DynamicContainer> transcripts() throws IOException {
    return Transcript.all(Path.of("testdata", "transcripts"), false, temp);
  }
}
