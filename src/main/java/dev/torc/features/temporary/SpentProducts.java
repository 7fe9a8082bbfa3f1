package dev.torc.features.temporary;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.StopFlag.StoppedException;
import dev.torc.base.text.Amount;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.BuildSetup;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.Recorder;
import dev.torc.core.attempt.RemovedOrSetAside;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.decide.Verdict;
import dev.torc.core.memory.Batch;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.model.Downstream;
import dev.torc.core.model.Graph;
import dev.torc.core.run.BuildEnd;
import dev.torc.core.run.BuildListener;
import dev.torc.core.run.BuildState;
import dev.torc.features.clean.Cleaner;
import java.io.IOException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * Removes the products of jobs with {@code temporary: delete} once the cache records all jobs that
 * read them as up to date; so if torc is killed, no ended job has to run again. While the instances
 * of any group are unknown, nothing is removed, because they may read any file. The planner
 * determines which products can go, and {@link Cleaner} removes them. Its state changes only while
 * holding the turn (see {@code LoopLock}).
 */
public final class SpentProducts implements BuildListener, BuildEnd, Cleaner.Listener {

  private final BuildSetup setup;
  private final BuildState state;
  private final BitSet recorded; // jobs that the cache records as up to date
  private final BitSet touched = new BitSet(); // makers that ended here, or with a reader that did
  private final BitSet due = new BitSet(); // makers whose known readers have all ended
  private final BitSet depfiles = new BitSet(); // jobs that may read more than their declared needs
  private final Set<String> going = ConcurrentHashMap.newKeySet(); // products about to be removed
  private int[] readers; // by maker: how many reads of its files and lists are left
  private int[] lists; // by list: how many jobs still have to read it
  private int running;
  private int removed;
  private boolean finishing;

  public SpentProducts(BuildSetup setup, BuildState state) {
    this.setup = setup;
    this.state = state;
    this.recorded = (BitSet) setup.plan().selected().clone();
    recorded.andNot(setup.plan().decided()); // an earlier build left them fresh
    grow();
  }

  /**
   * Continues with the next context, in which jobs that were up to date may run after all. Makers
   * that delete may first appear here: jobs that ended before read none of their products.
   */
  @Override
  public void grow() {
    Graph graph = state.graph();
    if (!graph.deletes()) {
      return;
    }
    IntStream known = IntStream.of(recorded.stream().toArray());
    known.filter(job -> !state.context().records().isSettled(job)).forEach(recorded::clear);
    readers = new int[graph.nodes()];
    lists = new int[graph.lists()];
    BitSet jobs = graph.allJobs();
    jobs.andNot(recorded);
    for (int job : jobs.stream().toArray()) {
      count(job, 1);
      depfiles.set(job, graph.job(job).finds());
    }
  }

  /**
   * Cancels pending removals, because a job that may read these files will run after all. Removals
   * that are still possible start again later.
   */
  @Override
  public synchronized void expectLate() {
    going.clear();
    touched.stream().forEach(maker -> due.set(maker, readers[maker] == 0));
  }

  /** Notes that a job ended. Call it before the job's record is put into the cache. */
  @Override
  public void noteRecord(int job, Recorder.Record record) {
    if (state.graph().deletes() && record.result().outcome().isGood()) {
      record.batch().onCommit(e -> state.post(e == null ? () -> noteUpToDate(job) : () -> {}));
    }
  }

  /** Notes that the cache records a job as up to date. */
  @Override
  public void noteUpToDate(int job) {
    if (state.graph().deletes() && !recorded.get(job)) {
      hold(job, 0);
      count(job, -1);
    }
    recorded.set(job);
  }

  /** Adds {@code by} to the reader counts of the job's needs. */
  private void count(int job, int by) {
    Graph graph = state.graph();
    for (int file : graph.needs().row(job)) {
      if (graph.maker(file) >= 0) {
        hold(graph.maker(file), by);
      }
    }
    for (int list : graph.listNeeds().row(job)) {
      lists[list] += by;
      if (lists[list] == Math.max(0, by)) { // its first reader, or its last
        graph.list(list).makers().forEach(maker -> hold(maker, by));
      }
    }
  }

  private void hold(int maker, int by) {
    if (state.graph().deletes(maker)) {
      readers[maker] += by;
      due.set(maker, readers[maker] == 0);
      touched.set(maker, touched.get(maker) || by <= 0);
    }
  }

  /** Removes the products that can go now. */
  @Override
  public void proceed() {
    Graph graph = state.graph();
    if (due.isEmpty() || !graph.isWhole()) {
      return;
    }
    BitSet now = (BitSet) due.clone();
    now.and(recorded);
    if (state.context().selection().targeted()) {
      now.andNot(state.context().selection().named());
    }
    BitSet may = (BitSet) depfiles.clone();
    may.andNot(recorded);
    now.andNot(may.isEmpty() ? may : JobSelection.of(graph, may).jobs());
    due.andNot(now);
    describe(now);
    List<String> spent =
        now.isEmpty() ? List.of() : state.context().temporaries().spent(now, depfiles);
    if (!spent.isEmpty()) {
      running++;
      going.addAll(spent);
      setup.common().machines().threads().execute(() -> remove(spent, graph));
    }
  }

  /** Stores the member lists of folders that the cache lacks, so that the folders can go. */
  private void describe(BitSet makers) {
    Map<Digest, List<ManifestEntry>> lists = new HashMap<>();
    makers.stream().forEach(job -> lists.putAll(state.context().contents().gone().untold(job)));
    if (!lists.isEmpty()) {
      Batch batch = new Batch();
      lists.forEach(batch::list);
      setup.common().cache().put(batch);
      setup.common().cache().flush();
    }
  }

  private void remove(List<String> spent, Graph graph) {
    RemovedOrSetAside removal = setup.common().removal();
    Cleaner cleaner = new Cleaner(graph.workflow().settings().roots(), removal, false, false, this);
    try {
      spent.forEach(path -> remove(path, cleaner));
    } catch (StoppedException e) {
      return; // a signal came: a later build removes them
    } catch (RuntimeException | Error e) {
      state.fail(e);
    } finally {
      state.post(this::noteRemoval);
    }
  }

  /** Removes a product unless that was cancelled; {@link #expectLate} waits for this. */
  private synchronized void remove(String path, Cleaner cleaner) {
    try {
      OwnedPath owned = cleaner.removal().cache().owned(path);
      if (going.remove(path) && cleaner.removal().unaltered(owned)) {
        cleaner.product(owned, (_, _) -> true);
        cleaner.removal().digests().of(path); // so that the memo knows that it is gone
      }
    } catch (IOException e) {
      stays(path, Refusal.line(e));
    }
  }

  @Override
  public void removed(String path) {
    state.post(() -> removed++);
  }

  @Override
  public void stays(String path, String why) {
    String line = SafeText.name(path) + " not removed: " + SafeText.line(why);
    state.post(() -> setup.listener().accept(new Event.Note(Event.Level.WARNING, line)));
  }

  /**
   * Removes the remaining products that can go, at the end of the build, when all records are in
   * the cache. First checks whether readers outside the build are up to date.
   */
  private void removeLast(IntStream ran) {
    Graph graph = state.graph();
    if (!graph.deletes() || !graph.isWhole()) {
      return;
    }
    ran.forEach(this::noteUpToDate);
    BitSet others = new BitSet();
    touched.stream().forEach(maker -> Downstream.addReaders(graph, maker, others));
    others.andNot(recorded);
    others.andNot(state.context().selection().jobs());
    try {
      for (int j : graph.inOrder(graph.jobsOf(others))) {
        if (state.context().decide(j) instanceof Verdict.UpToDate) {
          noteUpToDate(j);
        }
      }
    } catch (StoppedException e) {
      return; // a signal came: a later build removes them
    }
    proceed();
  }

  @Override
  public boolean readsRecords() {
    return state.graph().deletes();
  }

  @Override
  public boolean isBusy() {
    return running > 0;
  }

  @Override
  public boolean finish(int exit) {
    removeLast(state.madeJobs());
    finishing = true;
    tellRemoved();
    return false;
  }

  private void noteRemoval() {
    running--;
    tellRemoved();
  }

  /** Reports how many products were removed, when the build has ended and all are. */
  private void tellRemoved() {
    if (finishing && running == 0 && removed > 0) {
      String what = Amount.count(removed, "temporary product");
      String line = "removed " + what + ": all jobs that read such are up to date";
      setup.listener().accept(new Event.Note(Event.Level.INFO, line));
    }
  }
}
