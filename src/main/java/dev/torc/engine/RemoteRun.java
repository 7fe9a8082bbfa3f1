package dev.torc.engine;

import dev.torc.cluster.BatchTracker;
import dev.torc.cluster.ClaimOwner;
import dev.torc.cluster.HandedOutAttempt;
import dev.torc.cluster.RemoteAttempt;
import dev.torc.cluster.RemoteAttempt.RemoteKey;
import dev.torc.cluster.RemoteListener;
import dev.torc.local.ProcessEnd;
import dev.torc.posix.FileTree;
import dev.torc.records.StartMarks;
import dev.torc.text.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Hands one attempt to a scheduler, or takes up what an earlier torc handed out, and waits for its
 * end. Then rule 15 for what the script moved aside: it goes to the kept things, or back where the
 * job never began. {@link RemoteWork} decides whether to hand out, take up or end; {@code cluster}
 * talks to the scheduler.
 */
public class RemoteRun {

  private final ProductRemoval removal;
  private final Consumer<Event.JobSubmitted> submitted;
  private final List<HandedOutAttempt> places = new ArrayList<>();
  private volatile BatchTracker tracker; // null before one is asked
  private boolean begun;
  RemoteKey key;
  Map<String, ProcessEnd.Made> made; // what its node saw of its products; null where it told none
  long awaited; // until then what its node wrote may be on its way here

  /**
   * @param submitted is told where it is, once it is handed out
   */
  RemoteRun(ProductRemoval removal, RemoteKey key, Consumer<Event.JobSubmitted> submitted) {
    this.removal = removal;
    this.key = key;
    this.submitted = submitted;
  }

  /**
   * Waits for what an earlier torc handed out of the job.
   *
   * @return null where nothing of it is out any more, so that it is to be started
   */
  ProcessEnd resume(BatchTracker holder) throws IOException {
    tracker = holder;
    return await(waiting -> holder.resume(key, waiting));
  }

  /** Hands it out and waits for its end. */
  ProcessEnd run(BatchTracker by, RemoteAttempt attempt) throws IOException {
    tracker = by;
    return await(waiting -> by.add(attempt, waiting));
  }

  /**
   * Ends what an earlier torc handed out of a job, and waits until nothing of it is out.
   *
   * @param build the id of this build
   * @return whether it is so; not where the runner was told to leave it
   */
  public static boolean cancel(
      BatchTracker holder, String job, String build, ProductRemoval removal) throws IOException {
    RemoteRun run = new RemoteRun(removal, new RemoteKey(job, build, 0, "", "", ""), _ -> {});
    boolean over = run.resume(holder) == null;
    run.recorded();
    return over;
  }

  /**
   * Sees to what an earlier torc left of a job that is recorded, where no scheduler has to be asked
   * for that.
   *
   * @return whether that is all
   */
  public static boolean forget(List<HandedOutAttempt> places, ClaimOwner me, ProductRemoval removal)
      throws IOException {
    RemoteRun run = new RemoteRun(removal, null, _ -> {});
    for (HandedOutAttempt place : places) {
      if (!place.isOver(me)) {
        return false;
      }
      run.places.add(place);
    }
    run.sort();
    for (HandedOutAttempt place : places) {
      place.folder().forget(place.claim(), me);
    }
    return true;
  }

  private ProcessEnd await(Consumer<RemoteListener> begin) throws IOException {
    Waiting waiting = new Waiting();
    begin.accept(waiting);
    ProcessEnd end = waiting.end.join();
    if (end == null) { // nothing of them is of use, and jobs in their way ask too
      synchronized (tracker) {
        sort();
      }
      recorded();
      places.clear();
      begun = false;
    } else {
      sort();
    }
    if (end != null && end.ok()) {
      made = end.elsewhere().made();
      awaited = System.nanoTime() + tracker.latency();
      return end.withoutMade();
    }
    return end;
  }

  /** Rule 15 for what was moved aside; back with it where the job never began. */
  private void sort() throws IOException {
    ClearedProducts cleared = removal.clearing();
    begun = places.stream().anyMatch(HandedOutAttempt::hasBegun);
    for (HandedOutAttempt place : places) {
      for (int i = 0; i < place.products().size(); i++) {
        Path product = place.products().get(i).path();
        if (begun) {
          removal.sort(product, place.aside(i), cleared);
        } else {
          removal.putBack(product, place.aside(i), cleared);
        }
      }
      FileTree.remove(temporary(place.key()));
    }
  }

  private Path temporary(RemoteKey of) {
    return TemporaryFolder.of(
        removal.place(), new StartMarks.Mark(of.build(), of.job(), of.attempt()));
  }

  /** Whether any process of it started: else what stands in the places of its products is older. */
  boolean hasBegun() {
    return begun;
  }

  /** When its processes started; null where that is not known. */
  Path begunFile() {
    return places.isEmpty() ? null : places.getLast().begun();
  }

  /** Its end is recorded. */
  void recorded() {
    if (tracker != null) {
      tracker.forget(List.copyOf(places));
    }
  }

  /** Is told what becomes of it. */
  private final class Waiting implements RemoteListener {
    final CompletableFuture<ProcessEnd> end = new CompletableFuture<>();

    @Override
    public void submitted(String id) {
      submitted.accept(new Event.JobSubmitted(key.job(), tracker.executor(), id));
    }

    @Override
    public void lost() {
      try {
        TemporaryFolder.empty(temporary(key));
      } catch (IOException e) {
        String line = "cannot empty the folder {tmp} of %s: %s";
        removal.note(line.formatted(key.job(), Refusal.line(e)));
      }
    }

    @Override
    public void ended(ProcessEnd how, List<HandedOutAttempt> left) {
      places.addAll(left);
      end.complete(how);
    }

    @Override
    public void left(boolean out) {
      ProcessEnd.How how = out ? ProcessEnd.How.LEFT : ProcessEnd.How.NOT_REACHED;
      end.complete(ProcessEnd.unknown(how, ""));
    }
  }
}
