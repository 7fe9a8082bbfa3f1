package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sample;
import dev.torc.server.WarmServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * A sample of the tests in {@code testdata/transcripts}, which {@link TranscriptTest} plays in
 * process, by the warm server: what it prints is what a cold call prints. One test at a time: the
 * server refuses a call beside another one, and that one would be a cold call.
 */
@Order(1) // it takes long
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("ServedTranscriptIT")
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
    List<String> refused = server.log(" refused: ");
    server.stop();
    assertTrue(served > 3 * refused.size(), served + " calls were served, refused: " + refused);
  }

  @TestFactory
  List<? extends DynamicNode> transcripts() throws IOException {
    return Sample.each(
        5,
        Transcript.served(Path.of("testdata", "transcripts"), ENV, temp).stream()
            .flatMap(file -> file.getChildren().map(test -> named(file, test)))
            .toList());
  }

  private static DynamicNode named(DynamicContainer file, DynamicNode test) {
    return DynamicContainer.dynamicContainer(file.getDisplayName(), Stream.of(test));
  }
}
