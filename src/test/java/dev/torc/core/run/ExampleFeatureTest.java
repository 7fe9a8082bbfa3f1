package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.Page;
import dev.torc.core.attempt.AttemptPart;
import dev.torc.core.attempt.JobState;
import dev.torc.features.example.SizeLimit;
import dev.torc.front.show.ReasonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The invented feature of the page about the core: from its key to its line of {@code why}. */
class ExampleFeatureTest extends Harness {

  /** Adds the feature to those of {@code front.session.Features}. */
  @Override
  AttemptPart.PartMaker parts(AttemptPart.PartMaker own) {
    return (common, id, attempts) -> {
      List<AttemptPart> all = new ArrayList<>(own.parts(common, id, attempts));
      all.add(new SizeLimit(common, id));
      return all;
    };
  }

  @Test
  void aJobWithTooLargeProductsFailsAndWhySaysSo() {
    given("a: { command: make a, produces: a.out, tags: [at-most=17] }");
    build();
    assertEquals(JobState.FAILED, state("a"));

    given("a: { command: make a, produces: a.out, tags: [at-most=18] }");
    build();
    assertEquals(JobState.RAN, state("a"));
    assertEquals(
        "failed last time (exit 0, but its products have 18 bytes and may have 17)",
        ReasonText.all(reasons("a")));
  }

  @Test
  void thePageShowsThisCode() throws IOException {
    Path tests = Path.of("src", "test", "java", "dev", "torc");
    String code =
        Files.readString(tests.resolve("features/example/SizeLimit.java"))
            + Files.readString(tests.resolve("core/run/ExampleFeatureTest.java"));
    List<Page.Block> blocks =
        Page.of("engine-in-an-hour.md").blocks().stream()
            .filter(block -> block.language().equals("java"))
            .toList();
    assertEquals(2, blocks.size());
    for (Page.Block block : blocks) {
      assertTrue(
          code.contains(block.text().indent(2).replace("\n  \n", "\n\n"))
              || code.contains(block.text()),
          block.where());
    }
  }
}
