package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.server.WarmServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The files of {@code testdata/transcripts}, which {@link TranscriptTest} plays in process, by the
 * warm server: what it prints is what a cold call prints.
 */
@Order(1) // it takes long
@Execution(ExecutionMode.CONCURRENT)
class ServedTranscriptIT {

  @TempDir static Path temp;
  private static WarmServer server;
  private static final Map<String, String> ENV = new HashMap<>(System.getenv());

  @BeforeAll
  static void start() throws Exception {
    ENV.put("TORC_JAVA_HOME", System.getProperty("java.home"));
    server = new WarmServer(temp, ENV);
  }

  @AfterAll
  static void stop() throws Exception {
    int served = server.log(" served: ").size();
    // A call beside another one is refused as busy: how many are depends on the machine.
    List<String> refused =
        server.log(" refused: ").stream().filter(line -> !line.endsWith("busy")).toList();
    server.stop();
    assertTrue(served > 3 * refused.size(), served + " calls were served, refused: " + refused);
  }

  @TestFactory
  List<DynamicContainer> transcripts() throws IOException {
    return Transcript.served(Path.of("testdata", "transcripts"), ENV, temp);
  }
}
