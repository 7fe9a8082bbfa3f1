package dev.torc.engine;

import dev.torc.cache.OwnedPath;
import dev.torc.graph.Downstream;
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
 * are up to date and the cache says so: a kill of torc costs no job that was over. While there are
 * groups without known instances, which may read anything, all stay. What can go is the planner's
 * to know, how it goes {@link Cleaner}'s. It belongs to the turn of the loop.
 */
final class SpentProducts implements Cleaner.Listener {

  private final BuildSetup setup;
  private final LoopTurn turn;
  private final BitSet recorded; // jobs that are up to date, and the cache says so
  private final BitSet over = new BitSet(); // those that came to that since the last look
  private final BitSet due = new BitSet(); // makers that ended here, or whose readers did
  private final BitSet depfiles = new BitSet(); // jobs that may read more than they name
  private PlanContext context; // null while all stay
  private int running;
  private int removed;

  SpentProducts(BuildSetup setup, LoopTurn turn) {
    this.setup = setup;
    this.turn = turn;
    this.recorded = (BitSet) setup.plan().selected().clone();
    recorded.andNot(setup.plan().decided()); // an earlier build left them at rest
    over(setup.plan().context(), IntStream.empty());
  }

  /**
   * Goes on with the context that follows.
   *
   * @param ran the jobs that ran well so far; it is not known which of them are recorded
   */
  void over(PlanContext next, IntStream ran) {
    Graph graph = next.graph();
    if (graph.deletes() && graph.isWhole()) {
      context = next;
      BitSet jobs = graph.allJobs();
      jobs.andNot(recorded);
      jobs.or(over);
      jobs.stream().forEach(j -> depfiles.set(j, graph.job(j).depfile() != null));
      setup.cache().flush();
      ran.forEach(this::recorded);
    }
  }

  /** A job ended: its record is about to be put into the cache. */
  void ended(int job, Recorder.Record record) {
    if (context != null && record.result().outcome().isGood()) {
      record.batch().onCommit(e -> turn.post(e == null ? () -> recorded(job) : () -> {}));
    }
  }

  /** A job is up to date, and the cache says so. */
  void recorded(int job) {
    if (!recorded.get(job)) {
      recorded.set(job);
      over.set(job);
    }
  }

  /** The jobs that make what some jobs need. */
  private BitSet makers(BitSet jobs) {
    Graph graph = context.graph();
    BitSet makers = new BitSet();
    BitSet lists = new BitSet();
    for (int j = jobs.nextSetBit(0); j >= 0; j = jobs.nextSetBit(j + 1)) {
      for (int file : graph.needs().row(j)) {
        if (graph.maker(file) >= 0) {
          makers.set(graph.maker(file));
        }
      }
      for (int list : graph.listNeeds().row(j)) {
        lists.set(list);
      }
    }
    lists.stream().forEach(list -> graph.list(list).makers().forEach(makers::set));
    return makers;
  }

  /** Takes away what can go now. */
  void take() {
    if (context == null || over.isEmpty()) {
      return;
    }
    Graph graph = context.graph();
    over.or(makers(over));
    over.stream().filter(graph::deletes).forEach(due::set);
    over.clear();
    BitSet now = (BitSet) due.clone();
    now.and(recorded);
    if (context.selection().targeted()) {
      now.andNot(context.selection().named());
    }
    if (!now.isEmpty()) {
      BitSet readers = graph.allJobs();
      readers.andNot(recorded);
      now.andNot(makers(readers));
      readers.and(depfiles);
      now.andNot(JobSelection.of(graph, readers).jobs());
      due.andNot(now);
      List<String> spent = context.spent(now, depfiles);
      if (!spent.isEmpty()) {
        running++;
        setup.threads().execute(() -> remove(spent, graph));
      }
    }
  }

  private void remove(List<String> spent, Graph graph) {
    ProductRemoval removal = setup.shared().removal();
    Cleaner cleaner =
        new Cleaner(
            removal.place(), graph.workflow().roots(), setup.cache(), removal, false, false, this);
    try {
      spent.forEach(path -> remove(path, cleaner));
    } catch (StoppedException e) {
      return; // a signal came: a later build takes them
    } catch (RuntimeException | Error e) {
      turn.fail(e);
    } finally {
      turn.post(() -> running--);
    }
  }

  private void remove(String path, Cleaner cleaner) {
    try {
      OwnedPath owned = cleaner.cache().owned(path);
      if (cleaner.removal().unaltered(owned)) {
        cleaner.product(owned);
        cleaner.removal().digests().of(path); // from now on nothing is there
      }
    } catch (IOException e) {
      kept(path, Refusal.line(e));
    }
  }

  @Override
  public void removed(String path) {
    turn.post(() -> removed++);
  }

  @Override
  public void kept(String path, String why) {
    String line = "kept " + SafeText.name(path) + ": " + SafeText.line(why);
    turn.post(() -> setup.listener().accept(new Event.Note(Event.Level.WARNING, line)));
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
    take();
    Graph graph = context.graph();
    BitSet others = new BitSet();
    due.stream().forEach(maker -> Downstream.addReaders(graph, maker, others));
    others.andNot(recorded);
    others.andNot(context.selection().jobs());
    try {
      for (int j : graph.inOrder(graph.jobsOf(others))) {
        if (context.decide(j) instanceof Verdict.UpToDate) {
          recorded(j);
        }
      }
    } catch (StoppedException e) {
      return; // a signal came: a later build takes them
    }
    take();
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
