package dev.torc.core.run;

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

  private final LoopLock lock = new LoopLock();

  @Test
  void messagesAreHandledInTheirOrderInTheTurnOfTheLoop() throws Exception {
    List<String> handled = new ArrayList<>();
    lock.takeTurn();
    lock.post(() -> handled.add("a"));
    lock.post(
        () -> {
          handled.add("b");
          lock.post(() -> handled.add("d"));
        });
    lock.post(() -> handled.add("c"));
    assertFalse(lock.isQuiet());
    lock.await(null, () -> {});
    assertEquals(List.of("a", "b", "c", "d"), handled);
    assertTrue(lock.isQuiet());
    lock.endTurn();
  }

  @Test
  void whileAnotherHasItsTurnTheLoopHandlesNothing() throws Exception {
    List<String> handled = new ArrayList<>(); // not safe for two threads, like a build's state
    CompletableFuture<Void> begun = new CompletableFuture<>();
    lock.takeTurn();
    Thread attempt =
        Thread.ofPlatform()
            .start(
                () -> {
                  lock.takeTurn(); // as soon as the loop waits
                  lock.post(() -> handled.add("loop"));
                  begun.complete(null);
                  handled.add("attempt");
                  lock.endTurn();
                });
    lock.await(null, () -> {});
    assertTrue(begun.isDone());
    assertEquals(List.of("attempt", "loop"), handled);
    lock.endTurn();
    attempt.join();
  }

  @Test
  void theLoopIsWokenFromAnyThread() throws Exception {
    lock.takeTurn();
    for (int i = 0; i < 1000; i++) {
      Thread waker = Thread.ofVirtual().start(lock::wake);
      lock.await(null, () -> {}); // it would wait for ever if a wake were lost
      waker.join();
    }
    lock.endTurn();
  }

  @Test
  void theWaitEndsWithoutAMessageWhenItsTimeHasCome() throws Exception {
    lock.takeTurn();
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(5);
    lock.await(until, () -> {});
    assertTrue(System.nanoTime() - until >= 0);
    lock.endTurn();
  }

  @Test
  void whileNoMessageComesItLooksAgainAndAgainOutsideItsTurn() throws Exception {
    int[] looks = {0};
    lock.takeTurn();
    Runnable look =
        () -> {
          assertThrows(IllegalMonitorStateException.class, lock::endTurn, "it has no lock");
          if (++looks[0] == 2) {
            lock.wake();
          }
        };
    lock.await(null, look);
    assertEquals(2, looks[0]);
    lock.endTurn();
  }

  @Test
  void anInterruptEndsTheWaitAndTheTurnIsTheLoopsAgain() {
    lock.takeTurn();
    Thread.currentThread().interrupt();
    assertThrows(InterruptedException.class, () -> lock.await(null, () -> {}));
    lock.endTurn(); // would throw if the lock were not held
    assertThrows(IllegalMonitorStateException.class, lock::endTurn);
  }
}
