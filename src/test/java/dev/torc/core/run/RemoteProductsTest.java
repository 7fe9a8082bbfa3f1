package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.torc.core.attempt.Event;
import org.junit.jupiter.api.Test;

/** Jobs of a scheduler that runs a script at once; {@code remote-products.txt} tells the rest. */
class RemoteProductsTest extends Harness {

  /** How the job ended. */
  private Event.Details told() {
    return events.stream()
        .filter(Event.JobEnded.class::isInstance)
        .map(event -> ((Event.JobEnded) event).details())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aRefusedSubmissionDoesNotShowTheLogOfAnEarlierRun() {
    givenFile(
        """
        executors:
          far:
            kind: commands
            latency: 100ms
            submit: 'sh {script} > {log} 2>&1; echo 1'
            states: 'true'
            cancel: 'true {ids}'
        defaults: { executor: far }
        jobs:
          a: { command: 'echo earlier; exit 1' }
        """);
    build();
    assertNotNull(told().log());
    givenFile(read("torc.yaml").replace("sh {script} > {log} 2>&1", "test ! {script} || exit 1"));
    build();
    assertEquals("far: ", told().what().substring(0, 5));
    assertNull(told().log());
  }
}
