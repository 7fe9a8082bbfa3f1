package dev.torc.cluster;

import dev.torc.cluster.RemoteBatch.Element;
import dev.torc.cluster.RemoteBatch.Entry;
import dev.torc.exec.ProcessEnd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * What follows for attempts of which their script says no end, when the scheduler has done with it:
 * its word decides, and whether they began. What never began is claimed, and can be handed out
 * anew; that and the scheduler are {@link RemoteDesk}'s.
 */
record ElementEnds(String executor, Path folder, Claimant me, Consumer<String> notes) {

  /** How often an attempt is handed out again for what was no fault of its own. */
  private static final int AGAIN = 3;

  /** Takes what is to be handed out anew. */
  interface Anew {

    /**
     * @param entry that is to be
     * @param fresh for another script; null where an earlier torc handed it out
     * @param places where earlier scripts left something
     */
    void ready(Entry entry, Entry fresh, List<RemotePlace> places);
  }

  /** What the scheduler says of an element: {@code cause} is null where it knows nothing of it. */
  private record Word(SchedulerState.Cause cause, String said, boolean cancelled) {

    static Word of(Element element) {
      return switch (element.state) {
        case SchedulerState.Ended ended -> new Word(ended.cause(), ended.said(), element.cancelled);
        case SchedulerState.Gone gone -> new Word(null, gone.said(), element.cancelled);
        default -> new Word(null, "gone", element.cancelled);
      };
    }

    /** Whether somebody else cancelled it. */
    boolean isTaken() {
      return cause == SchedulerState.Cause.CANCELLED && !cancelled;
    }
  }

  /**
   * All that its script wrote must be here by now, and was looked at.
   *
   * @param ending whether all is to end
   */
  void settle(RemoteBatch batch, Element element, boolean ending, Anew anew) throws IOException {
    Word word = Word.of(element);
    // Of what torc itself took back or nobody took nothing can be there.
    boolean untouched = batch.isKnown() && !element.cancelled && element.isUntouched(batch.folder);
    boolean unseen = untouched && word.cause == SchedulerState.Cause.EXITED;
    for (Entry entry : element.entries) {
      if (entry.isOver()) {
        continue;
      }
      boolean never = batch.folder.claim(entry.claim(), me);
      List<RemotePlace> places = never ? entry.earlierPlaces() : entry.places();
      if (entry.unwanted || ending && !entry.isLost()) {
        entry.end(RemoteEnd.interrupted(places));
      } else if (unseen && !entry.isLost()) {
        String why = "the machine that %s took does not see %s";
        entry.end(RemoteEnd.failed(why.formatted(executor, folder), places));
      } else if (never) {
        neverBegan(entry, word, untouched, places, anew);
      } else {
        died(batch, entry, word, places, anew);
      }
    }
  }

  /**
   * @param untouched whether no machine took its script
   */
  private void neverBegan(
      Entry entry, Word word, boolean untouched, List<RemotePlace> places, Anew anew) {
    if (word.isTaken()) {
      entry.end(RemoteEnd.failed("cancelled; " + executor + ": " + word.said, places));
    } else if (untouched && entry.losses == AGAIN) {
      String why = "submitted %d times, and no machine began it; %s: %s";
      entry.end(RemoteEnd.failed(why.formatted(AGAIN + 1, executor, word.said), places));
    } else if (entry.attempt == null) {
      anew.ready(entry, null, places);
    } else {
      anew.ready(entry, untouched ? entry.unbegun() : entry.anew(), places);
    }
  }

  /** It began, and nobody will say how it ended. */
  private void died(
      RemoteBatch batch, Entry entry, Word word, List<RemotePlace> places, Anew anew) {
    ProcessEnd.How how =
        switch (word.cause) {
          case OUT_OF_MEMORY -> ProcessEnd.How.MEMORY;
          case TIME_LIMIT -> ProcessEnd.How.TIMEOUT;
          case CANCELLED -> word.isTaken() ? ProcessEnd.How.CANCELLED : null;
          case EXITED -> entry.isCancelled() ? ProcessEnd.How.CANCELLED : null;
          case null, default -> null;
        };
    boolean preempted = word.cause == SchedulerState.Cause.PREEMPTED;
    String lost = preempted ? "preempted" : "lost with its machine";
    if (how != null) {
      RemoteEnd end = RemoteEnd.of(how, executor + ": " + word.said, places);
      Claimant begun = batch.folder.claimant(entry.claim());
      entry.end(begun == null ? end : end.began(begun, batch.submitted()));
    } else if (entry.attempt == null) {
      anew.ready(entry, null, places);
    } else if (entry.losses < AGAIN) {
      notes.accept("%s: %s (%s); it is submitted anew".formatted(entry.key.job(), lost, word.said));
      anew.ready(entry, entry.lost(), places);
    } else {
      entry.end(RemoteEnd.failed(lost + ": " + word.said, places));
    }
  }
}
