package dev.torc.engine;

import dev.torc.graph.Graph;
import dev.torc.hash.StopFlag.StoppedException;
import dev.torc.local.ProcessEnd;
import dev.torc.plan.Plan;
import dev.torc.plan.PlanContext;
import dev.torc.plan.Reason;
import dev.torc.plan.Verdict;
import dev.torc.posix.Kill;
import dev.torc.records.Cache.CacheException;
import dev.torc.workflow.Group;
import dev.torc.workflow.Job;
import dev.torc.workflow.Job.Trait;
import dev.torc.workflow.Workflow.Hook.On;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/**
 * The loop of a build: starts jobs when their needs are settled and resources allow it, and handles
 * their ends. Only the thread that has the turn (see {@link LoopLock}) changes its state: the
 * loop's thread, or the thread of an attempt that is over. The cache's writer, signals and the
 * jobserver send messages. {@link Attempt} runs a job, {@code Decider} says whether it runs.
 */
public final class BuildLoop {

  private final BuildSetup setup;
  private BuildState state;
  private final Recorder recorder;
  private final EventSender sender;
  private final Hooks hooks;
  private final LoopLock lock = new LoopLock();
  private final AttemptThreads workers;
  private final JobStarts starts;
  private boolean failed;
  private final BlockedJobs blocked;
  private final SpentProducts spent;
  private final RestoredJobs restored;
  private final EndCheck check;
  private final AtomicInteger signal = new AtomicInteger();
  private CacheException broken;
  private IOException unreadable;

  /** Creates a build that has its plan; nothing happens before {@link #run}. */
  public BuildLoop(BuildSetup setup) {
    this.setup = setup;
    this.state = BuildState.first(setup.common());
    this.recorder = new Recorder(setup.common().build(), setup.common().here().name());
    this.restored = new RestoredJobs(setup, lock, recorder, () -> state, this);
    this.workers =
        new AttemptThreads(lock, setup.threads(), setup.common().remotes(), recorder, this);
    this.hooks = new Hooks(setup.common(), this, setup.listener());
    this.sender =
        new EventSender(setup.common().launches(), setup.limits(), setup.commands(), this::tell);
    this.blocked = new BlockedJobs(sender);
    this.starts = new JobStarts(setup, lock, workers, hooks, sender, () -> state);
    this.spent = new SpentProducts(setup, lock);
    this.check = new EndCheck(setup, () -> state);
  }

  /**
   * Tells the build of a signal, from any thread. The first one ends all jobs with a grace, by INT
   * if it is Ctrl-C, else by TERM; the second one ends them at once; only Ctrl-C ends jobs at
   * schedulers. Jobs are ended here, whatever the loop does. Files are read for a moment longer, so
   * that a look that is nearly done can end.
   */
  public void signal(int number) {
    boolean again = !signal.compareAndSet(0, number);
    int by = again ? Kill.KILL : number == Kill.INT ? Kill.INT : Kill.TERM;
    starts.stop();
    try {
      setup.common().digests().stop().within(again ? 0 : Attempt.LOOK);
      restored.stop();
      lock.post(() -> end(by)); // first, so that it is told before the jobs' ends
      workers.end(by, number == Kill.INT);
    } catch (RuntimeException | Error e) {
      lock.fail(e);
    }
  }

  /** Ends the hooks, and tells which jobs are being ended; on the thread of the loop. */
  private void end(int by) {
    hooks.end(by);
    boolean all = signal.get() == Kill.INT; // else jobs at schedulers stay there
    int[] jobs = state.in(JobState.RUNNING).filter(job -> all || !starts.isOut(job)).toArray();
    if (jobs.length > 0) {
      long usual = setup.common().runner().grace();
      IntToLongFunction grace = job -> state.graph().job(job).runs().stop().grace(usual);
      long most = by == Kill.KILL ? 0 : IntStream.of(jobs).mapToLong(grace).max().orElse(0);
      sender.tell(
          new Event.Ending(IntStream.of(jobs).mapToObj(state.graph()::name).toList(), most));
    }
  }

  private void tell(Event event) {
    setup.listener().accept(event);
    hooks.told(event);
  }

  /** Handles the end of a hook: the jobs that were parked for it are looked at again. */
  void hooked(Runnable end) {
    lock.post(
        () -> {
          end.run();
          stopIf(hooks.refused());
          starts.unpark();
        });
  }

  /** Wakes the loop: a token of the jobserver came. Callable from any thread. */
  public void tokenCame() {
    lock.wake();
  }

  /**
   * Runs to the end and returns the exit status.
   *
   * @param began when the build began for the user, by {@link System#nanoTime}
   * @throws CacheException where a record could not be written: the jobs in question are not done
   * @throws IOException where the instances of a group could not be found
   */
  public int run(long began) throws IOException {
    lock.take();
    try {
      begin();
      settleAll();
      while (!state.states().done()) {
        starts.start();
        workers.hand();
        if (starts.none() && starts.isStopped()) {
          blocked.abandon(state);
        } else if (isIdle()) {
          resolve(true);
        } else if (isSubmitted()) {
          starts.stop();
          setup.common().remotes().end(false, false); // jobs at schedulers stay there
        } else {
          await();
          settleAll();
          while (state.pending().takeExpandable() && !starts.isStopped()) {
            expand();
            settleAll();
          }
          spent.take();
        }
      }
    } finally {
      workers.stop();
      lock.release(); // before calls that may throw: other threads wait for it
      workers.end(Kill.KILL, false); // attempts are left only if the loop itself broke
      restored.close();
    }
    if (broken != null) {
      throw broken;
    }
    if (unreadable != null) {
      throw unreadable;
    }
    setup.cache().flush();
    lock.take();
    try {
      close();
      int exit = exit();
      sender.sent(restored.finish());
      sender.finished(setup.common().build(), counts(), System.nanoTime() - began, exit);
      return exit;
    } finally {
      lock.release();
    }
  }

  /** Returns the context with which the build ended, once {@link #run} is over. */
  public PlanContext context() {
    return state.context().ended();
  }

  private int exit() {
    return signal.get() != 0
        ? 128 + signal.get()
        : failed || state.blocksTarget() || blocked.blocksTarget(state) || hooks.failed() ? 1 : 0;
  }

  /** Runs the last hooks, when the others are over; before and after them, checks the products. */
  private void close() {
    awaitHooks();
    failed |= signal.get() == 0 && check.fails(sender); // else the next build looks at everything
    spent.end(state.made());
    awaitHooks();
    spent.close();
    String status = exit() == 0 ? "success" : signal.get() == 0 ? "failure" : "interrupted";
    hooks.close(exit() == 0 ? On.SUCCESS : On.FAILURE, status);
    awaitHooks();
    hooks.close(On.FINISH, status);
    awaitHooks();
    failed |= hooks.any() && signal.get() == 0 && check.fails(sender);
  }

  private void awaitHooks() {
    while (hooks.busy() || spent.busy()) {
      await();
    }
  }

  /** Acts on the plan's verdicts: the final ones, and those of jobs that wait for nothing. */
  private void begin() {
    Plan plan = setup.plan();
    for (int j : state.graph().inOrder(plan.selected())) {
      Verdict verdict = plan.verdict(j);
      if (verdict instanceof Verdict.UpToDate) {
        upToDate(j);
      } else if (verdict instanceof Verdict.WillFail will && will.isSure()) {
        if (state.states().of(j) == JobState.WAITING) { // else a job before it failed and blocks it
          consider(j, verdict);
        }
      } else if (state.pending().isFree(j)) {
        if (verdict instanceof Verdict.MayRun) {
          decide(j);
        } else {
          consider(j, verdict);
        }
      }
    }
    failGroups();
  }

  Graph graph() {
    return state.graph();
  }

  /** Returns how often the waits of a node were counted, and its longest path found; for tests. */
  long looked() {
    return state.pending().looked() + state.paths().looked();
  }

  /** Returns whether a node came to its end; see {@link BuildState#isOver}. */
  boolean isOver(int node) {
    return state.isOver(node);
  }

  /** Counts jobs by final state; a group that could not be expanded is failed or blocked. */
  Map<JobState, Integer> counts() {
    Map<JobState, Integer> counts = state.states().counts();
    blocked.count(counts);
    return counts;
  }

  /** Expands groups that await nothing any more, and goes on with the graph of their instances. */
  private void expand() {
    try {
      PlanContext old = state.context();
      PlanContext next = setup.expander().next(old);
      if (next != old) {
        over(next, new BitSet());
        sender.tell(new Event.Expanded(next.selection().jobs().cardinality()));
        blocked.warn(old, next);
        tellAgain();
      }
    } catch (StoppedException e) {
      // a signal came: nothing new starts
    } catch (IOException | UncheckedIOException e) {
      unreadable = e instanceof IOException io ? io : ((UncheckedIOException) e).getCause();
      starts.stop();
    }
  }

  private void over(PlanContext next, BitSet late) {
    state = state.over(next, late);
    spent.over(next);
  }

  /** Blocks what waits for failed jobs in the new state, and decides what waits for nothing. */
  private void tellAgain() {
    List<Integer> ended = state.ended(); // taken first, so that each is handled once
    failGroups();
    ended.forEach(failed -> blocked.behind(state, failed));
    state.free().forEach(this::decide);
  }

  /** Fails groups with problems, each once, and blocks what waits for them. */
  private void failGroups() {
    for (int node : state.graph().inOrder(state.context().selection().open())) {
      Group group = state.graph().open().get(node);
      if (!group.problems().isEmpty()) {
        blocked.fail(group);
        failed = true;
        stopIf(setup.failFast());
        blocked.rest(state, group);
        blocked.behind(state, node);
      }
    }
  }

  /** Waits for messages, or for the next retry to fall due, and handles all that are there. */
  private void await() {
    try {
      BuildState.Due due = state.delayed().peek();
      Long held = state.ready().heldUntil();
      boolean earlier = held != null && (due == null || held - due.time() < 0);
      lock.await(earlier ? held : due == null ? null : Long.valueOf(due.time()), workers::look);
    } catch (InterruptedException e) {
      signal(Kill.INT);
    }
    while (!state.delayed().isEmpty() && state.delayed().peek().time() <= System.nanoTime()) {
      state.ready().add(state.delayed().poll().job());
    }
  }

  private void finish(int id, JobState end, AttemptOutcome outcome) {
    state.states().set(id, end);
    sender.ended(state.common(), id, state.runs().remove(id), end, outcome);
  }

  private void committed(Attempt attempt, CacheException e) {
    if (e == null) {
      attempt.recorded();
    } else {
      lock.post(() -> broken(e));
    }
  }

  /** Handles the end of an attempt, in a turn of its thread or of the loop. */
  void ended(Attempt now, AttemptOutcome outcome, Recorder.Record record) {
    Job job = now.job;
    int id = now.id;
    JobRun run = now.run;
    starts.ended(now);
    check.ran(now, outcome);
    if (job.has(Trait.INTERACTIVE)
        && outcome.ended().isBySignal(Kill.INT, job.runsInContainers())) {
      // The terminal sent Ctrl-C to the job alone; the user meant the build.
      signal.compareAndSet(0, Kill.INT);
      starts.stop();
    }
    ProcessEnd.How how = outcome.ended().how();
    boolean left = how == ProcessEnd.How.PASSED_ON;
    boolean cut = how == ProcessEnd.How.INTERRUPTED; // by a signal or by a broken build
    stopIf(left || cut || how == ProcessEnd.How.NOT_REACHED);
    if (left || how == ProcessEnd.How.NOT_REACHED) {
      // The job's record stays as it is, and says why the job has to run.
      finish(id, left ? JobState.SUBMITTED : JobState.NOT_REACHED, outcome);
      return;
    } else if (run.isRestored() && cut) {
      restored.own(outcome);
      finish(id, JobState.NOT_REACHED, outcome); // the next build restores it
      return;
    } else if (run.isRestored() && !outcome.ok()) {
      restored.failed(id);
      return;
    }
    spent.ended(id, record);
    setup.cache().put(recorder.whole(record).onCommit(e -> committed(now, e)));
    state.context().records().replace(id, record.result());
    if (run.isRestored()) {
      sender.restored(job, run.reasons(), outcome);
      finish(id, JobState.RESTORED, outcome);
      state.pending().settle(id);
    } else if (outcome.ok()) {
      finish(id, JobState.RAN, outcome);
      restored.made(id, run.reasons(), outcome);
      sender.moved(job, outcome.made().moved());
      sender.touched(job, outcome.made().touched());
      state.pending().settle(id);
    } else if (cut) {
      finish(id, JobState.INTERRUPTED, outcome);
    } else if (!starts.isStopped()
        && hooks.refusal(job) == null
        && run.mayRetry(outcome.ended(), now.relieved())) {
      sender.retried(state.common(), id, run, outcome);
      run.grow(job.runs().retry().delay());
      state.states().set(id, JobState.READY);
      state.delayed().add(new BuildState.Due(System.nanoTime() + job.runs().retry().delay(), id));
    } else {
      finish(id, JobState.FAILED, outcome);
      failed(id);
    }
  }

  /** Begins what may start now, in the turn of an attempt that is over. */
  void goOn() {
    settleAll();
    starts.start();
    boolean later = !state.delayed().isEmpty() || state.ready().heldUntil() != null;
    if (starts.none() || later || state.pending().isExpandable()) {
      lock.wake(); // the loop must see anew what it waits for
    }
  }

  /** Decides the jobs that waited for settled ones only. */
  private void settleAll() {
    do {
      state.pending().pass(this::decide);
    } while (!starts.isStopped() && resolve(false));
  }

  /** Returns whether nothing runs or will start, and only undecided temporary jobs are left. */
  private boolean isIdle() {
    return starts.none() && starts.isIdle() && !state.undecided().isEmpty() && !restored.isAsking();
  }

  /** Returns whether {@code --submit} ends now: all that runs is submitted, no more can start. */
  private boolean isSubmitted() {
    return setup.submit()
        && starts.areAllOut()
        && starts.isIdle()
        && !starts.isStopped()
        && !restored.isAsking()
        && !hooks.busy();
  }

  /** Decides a job that waits for nothing any more. */
  void decide(int job) {
    if (restored.isAsked(job) || state.states().of(job) != JobState.WAITING) {
      return;
    } else if (state.runs().containsKey(job)) { // it waited only for temporary needs
      if (!waits(job, state.context().decider().found(job))) {
        ready(job);
      }
      return;
    }
    try {
      Verdict verdict = state.context().decide(job);
      if (verdict instanceof Verdict.UpToDate && state.context().lacks(job)) {
        state.undecided().set(job);
      } else {
        consider(job, verdict);
      }
    } catch (StoppedException e) {
      // a signal came: nothing new starts
    }
  }

  private void consider(int id, Verdict verdict) {
    int maker =
        verdict instanceof Verdict.MayRun may
            ? may.after()
            : verdict instanceof Verdict.WillRun ? state.context().decider().found(id) : -1;
    if (waits(id, maker)) {
      return;
    } else if (verdict instanceof Verdict.WillRun will) {
      restored.run(id, will);
    } else if (verdict instanceof Verdict.WillRestore will) {
      restored.restore(id, will);
    } else if (verdict instanceof Verdict.WillFail will) {
      // The job keeps its record: when its needs are back, its result is as good as it was.
      state.states().set(id, JobState.FAILED);
      sender.failed(state.graph().job(id), will.what());
      failed(id);
    } else {
      upToDate(id);
      state.pending().settle(id);
    }
  }

  /**
   * Returns whether a job has to wait for the maker of a file that its depfile named, which
   * precedes it only through other jobs. If the maker makes nothing, the job is blocked.
   *
   * @param maker the job to wait for, -1 for none
   */
  private boolean waits(int id, int maker) {
    if (maker >= 0 && state.context().records().isDropped(maker)) {
      blocked.block(state, id, state.graph().name(maker));
    } else if (maker >= 0) {
      state.pending().add(id, maker);
    }
    return maker >= 0;
  }

  /**
   * Decides the temporary jobs that are up to date but for missing products, as far as it is known
   * whether a reader needs these. Their readers are decided after them, so all see the same bytes.
   * It looks at all jobs that wait, so it is called only when nothing else can start.
   *
   * @param idle whether all other jobs wait for these, even the readers that would decide about
   *     them: then the first one runs, though its products may turn out not to be needed
   * @return whether any was decided
   */
  private boolean resolve(boolean idle) {
    if (state.undecided().isEmpty()
        || !state.ready().isEmpty()
        || !idle && state.runs().values().stream().anyMatch(JobRun::isRestored)) {
      return false; // when these jobs are restored, their readers may be, too
    }
    boolean any = false;
    try {
      Plan plan = state.forecast();
      for (int job : state.graph().inOrder(state.undecided())) {
        Verdict verdict = plan.verdict(job);
        if (verdict instanceof Verdict.MayRun && idle && !any) {
          verdict = state.context().decider().due(job, List.of(plan.maybe(job)));
        }
        if (!(verdict instanceof Verdict.MayRun)) {
          any = true;
          state.undecided().clear(job);
          consider(job, verdict);
        }
      }
    } catch (StoppedException e) {
      return any; // a signal came: nothing new starts
    }
    return any;
  }

  private void ready(int job) {
    state.states().set(job, JobState.READY);
    state.ready().add(job);
  }

  /** Makes a job ready, with the result that is put in the place of a run; null for a run. */
  void ready(int id, List<Reason> reasons, ProductRestore.Replacement known) {
    Job job = state.graph().job(id);
    state.runs().put(id, new JobRun(job, reasons, known, setup.limits(), setup.allocation()));
    if (known == null && state.graph().hasTemporary()) {
      runs(id);
    } else {
      ready(id);
    }
  }

  /**
   * Makes a job ready to run, once the temporary products that it reads are made: the plan may have
   * counted on a restored result, and not asked for them.
   */
  void runs(int id) {
    try {
      PlanContext next = state.context().running(id);
      boolean asked = next.records().unsettledBefore(id) >= 0 || next.decider().found(id) >= 0;
      if (next == state.context() && !asked) { // nothing that it reads is yet to be made
        ready(id);
      } else {
        spent.stay();
        BitSet late = new BitSet();
        late.set(id);
        over(next, late);
        tellAgain();
      }
    } catch (StoppedException e) {
      // a signal came: it is not reached
    }
  }

  /** Handles the failure of a job. */
  private void failed(int id) {
    boolean allowed = state.graph().job(id).has(Trait.ALLOW_FAILURE);
    failed |= !allowed;
    stopIf(setup.failFast() && !allowed);
    blocked.behind(state, id);
  }

  private void upToDate(int id) {
    state.states().set(id, JobState.UP_TO_DATE);
    spent.recorded(id);
    sender.upToDate(state.context(), id);
  }

  private void stopIf(boolean end) {
    if (end) {
      starts.stop();
    }
  }

  /** Ends the build because the cache cannot be written. */
  void broken(CacheException e) {
    broken = e;
    starts.stop();
    workers.end(Kill.TERM, false);
  }
}
