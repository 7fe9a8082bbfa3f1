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
class TurnsTest {

  private final Turns turns = new Turns();

  @Test
  void messagesAreHandledInTheirOrderInTheTurnOfTheLoop() throws Exception {
    List<String> handled = new ArrayList<>();
    turns.begin();
    turns.post(() -> handled.add("a"));
    turns.post(
        () -> {
          handled.add("b");
          turns.post(() -> handled.add("d"));
        });
    turns.post(() -> handled.add("c"));
    assertFalse(turns.isQuiet());
    turns.await(null);
    assertEquals(List.of("a", "b", "c", "d"), handled);
    assertTrue(turns.isQuiet());
    turns.end();
  }

  @Test
  void whileAnotherHasItsTurnTheLoopHandlesNothing() throws Exception {
    List<String> handled = new ArrayList<>(); // not safe for two threads, as a build is not
    CompletableFuture<Void> begun = new CompletableFuture<>();
    turns.begin();
    Thread attempt =
        Thread.ofPlatform()
            .start(
                () -> {
                  turns.begin(); // as soon as the loop waits
                  turns.post(() -> handled.add("loop"));
                  begun.complete(null);
                  handled.add("attempt");
                  turns.end();
                });
    turns.await(null);
    assertTrue(begun.isDone());
    assertEquals(List.of("attempt", "loop"), handled);
    turns.end();
    attempt.join();
  }

  @Test
  void theLoopIsWokenFromAnyThread() throws Exception {
    turns.begin();
    for (int i = 0; i < 1000; i++) {
      Thread waker = Thread.ofVirtual().start(turns::wake);
      turns.await(null); // it would wait for ever for one that was lost
      waker.join();
    }
    turns.end();
  }

  @Test
  void theWaitEndsWithoutAMessageWhenItsTimeHasCome() throws Exception {
    turns.begin();
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(5);
    turns.await(until);
    assertTrue(System.nanoTime() - until >= 0);
    turns.end();
  }

  @Test
  void anInterruptEndsTheWaitAndTheTurnIsTheLoopsAgain() {
    turns.begin();
    Thread.currentThread().interrupt();
    assertThrows(InterruptedException.class, () -> turns.await(null));
    turns.end(); // refused to who has it not
    assertThrows(IllegalMonitorStateException.class, turns::end);
  }
}
