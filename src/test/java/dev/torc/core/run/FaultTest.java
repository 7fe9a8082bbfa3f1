package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.attempt.Event;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.here.Runner;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.Cache.CacheException;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.Dying;
import dev.torc.core.run.StubRunner.Held;
import dev.torc.core.run.StubRunner.Stub;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Where memory or threads run out, on whatever thread, or a record cannot be written, all jobs are
 * ended and the build ends.
 */
@Timeout(60)
class FaultTest extends Harness {

  private static final String JOBS =
      """
      a: { command: make a, produces: [a.out] }
      b: { command: make b, produces: [b.out] }
      c: { command: make c, needs: [a.out], produces: [c.out] }
      """;

  /** Stands for an OutOfMemoryError, on which JUnit ends itself. */
  private static final class Fault extends Error {
    private static final long serialVersionUID = 1;
  }

  private final Fault fault = new Fault();
  private final Set<String> notEndable = ConcurrentHashMap.newKeySet();
  private final AtomicInteger threadsLeft = new AtomicInteger(100);
  private Consumer<Event> listener = _ -> {};
  private volatile boolean full; // whether commits fail

  @Override
  Cache openCache(CachePlace place) {
    return Dying.open(
        place,
        () -> {
          if (full) {
            throw new IllegalStateException("full");
          }
        });
  }

  @Override
  protected void heard(Event event) {
    listener.accept(event);
  }

  @Override
  ExecutorService openThreads() {
    return new ThreadPoolExecutor(0, 100, 1, TimeUnit.MINUTES, new SynchronousQueue<>()) {
      @Override
      public void execute(Runnable work) {
        if (threadsLeft.getAndDecrement() <= 0) {
          throw fault;
        }
        super.execute(work);
      }
    };
  }

  /** The first call that ends a job in {@link #notEndable} throws, after it passed the call on. */
  @Override
  protected Runner openRunner() {
    Runner stub = super.openRunner();
    return new Runner() {
      @Override
      public Running start(Launch launch, Consumer<ProcessEnd> done) {
        Running running = stub.start(launch, done);
        return now -> {
          running.end(now);
          if (notEndable.remove(launch.mark().get("TORC_JOB"))) {
            throw fault;
          }
        };
      }

      @Override
      public long grace() {
        return stub.grace();
      }

      @Override
      public void close() {
        stub.close();
      }
    };
  }

  private void breaks() {
    assertSame(fault, assertThrows(Fault.class, () -> build()));
  }

  /** Builds without faults: jobs that ended well before the fault count, the others run again. */
  private void mends() {
    threadsLeft.set(100);
    listener = _ -> {};
    scripts.clear();
    build();
    assertEquals(0, exit);
    settled();
  }

  @Test
  void noThreadForTheFirstJob() {
    given(JOBS);
    threadsLeft.set(0);
    breaks();
    mends();
  }

  @Test
  void noThreadForAJobWhileAnotherRuns() {
    given(JOBS);
    hold("a");
    threadsLeft.set(1);
    breaks();
    mends();
  }

  @Test
  void noThreadForAJobThatAnotherMadeRoomFor() {
    given(
        """
        a: { command: make a, produces: [a.out] }
        b: { command: make b, needs: [a.out], produces: [b.out] }
        c: { command: make c, needs: [a.out], produces: [c.out] }
        d: { command: make d, produces: [d.out] }
        """);
    hold("d");
    threadsLeft.set(2); // b goes on with the thread of a, c has none
    breaks();
    mends();
  }

  @Test
  void aListenerBreaksOnTheThreadOfAnAttempt() {
    given(JOBS);
    Held b = hold("b");
    notEndable.add("b"); // the last call that ends it throws, too
    listener =
        event -> {
          if (event instanceof Event.JobEnded end && end.job().equals("a")) {
            b.started();
            throw fault;
          }
        };
    breaks();
    mends();
  }

  @Test
  void anAttemptBreaksItself() {
    given(JOBS);
    Held b = hold("b");
    deadly(
        "a",
        stub -> {
          b.started();
          return stub.exit(0);
        });
    build();
    assertEquals(137, exit, "what broke it was thrown by the build");
    mends();
  }

  @Test
  void anUnendableJobKeepsNoThreadFromTheTurn() {
    given(JOBS + "d: { command: make d, produces: [d.out] }");
    Consumer<Event> breaks =
        event -> {
          if (event instanceof Event.Ending) {
            throw fault;
          }
        };
    for (Consumer<Event> each : List.<Consumer<Event>>of(_ -> {}, breaks)) {
      Held a = hold("a");
      Held b = hold("b");
      notEndable.addAll(List.of("a", "b"));
      CompletableFuture<Void> d = new CompletableFuture<>();
      job(
          "d",
          stub -> {
            d.complete(null);
            stub.nextEnd();
            stub.nextEnd(); // takes no notice of the first, so the build hears of the fault
            return stub.ended(ProcessEnd.How.INTERRUPTED);
          });
      listener = each;
      Building building = start();
      a.started();
      b.started();
      d.join();
      building.signal(2);
      assertThrows(AssertionError.class, building::await);
      mends();
      List.of("a.out", "b.out", "d.out").forEach(this::delete);
    }
  }

  /** A job that runs when the write fails may still end well. */
  @Test
  void ifARecordCannotBeWrittenNothingBegins() {
    given(JOBS);
    limits.put("cpus", 1L);
    job("a", this::fills);
    job(
        "b",
        stub -> {
          stub.nextEnd();
          return work(stub);
        });
    cannotWrite();
    ran("a", "b");
    build().ran("a", "b", "c");
    mends();
  }

  private ProcessEnd fills(Stub stub) throws IOException {
    full = true;
    return work(stub);
  }

  private void cannotWrite() {
    CacheException why = assertThrows(CacheException.class, () -> build());
    assertTrue(why.getMessage().endsWith("full"), why::getMessage);
    full = false;
    scripts.clear();
  }

  @Test
  void aBuildWhoseLastRecordCannotBeWrittenIsNoSuccess() {
    givenFile(
        """
        hooks: { success: H1 }
        jobs: { a: { command: make a, produces: [a.out] } }
        """);
    job("a", this::fills);
    Held hook = hold("H1");
    hook.go();
    cannotWrite();
    assertFalse(hook.isStarted());
    build().ran("a");
  }
}
