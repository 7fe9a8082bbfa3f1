package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.base.digests.AgedStamps;
import dev.torc.base.digests.Stamp;
import dev.torc.core.attempt.JobState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A part of a file as a need; stories test what counts, and {@code FileValuesTest} the values. */
class KeyedNeedsTest extends Harness {

  /** Rule 4: the record has the values, so a known digest is enough. */
  @Test
  void theFileIsNotReadAgainWhileItsStampIsTheSame() {
    AgedStamps aged = new AgedStamps();
    List<Stamp> first = new ArrayList<>();
    stamps =
        (folder, path, follow) -> {
          Stamp now = aged.at(folder, path, follow);
          if (!path.equals("p.yaml") || !now.exists()) {
            return now;
          }
          first.add(now);
          return first.getFirst();
        };
    given(
        """
        a: { command: a, needs: [{ file: p.yaml, keys: [n] }], produces: a.f }
        b: { command: b, needs: [x], produces: b.f }
        c: { command: c, needs: [x, { file: p.yaml, keys: [n] }], produces: c.f }
        """);
    edit("p.yaml", "n: 1");
    edit("x", "1");
    build();
    assertEquals(JobState.RAN, state("a"));

    edit("p.yaml", "{{");
    build();
    assertEquals(JobState.UP_TO_DATE, state("a"));

    edit("x", "2");
    build();
    assertEquals(JobState.UP_TO_DATE, state("a"));
    assertEquals(JobState.RAN, state("b"));
    assertEquals(JobState.RAN, state("c"));
  }
}
