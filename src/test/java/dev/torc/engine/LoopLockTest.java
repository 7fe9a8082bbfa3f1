package dev.torc.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One thread at a time changes the state of a build, and no message is lost or overtaken. */
@Timeout(60)
class LoopLockTest {

  private final LoopLock turn = new LoopLock();

  @Test
  void messagesAreHandledInTheirOrderInTheTurnOfTheLoop() throws Exception {
    List<String> handled = new ArrayList<>();
    turn.begin();
    turn.post(() -> handled.add("a"));
    turn.post(
        () -> {
          handled.add("b");
          turn.post(() -> handled.add("d"));
        });
    turn.post(() -> handled.add("c"));
    assertFalse(turn.isQuiet());
    turn.await(null, () -> {});
    assertEquals(List.of("a", "b", "c", "d"), handled);
    assertTrue(turn.isQuiet());
    turn.end();
  }

  @Test
  void whileAnotherHasItsTurnTheLoopHandlesNothing() throws Exception {
    List<String> handled = new ArrayList<>(); // not safe for two threads, as a build is not
    CompletableFuture<Void> begun = new CompletableFuture<>();
    turn.begin();
    Thread attempt =
        Thread.ofPlatform()
            .start(
                () -> {
                  turn.begin(); // as soon as the loop waits
                  turn.post(() -> handled.add("loop"));
                  begun.complete(null);
                  handled.add("attempt");
                  turn.end();
                });
    turn.await(null, () -> {});
    assertTrue(begun.isDone());
    assertEquals(List.of("attempt", "loop"), handled);
    turn.end();
    attempt.join();
  }

  @Test
  void theLoopIsWokenFromAnyThread() throws Exception {
    turn.begin();
    for (int i = 0; i < 1000; i++) {
      Thread waker = Thread.ofVirtual().start(turn::wake);
      turn.await(null, () -> {}); // it would wait for ever for one that was lost
      waker.join();
    }
    turn.end();
  }

  @Test
  void theWaitEndsWithoutAMessageWhenItsTimeHasCome() throws Exception {
    turn.begin();
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(5);
    turn.await(until, () -> {});
    assertTrue(System.nanoTime() - until >= 0);
    turn.end();
  }

  @Test
  void whileNoMessageComesItLooksAgainAndAgainOutsideItsTurn() throws Exception {
    int[] looks = {0};
    turn.begin();
    Runnable look =
        () -> {
          assertThrows(IllegalMonitorStateException.class, turn::end, "it has no turn");
          if (++looks[0] == 2) {
            turn.wake();
          }
        };
    turn.await(null, look);
    assertEquals(2, looks[0]);
    turn.end();
  }

  @Test
  void anInterruptEndsTheWaitAndTheTurnIsTheLoopsAgain() {
    turn.begin();
    Thread.currentThread().interrupt();
    assertThrows(InterruptedException.class, () -> turn.await(null, () -> {}));
    turn.end(); // refused to who has it not
    assertThrows(IllegalMonitorStateException.class, turn::end);
  }
}
