package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.base.posix.Kill;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.run.StubRunner.Held;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Rule 11: signals end the jobs, which count as interrupted, whatever torc does meanwhile. */
class Rule11InterruptTest extends Harness {

  private Runnable whenStarted = () -> {};
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  @Override
  protected void heard(Event event) {
    if (event instanceof Event.JobStarted) {
      whenStarted.run();
    } else if (event instanceof Event.JobEnded) {
      ended.complete(null);
    }
  }

  /** A file that cannot be read to its end while a test waits. */
  private void endless(String path) {
    try (RandomAccessFile file = new RandomAccessFile(root.resolve(path).toFile(), "rw")) {
      file.setLength(1L << 40);
    } catch (IOException e) {
      assumeTrue(false, "no file of 1 TiB here: " + e.getMessage());
    }
  }

  private List<Event.Ending> endings() {
    return events.stream()
        .filter(Event.Ending.class::isInstance)
        .map(Event.Ending.class::cast)
        .toList();
  }

  @Test
  void aSignalEndsTheReadingOfNeeds() {
    given(
        """
        a: { command: make a, needs: [big], produces: [a.out] }
        b: { command: make b, needs: [folder/], produces: [b.out] }
        c: { command: make c, needs: ["glob/*"], produces: [c.out] }
        d: { command: make d, needs: [a.out, b.out, c.out], produces: [d.out] }
        """);
    edit("folder/small", "1");
    edit("glob/small", "1");
    endless("big");
    endless("folder/big");
    endless("glob/big");
    whenStarted = () -> running.signal(15);
    start().await();
    assertEquals(143, exit);
    assertEquals(JobState.NOT_REACHED, state("d"));
    assertFalse(exists("a.out") || exists("b.out") || exists("c.out"), "nothing was started");
    whenStarted = () -> {};
    for (String big : List.of("big", "folder/big", "glob/big")) {
      edit(big, "2");
    }
    build();
    ran("a", "b", "c", "d");
    assertEquals(0, exit);
    settled();
  }

  @Test
  void aSignalEndsTheReadingOfProducts() {
    given(
        """
        a: { command: make a, produces: [a.out] }
        b: { command: make b, produces: [b/] }
        c: { command: make c, produces: ["c/*"] }
        """);
    for (String product : List.of("a.out", "b/in", "c/in")) {
      job(
          product.substring(0, 1),
          stub -> {
            endless(product);
            running.signal(2);
            return stub.exit(0);
          });
    }
    limits.put("cpus", 1L);
    for (String job : List.of("a", "b", "c")) {
      start(job).await();
      assertEquals(130, exit);
      assertEquals(JobState.INTERRUPTED, state(job), "its products are not known");
    }
    List.of("a", "b", "c").forEach(this::usual);
    build();
    assertEquals("interrupted", why("a"));
    assertEquals("interrupted", why("b"));
    assertEquals("interrupted", why("c"));
    assertEquals(List.of("a.out", "b/in", "c/in"), kept(), "what was not looked at is nobody's");
    assertEquals(0, exit);
    settled();
  }

  @Test
  void aSignalEndsTheReadingOfTheLeftoversOfAJobThatItEnded() {
    given("a: { command: make a, produces: [a.out] }");
    CompletableFuture<Void> started = new CompletableFuture<>();
    job(
        "a",
        stub -> {
          endless("a.out");
          started.complete(null);
          stub.nextEnd();
          return stub.ended(ProcessEnd.How.INTERRUPTED);
        });
    Building building = start();
    started.join();
    building.signal(1);
    building.await();
    assertEquals(129, exit);
    assertEquals(JobState.INTERRUPTED, state("a"));
  }

  @Test
  void jobsAreEndedWhileTheLoopItselfReads() {
    given(
        """
        a: { command: make a, produces: [in/a.out] }
        b: { command: make b, produces: [b.out] }
        c: { command: make c, needs: ["in/*"], produces: [c.out] }
        """);
    edit("in/x", "1");
    build();
    edit("torc.yaml", read("torc.yaml").replace("make a", "make a again"));
    job(
        "a",
        stub -> {
          endless("in/new"); // what c needs is decided by the loop when a has ended
          return work(stub);
        });
    delete("b.out");
    Held b = hold("b");
    Building building = start();
    b.started();
    ended.join();
    building.signal(2);
    building.await();
    assertEquals(130, exit);
    assertEquals(JobState.INTERRUPTED, state("b"));
    assertEquals(JobState.NOT_REACHED, state("c"));
    delete("in/new");
    usual("a");
    usual("b");
    build();
    assertEquals(0, exit);
    settled();
  }

  @Test
  void endedJobsAndTheirGraceAreToldAtOnce() {
    given(
        """
        a: { command: make a, produces: [a.out] }
        b: { command: make b, produces: [b.out] }
        """);
    CompletableFuture<Void> both = new CompletableFuture<>();
    for (String job : List.of("a", "b")) {
      job(
          job,
          stub -> {
            if (underWay().size() == 2) {
              both.complete(null);
            }
            stub.nextEnd();
            stub.nextEnd(); // takes no notice of the first
            for (int i = 0; endings().size() < 2 && i < 6000; i++) {
              Thread.sleep(10); // else it may end before both events are told
            }
            return stub.ended(ProcessEnd.How.INTERRUPTED);
          });
    }
    Building building = start();
    both.join();
    building.signal(2);
    building.signal(2);
    building.await();
    assertEquals(
        List.of(
            new Event.Ending(List.of("a", "b"), StubRunner.GRACE),
            new Event.Ending(List.of("a", "b"), 0)),
        endings());
    assertTrue(events.indexOf(endings().getFirst()) < events.size() - 3, "before their ends");
  }

  @Test
  void aSecondSignalEndsThemAtOnce() {
    given("a: { command: make a, produces: [a.out] }");
    CompletableFuture<Void> started = new CompletableFuture<>();
    List<Integer> ends = new ArrayList<>();
    job(
        "a",
        stub -> {
          started.complete(null);
          ends.add(stub.nextEnd());
          ends.add(stub.nextEnd());
          return stub.ended(ProcessEnd.How.INTERRUPTED);
        });
    Building building = start();
    started.join();
    building.signal(2);
    building.signal(2);
    building.await();
    assertEquals(List.of(Kill.INT, Kill.KILL), ends);
    assertEquals(130, exit);
  }

  /** An interrupt of this thread counts as Ctrl-C. */
  @Test
  void anInterruptOfTheThreadThatBuildsEndsTheJobs() throws Exception {
    given("a: { command: make a, produces: [a.out] }");
    Held a = hold("a");
    Thread builds = Thread.ofPlatform().start(() -> build());
    a.started();
    builds.interrupt();
    builds.join();
    assertEquals(130, exit);
    assertEquals(JobState.INTERRUPTED, state("a"));
    usual("a");
    build().ran("a");
  }

  /**
   * The case while results are sent: torc reads nothing more, and the jobs decide the exit status.
   */
  @Test
  void aSignalWhenTheJobsAreDoneChangesNothing() throws IOException {
    Harness ended =
        new Harness(Files.createDirectory(root.resolve("ended"))) {
          @Override
          protected void heard(Event event) {
            if (event instanceof Event.Finished) {
              running.signal(2);
              running.signal(2);
            }
          }
        };
    ended.given("a: { command: make a, needs: [x], produces: [y] }");
    ended.edit("x", "1");
    ended.build().ran("a");
    assertEquals(0, ended.exit);
    ended.build().ran();
    assertEquals(0, ended.exit);
  }
}
