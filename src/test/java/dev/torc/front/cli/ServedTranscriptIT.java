package dev.torc.front.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Sample;
import dev.torc.server.WarmServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
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
 * process, by warm servers: what they print is what a cold call prints. A server plays one test at
 * a time: it refuses a call beside another one, and that one would be a cold call.
 */
@Order(1) // it takes long
@Execution(ExecutionMode.CONCURRENT)
class ServedTranscriptIT {

  private static final List<Map<String, String>> ENVS = List.of(env(), env());

  /** Refusals of calls that no server ever answers, of which a sample may have many. */
  private static final Predicate<String> ALWAYS =
      Pattern.compile(
              " refused: (torc |standard input|jobs may be at|job \\S+ is interactive|make's )")
          .asPredicate();

  @TempDir static Path temp;
  private static final List<WarmServer> SERVERS = new ArrayList<>();

  private static Map<String, String> env() {
    Map<String, String> env = new HashMap<>(System.getenv());
    env.put("TORC_JAVA_HOME", System.getProperty("java.home"));
    return env;
  }

  @BeforeAll
  static void start() throws Exception {
    for (Map<String, String> env : ENVS) {
      SERVERS.add(new WarmServer(temp, env));
    }
  }

  @AfterAll
  static void stop() throws Exception {
    for (WarmServer server : SERVERS) {
      int served = server.log(" served: ").size();
      List<String> refused = new ArrayList<>(server.log(" refused: "));
      refused.removeIf(ALWAYS);
      server.stop();
      assertTrue(served > 3 * refused.size(), served + " calls were served, refused: " + refused);
    }
  }

  @TestFactory
  @ResourceLock("ServedTranscriptIT 0")
  List<DynamicNode> oneHalf() throws IOException {
    return half(0);
  }

  @TestFactory
  @ResourceLock("ServedTranscriptIT 1")
  List<DynamicNode> theOtherHalf() throws IOException {
    return half(1);
  }

  private static List<DynamicNode> half(int which) throws IOException {
    List<? extends DynamicNode> all =
        Sample.each(
            10,
            Transcript.served(
                    Path.of("testdata", "transcripts"),
                    ENVS.get(which),
                    Files.createDirectory(temp.resolve("half" + which)))
                .stream()
                .flatMap(file -> file.getChildren().map(test -> named(file, test)))
                .toList());
    int middle = all.size() / 2;
    return List.copyOf(which == 0 ? all.subList(0, middle) : all.subList(middle, all.size()));
  }

  private static DynamicNode named(DynamicContainer file, DynamicNode test) {
    return DynamicContainer.dynamicContainer(file.getDisplayName(), Stream.of(test));
  }
}
