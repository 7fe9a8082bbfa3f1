package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.local.ProcessEnd;
import dev.torc.records.Cache;
import dev.torc.records.CachePlace;
import dev.torc.records.StartMarks;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rule 9: torc is killed, in process; with real processes it is in CrashIT. */
class Rule09KilledTest extends Harness {

  private final List<StartMarks.Mark> leftovers = new ArrayList<>();

  @Override
  Cache openCache(CachePlace place) {
    Cache cache = super.openCache(place);
    leftovers.clear();
    leftovers.addAll(StartMarks.live(StartMarks.read(place), cache));
    return cache;
  }

  @BeforeEach
  void aProject() {
    given(
        """
        a: { command: make a, needs: [x], produces: [a.out] }
        b: { command: make b, needs: [a.out], produces: [b.out] }
        """);
    edit("x", "1");
  }

  @Test
  void whatEndedBeforeIsRememberedAndWhatRanRunsAgain() {
    deadly("b", this::work);
    build();
    assertEquals(137, exit);
    usual("b");
    assertEquals("up to date", look().get("a"));
    assertEquals("will run: interrupted", look().get("b"));
    build().ran("b");
    assertEquals("interrupted", why("b"));
    settled();
  }

  @Test
  void aResultThatLooksDoneIsNot() {
    build();
    force = true;
    deadly("a", this::work); // it had written all of its products, even the same ones
    build();
    force = false;
    usual("a");
    assertEquals("will run: interrupted", look().get("a"));
    build();
    assertEquals("interrupted", why("a"));
    settled();
  }

  @Test
  void aJobWithoutProductsRunsAgain() {
    given("a: { command: make a, needs: [x] }");
    build();
    edit("x", "2");
    deadly("a", this::work);
    build();
    edit("x", "1"); // as in the last run that ended well
    usual("a");
    build().ran("a");
    assertEquals("interrupted", why("a"));
    settled();
  }

  @Test
  void theMarkNamesBuildAndJobAndGoesWithTheRecord() {
    deadly("a", this::work);
    build();
    usual("a");
    build();
    assertEquals(List.of("a"), leftovers.stream().map(StartMarks.Mark::job).toList());
    edit("x", "2"); // a build without work opens no cache
    build();
    assertEquals(List.of(), leftovers);
  }

  @Test
  void aSecondAttemptHasAMarkToo() {
    given("a: { command: make a, needs: [x], produces: [a.out], retries: 1 }");
    job(
        "a",
        new StubRunner.Deadly() {
          @Override
          public boolean kills(StubRunner.Stub job) {
            return job.attempt() == 2;
          }

          @Override
          public ProcessEnd run(StubRunner.Stub job) throws Exception {
            return job.attempt() == 1 ? job.exit(1) : work(job);
          }
        });
    build();
    assertEquals(137, exit);
    usual("a");
    build();
    assertTrue(leftovers.stream().anyMatch(m -> m.attempt() == 2), leftovers.toString());
    assertEquals("interrupted", why("a"));
    settled();
  }

  @Test
  void killedTwiceIsKilled() {
    deadly("a", this::work);
    build();
    build();
    usual("a");
    build().ran("a", "b");
    assertEquals("interrupted", why("a"));
    settled();
  }

  @Test
  void aBuildWithAnotherCacheAnswersForNothing() {
    build(); // with a cache in .torc
    env.put("TORC_CACHE", root.resolve("one").toString());
    build();
    force = true;
    deadly("a", this::work); // it had written all, even the same bytes
    build();
    force = false;
    usual("a");
    for (String other : List.of(root.resolve("two").toString(), "")) {
      env.put("TORC_CACHE", other);
      build();
      assertEquals(0, exit);
      settled();
    }
    env.put("TORC_CACHE", root.resolve("one").toString());
    assertEquals("will run: interrupted", look().get("a"));
    build();
    assertEquals("interrupted", why("a"));
    settled();
  }
}
