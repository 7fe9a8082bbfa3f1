package dev.torc.engine;

import dev.torc.cache.OwnedPath;
import dev.torc.cache.RecordedProduct;
import dev.torc.graph.Graph;
import dev.torc.hash.StoppedException;
import dev.torc.machine.Amount;
import dev.torc.machine.Refusal;
import dev.torc.machine.SafeText;
import dev.torc.plan.JobSelection;
import dev.torc.plan.PlanContext;
import dev.torc.plan.Verdict;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Takes the products of jobs with {@code temporary: delete} away as soon as all jobs that read them
 * are up to date and the cache says so: whoever kills torc costs no job that was over. While there
 * are groups without known instances, which may read anything, all stay. What can go is the
 * planner's to know, how it goes {@link Cleaner}'s. It belongs to whoever has the turn.
 */
final class SpentProducts {

  private final BuildSetup setup;
  private final LoopTurn turn;
  private final BitSet resting; // jobs that an earlier build left at rest
  private final BitSet recorded; // jobs that are up to date, and the cache says so
  private final BitSet touched =
      new BitSet(); // makers that ended here, or that who ended here read
  private final BitSet free = new BitSet(); // those that are yet to be asked what can go
  private final BitSet depfiles = new BitSet(); // jobs that may read more than they name
  private PlanContext context; // null while all stay
  private int[] readers; // by maker: how many files and lists of it are yet to be read
  private int[] lists; // by list: how many jobs are yet to read it
  private int running;
  private int removed;

  SpentProducts(BuildSetup setup, LoopTurn turn) {
    this.setup = setup;
    this.turn = turn;
    this.resting = (BitSet) setup.plan().selected().clone();
    resting.andNot(setup.plan().decided());
    this.recorded = (BitSet) resting.clone();
    over(setup.plan().context(), IntStream.empty());
  }

  /**
   * Goes on with the context that follows.
   *
   * @param ran the jobs that ran well so far; it is not known which of them are recorded
   */
  void over(PlanContext next, IntStream ran) {
    Graph graph = next.graph();
    if (!graph.deletes() || !graph.isWhole()) {
      return;
    }
    context = next;
    readers = new int[graph.nodes()];
    lists = new int[graph.lists()];
    BitSet jobs = graph.allJobs();
    jobs.andNot(resting);
    for (int j = jobs.nextSetBit(0); j >= 0; j = jobs.nextSetBit(j + 1)) {
      depfiles.set(j, graph.job(j).depfile() != null);
      if (!recorded.get(j)) {
        count(j, 1);
      }
    }
    for (int j = jobs.nextSetBit(0); j >= 0; j = jobs.nextSetBit(j + 1)) {
      check(j);
    }
    setup.cache().flush();
    ran.forEach(this::recorded);
  }

  /** A job ended: its record is about to be put into the cache. */
  void ended(int job, Recorder.Record record) {
    if (context != null && record.result().outcome().isGood()) {
      record.batch().onCommit(e -> turn.post(() -> recorded(e == null ? job : -1)));
    }
  }

  /** A job is up to date, and the cache says so. */
  void recorded(int job) {
    if (job >= 0 && !recorded.get(job)) {
      recorded.set(job);
      if (context != null) {
        count(job, -1);
        check(job);
      }
    }
  }

  private void count(int job, int by) {
    Graph graph = context.graph();
    for (int file : graph.needs().row(job)) {
      hold(graph.maker(file), by);
    }
    for (int list : graph.listNeeds().row(job)) {
      lists[list] += by;
      if (lists[list] == (by > 0 ? 1 : 0)) { // the first one, or the last
        graph.list(list).makers().forEach(maker -> hold(maker, by));
      }
    }
  }

  private void hold(int maker, int by) {
    if (maker >= 0) {
      readers[maker] += by;
      if (by < 0) {
        check(maker);
      }
    }
  }

  private void check(int maker) {
    if (context.graph().deletes(maker) && recorded.get(maker)) {
      touched.set(maker);
      JobSelection selection = context.selection();
      boolean wanted = selection.targeted() && selection.named().get(maker);
      free.set(maker, readers[maker] == 0 && !wanted);
    }
  }

  /** Takes away what can go now. */
  void take() {
    if (free.isEmpty()) {
      return;
    }
    BitSet now = (BitSet) free.clone();
    BitSet may = (BitSet) depfiles.clone();
    may.andNot(recorded);
    now.andNot(may.isEmpty() ? may : JobSelection.of(context.graph(), may).jobs());
    free.andNot(now);
    List<RecordedProduct> spent = context.spent(now, depfiles);
    if (!spent.isEmpty()) {
      running++;
      setup.threads().execute(() -> remove(spent));
    }
  }

  private void remove(List<RecordedProduct> spent) {
    Removal removal = new Removal();
    try {
      spent.forEach(removal::remove);
    } catch (StoppedException e) {
      return; // a signal came: a later build takes them
    } catch (RuntimeException | Error e) {
      turn.fail(e);
    } finally {
      turn.post(() -> running--);
    }
  }

  /** Some products that go, on a thread of their own. */
  private final class Removal implements Cleaner.Listener {
    private final ProductRemoval removal = setup.shared().removal();
    private final Cleaner cleaner =
        new Cleaner(
            removal.place(),
            context.graph().workflow().roots(),
            setup.cache(),
            removal,
            false,
            false,
            this);

    void remove(RecordedProduct spent) {
      try {
        OwnedPath owned = setup.cache().owned(spent.path());
        if (removal.unaltered(owned)) {
          cleaner.product(owned);
          removal.digests().of(spent.path()); // from now on nothing is there
        }
      } catch (IOException e) {
        kept(spent.path(), Refusal.line(e));
      }
    }

    @Override
    public void removed(String path) {
      turn.post(() -> removed++);
    }

    @Override
    public void kept(String path, String why) {
      tell(Event.Level.WARNING, "kept " + SafeText.name(path) + ": " + SafeText.line(why));
    }
  }

  private void tell(Event.Level level, String line) {
    turn.post(() -> setup.listener().accept(new Event.Note(level, line)));
  }

  /**
   * All records are in the cache: takes what is left, when it has asked readers that the build left
   * out whether they are up to date.
   *
   * @param ran the jobs that ran well
   */
  void end(IntStream ran) {
    if (context == null) {
      return;
    }
    ran.forEach(this::recorded);
    BitSet others = touched.isEmpty() ? new BitSet() : context.graph().allJobs();
    others.andNot(recorded);
    others.andNot(context.selection().jobs());
    try {
      for (int j = others.nextSetBit(0); j >= 0; j = others.nextSetBit(j + 1)) {
        if (reads(j) && context.decide(j) instanceof Verdict.UpToDate) {
          recorded(j);
        }
      }
    } catch (StoppedException e) {
      return; // a signal came: a later build takes them
    }
    take();
  }

  private boolean reads(int job) {
    Graph graph = context.graph();
    for (int file : graph.needs().row(job)) {
      if (graph.maker(file) >= 0 && touched.get(graph.maker(file))) {
        return true;
      }
    }
    for (int list : graph.listNeeds().row(job)) {
      if (graph.list(list).makers().stream().anyMatch(touched::get)) {
        return true;
      }
    }
    return false;
  }

  /** Whether anything is being removed. */
  boolean busy() {
    return running > 0;
  }

  /** Says how much went. */
  void close() {
    if (removed > 0) {
      String what = Amount.count(removed, "temporary product");
      String line = "removed " + what + ": all jobs that read such are up to date";
      setup.listener().accept(new Event.Note(Event.Level.INFO, line));
    }
  }
}
