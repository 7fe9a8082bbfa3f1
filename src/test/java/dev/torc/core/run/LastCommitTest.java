package dev.torc.core.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.attempt.Event;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.Dying;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Rule 9: the end of a build waits for the disk once, with the build's record. It waits before the
 * end check as well if what follows relies on the records.
 */
class LastCommitTest extends Harness {

  private static final String JOBS =
      """
      jobs:
        a: { command: make a, needs: [s], produces: [a.out] }
        b: { command: make b, needs: [a.out], produces: [b.out] }
      """;

  private final CountDownLatch checked = new CountDownLatch(1);
  private final AtomicInteger commits = new AtomicInteger(); // since the first job started
  private volatile boolean counts;
  private volatile boolean late;
  private int committed = -1; // when the end check spoke

  @Override
  Cache openCache(CachePlace place) {
    return Dying.open(place, this::commit);
  }

  private void commit() {
    if (!counts) {
      return;
    }
    try {
      late |= !checked.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      late = true;
    }
    commits.incrementAndGet();
  }

  @Override
  protected void heard(Event event) {
    counts |= event instanceof Event.JobStarted;
    if (event instanceof Event.Note note
        && note.said().message().matches("s(, which a needs,)? changed .*")) { // t may run then
      committed = commits.get();
      checked.countDown();
    }
    if (event instanceof Event.Finished) {
      assertTrue(commits.get() > 0, "the last line comes after the records are on the disk");
    }
  }

  private void buildAndChangeASource(String file) {
    givenFile(file);
    edit("s", "1");
    job(
        "b",
        stub -> {
          stub.write("s", "2");
          return work(stub);
        });
    build();
    assertEquals(0, exit, () -> notes().toString());
    assertTrue(committed >= 0, "the end check did not speak");
    assertFalse(late);
    counts = false;
    usual("b");
    build().ran("a", "b");
  }

  @Test
  void theEndCheckDoesNotWaitForTheDisk() {
    buildAndChangeASource(JOBS);
    assertEquals(0, committed);
  }

  @Test
  void hooksAreCalledWhenTheRecordsAreOnTheDisk() {
    checked.countDown();
    buildAndChangeASource("hooks: { finish: bye }\n" + JOBS);
    assertTrue(committed > 0);
  }

  @Test
  void temporaryProductsGoWhenTheRecordsAreOnTheDisk() {
    checked.countDown();
    String t = "  t: { command: make t, produces: [t.out], temporary: delete }\n";
    buildAndChangeASource(JOBS + t);
    assertTrue(committed > 0);
  }
}
