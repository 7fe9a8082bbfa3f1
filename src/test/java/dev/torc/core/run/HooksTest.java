package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.run.StubRunner.Held;
import org.junit.jupiter.api.Test;

/** Hooks beside jobs; stories test when hooks are called. */
class HooksTest extends Harness {

  @Test
  void theProcessesOfAHookAreNotThoseOfItsJob() {
    edit("x", "1");
    givenFile(
        """
        hooks: [{ on: ready, job: a, command: H }]
        jobs: { a: { command: make a, needs: [x], produces: [a.out] } }
        """);
    Held hook = hold("H");
    Held a = hold("a");
    Building building = start();
    var ofHook = hook.started().launch().mark().entrySet();
    var ofJob = a.started().launch().mark().entrySet();
    var hooks = hook.started().launch().steps().getFirst().env().entrySet();
    var jobs = a.started().launch().steps().getFirst().env().entrySet();
    assertTrue(hooks.containsAll(ofHook) && jobs.containsAll(ofJob));
    assertFalse(hooks.containsAll(ofJob));
    assertFalse(jobs.containsAll(ofHook));
    hook.go();
    a.go();
    building.await();
  }
}
