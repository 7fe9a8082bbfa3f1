package dev.torc.build;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.build.StubRunner.Held;
import dev.torc.exec.Ended;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Rule 11: signals end the jobs, which count as interrupted. */
class Rule11InterruptTest extends Harness {

  @Test
  void aSignalEndsTheJobsAndTheBuild() {
    given(
        """
        a: { command: make a, produces: [a.out] }
        b: { command: make b, produces: [b.out] }
        c: { command: make c, needs: [a.out], produces: [c.out] }
        """);
    for (int signal : new int[] {2, 15, 1}) {
      Held a = hold("a");
      Building building = start();
      a.started();
      building.signal(signal);
      building.await();
      assertEquals(128 + signal, exit);
      assertEquals(State.INTERRUPTED, state("a"));
      assertEquals(State.NOT_REACHED, state("c"));
    }
    usual("a");
    build();
    assertEquals("interrupted", why("a"));
    assertEquals("never ran", why("c"));
    assertEquals(0, exit);
    settled();
  }

  @Test
  void aSecondSignalEndsThemAtOnce() {
    given("a: { command: make a, produces: [a.out] }");
    CompletableFuture<Void> started = new CompletableFuture<>();
    List<Boolean> ends = new ArrayList<>();
    job(
        "a",
        stub -> {
          started.complete(null);
          ends.add(stub.nextEnd());
          ends.add(stub.nextEnd());
          return stub.ended(Ended.How.INTERRUPTED);
        });
    Building building = start();
    started.join();
    building.signal(2);
    building.signal(2);
    building.await();
    assertEquals(List.of(false, true), ends);
    assertEquals(130, exit);
  }

  @Test
  void anInterruptedJobIsNotRepeatedAtOnce() {
    given("a: { command: make a, produces: [a.out], retries: 3 }");
    Held a = hold("a");
    Building building = start();
    a.started();
    building.signal(15);
    building.await();
    assertEquals(1, events.stream().filter(Event.JobStarted.class::isInstance).count());
    assertEquals(143, exit);
  }

  @Test
  void aRetryThatWaitsIsNotReachedAndTheFailureIsRemembered() {
    given(
        """
        a: { command: make a, produces: [a.out], retries: 3, retry: { delay: 1h } }
        b: { command: make b, produces: [b.out] }
        """);
    limits.put("cpus", 1L);
    failing("a");
    Held b = hold("b");
    Building building = start();
    b.started();
    building.signal(2);
    building.await();
    assertEquals(State.NOT_REACHED, state("a"));
    usual("a");
    usual("b");
    build();
    assertEquals("failed", why("a"));
    assertEquals("interrupted", why("b"));
    settled();
  }
}
