package dev.torc.front.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.core.attempt.Event;
import dev.torc.core.memory.BuildLock;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.ThisHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Section 7, {@code torc stop}: it ends a watch, whether the watch waits or builds. */
class WatchStopTest {

  @TempDir Path temp;
  private WatchStage stage;

  @BeforeEach
  void copying() throws IOException {
    stage =
        new WatchStage(temp)
            .jobs("copy: { command: cp a.txt b.txt, needs: a.txt, produces: b.txt }\n")
            .put("a.txt", "1");
  }

  private CachePlace place() {
    return CachePlace.find(stage.root, Map.of(), ThisHost.system());
  }

  private boolean stop(boolean now) throws IOException {
    assertTrue(StopRequests.isWatched(place()), "torc stop finds it");
    assertTrue(stage.followed.contains(stage.root.resolve(".torc/stop")), "a notice wakes it");
    StopRequests.write(place(), "", now);
    return true;
  }

  @Test
  void aWatchThatWaitsEndsWithTheStatusOfItsLastRound() throws IOException {
    stage.thenPut("a.txt", "2").then(() -> stop(false)).run();
    assertEquals("[copy] | [a.txt] [copy] |", stage.told());
    assertEquals(0, stage.exit);
    assertFalse(StopRequests.isWatched(place()));
  }

  @Test
  void aFailedRoundIsItsStatus() throws IOException {
    stage.jobs("copy: { command: exit 3, needs: a.txt }").then(() -> stop(false)).run();
    assertEquals(1, stage.exit);
  }

  @Test
  void nowIsCtrlC() throws IOException {
    stage.then(() -> stop(true)).run();
    assertEquals(130, stage.exit);
  }

  @Test
  void aRequestFromBeforeEndsNoWatch() throws IOException {
    stage.run();
    StopRequests.write(place(), "", false);
    WatchStage next = new WatchStage(temp).thenPut("a.txt", "2").run();
    assertEquals(-1, next.exit);
    assertEquals("[] | [a.txt] [copy] |", next.told());
  }

  @Test
  void aWatchOfARefusedBuildFileEndsToo() throws IOException {
    stage.run();
    stage = new WatchStage(temp).jobs("copy: { comand: x }");
    stage.then(() -> stop(false)).run();
    assertEquals(2, stage.exit);
  }

  @Test
  void aBuildOfTheWatchStopsAndTheWatchEnds() throws IOException {
    stage.jobs(
        """
        a: { command: "until test -e go; do sleep 0.02; done", needs: a.txt, priority: 1 }
        b: { command: echo, needs: a.txt }
        """);
    stage.limits.put("cpus", "1");
    stage.heard =
        event -> {
          try {
            if (event instanceof Event.JobStarted) {
              String build = BuildLock.holder(place()).orElseThrow().build();
              StopRequests.write(place(), build, false);
            } else if (event instanceof Event.Note note && note.text().contains("torc stop")) {
              Files.createFile(temp.resolve("go"));
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    stage.thenPut("a.txt", "2").run();
    assertEquals("[a, b NOT_REACHED]", stage.told());
    assertEquals(1, stage.exit);
  }
}
