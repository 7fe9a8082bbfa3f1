package dev.torc.engine;

import dev.torc.cache.CacheException;
import dev.torc.exec.Ended;
import dev.torc.hash.Stopped;
import dev.torc.plan.Plan;
import dev.torc.plan.Reason;
import dev.torc.plan.Scene;
import dev.torc.plan.Selection;
import dev.torc.plan.Verdict;
import dev.torc.workflow.Hook.On;
import dev.torc.workflow.Job;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The loop of a build: lets jobs start as their needs are settled and resources allow, and sees to
 * what follows from their ends. Its state belongs to who has the turn (see {@link Turns}): the
 * loop's thread, or that of an attempt which is over; the cache's writer, signals and the jobserver
 * send messages. How a job runs is {@link Attempt}'s business, whether it runs the {@link
 * Decider}'s.
 */
public final class Build {

  private static final int INT = 2;

  private final Setup setup;
  private Stage stage;
  private final Pool pool;
  private final Tokens tokens;
  private final Recorder recorder;
  private final Teller teller;
  private final Hooks hooks;
  private final Turns turns = new Turns();
  private final Workers workers;
  private final List<Integer> parked = new ArrayList<>();
  private int running; // attempts that are not over
  private volatile boolean more; // whether any job is ready: attempts ask before they wake the loop
  private boolean alone;
  private volatile boolean draining;
  private boolean failed;
  private final Unexpanded groups;
  private final AtomicInteger signal = new AtomicInteger();
  private CacheException broken;
  private IOException unreadable;

  /** A build that has its plan; nothing happens before {@link #run}. */
  public Build(Setup setup) {
    this.setup = setup;
    this.pool = new Pool(setup.limits());
    this.tokens = new Tokens(setup.tokens());
    this.stage = Stage.first(setup.plan().scene(), setup.shop());
    this.recorder = new Recorder(setup.shop().build());
    this.workers = new Workers(turns, setup.threads(), recorder, new Loop());
    this.hooks =
        new Hooks(
            setup.shop(),
            () -> stage.graph(),
            this::isOver,
            this::hooked,
            setup.listener(),
            this::counts);
    this.teller = new Teller(setup.shop().launches(), this::tell);
    this.groups = new Unexpanded(teller);
  }

  /**
   * Tells the build of a signal, from any thread: the first ends all jobs with a grace, the second
   * at once. The jobs learn of it here, whatever the loop does; reading goes on for a moment, so
   * that what is nearly done is done.
   */
  public void signal(int number) {
    boolean again = !signal.compareAndSet(0, number);
    draining = true;
    try {
      setup.shop().digests().stop().within(again ? 0 : Attempt.LOOK);
      turns.post(() -> end(again)); // first, so that it is told before their ends
      workers.end(again);
    } catch (RuntimeException | Error e) {
      turns.fail(e);
    }
  }

  /** What of a signal is the loop's. */
  private void end(boolean now) {
    draining = true; // it may just have put what it had read before
    hooks.end(now);
    List<String> jobs = stage.in(State.RUNNING).mapToObj(stage.graph()::name).toList();
    if (!jobs.isEmpty()) {
      teller.tell(new Event.Ending(jobs, now ? 0 : setup.shop().runner().grace()));
    }
  }

  private void tell(Event event) {
    setup.listener().accept(event);
    if (event instanceof Event.JobEnded ended && !stage.graph().workflow().hooks().isEmpty()) {
      int id = stage.graph().jobId(ended.job());
      if (id >= 0) {
        hooks.ended(stage.graph().job(id), ended.state());
      } else if (ended.state() == State.FAILED) {
        hooks.failed(ended.job());
      }
    }
  }

  /**
   * Whether a job, if it is one that is asked for, came to its end; of a group that is not known,
   * no.
   */
  private boolean isOver(int node) {
    return stage.graph().isJob(node)
        && (stage.states().of(node) == null || stage.states().of(node).isFinal());
  }

  /** A hook ended: what was parked for it is looked at again. */
  private void hooked(Runnable end) {
    turns.post(
        () -> {
          end.run();
          draining |= hooks.refused();
          parked.forEach(stage.ready()::add);
          parked.clear();
        });
  }

  /** Wakes the loop: a token of the jobserver came. Callable from any thread. */
  public void tokenCame() {
    turns.wake();
  }

  /**
   * Runs to the end and returns the exit status.
   *
   * @throws CacheException where a record could not be written: the jobs in question are not done
   * @throws IOException where the verdict on a job could not be found
   */
  public int run() throws IOException {
    long begin = System.nanoTime();
    turns.begin();
    try {
      begin();
      settleAll();
      while (!stage.states().done()) {
        start();
        workers.hand();
        if (running == 0 && draining) {
          abandon();
        } else if (isIdle()) {
          wake();
        } else {
          await();
          settleAll();
          while (stage.waits().takeExpandable() && !draining) {
            expand();
            settleAll();
          }
        }
      }
    } finally {
      workers.stop();
      turns.end(); // before what may break: others wait for it
      workers.end(true); // something is left only where the loop itself broke
    }
    if (broken != null) {
      throw broken;
    }
    if (unreadable != null) {
      throw unreadable;
    }
    setup.cache().flush();
    turns.begin();
    try {
      close();
      long nanos = System.nanoTime() - begin;
      teller.tell(new Event.Finished(setup.shop().build().id(), counts(), nanos, exit()));
    } finally {
      turns.end();
    }
    return exit();
  }

  /** The scene with which it ended, once {@link #run} is over. */
  public Scene scene() {
    return stage.scene();
  }

  private int exit() {
    return signal.get() != 0
        ? 128 + signal.get()
        : failed || blockedTarget() || hooks.failed() ? 1 : 0;
  }

  /** The last hooks, when the others are over. */
  private void close() {
    awaitHooks();
    String status = exit() == 0 ? "success" : signal.get() == 0 ? "failure" : "interrupted";
    hooks.close(exit() == 0 ? On.SUCCESS : On.FAILURE, status);
    awaitHooks();
    hooks.close(On.FINISH, status);
    awaitHooks();
  }

  private void awaitHooks() {
    while (hooks.busy()) {
      await();
    }
  }

  /** Puts every selected job where its verdict says. */
  private void begin() {
    Plan plan = setup.plan();
    for (int j = plan.selected().nextSetBit(0); j >= 0; j = plan.selected().nextSetBit(j + 1)) {
      Verdict verdict = plan.verdict(j);
      if (verdict instanceof Verdict.UpToDate) {
        upToDate(j);
      } else if (stage.waits().isFree(j)) {
        if (verdict instanceof Verdict.WillRun || verdict instanceof Verdict.WillFail) {
          consider(j, verdict);
        } else {
          decide(j);
        }
      }
    }
    failGroups();
  }

  /** Groups that could not be expanded count as failed or blocked. */
  private Map<State, Integer> counts() {
    Map<State, Integer> counts = stage.states().counts();
    groups.count(counts);
    return counts;
  }

  /** Groups await nothing any more: goes on with the graph that has their instances. */
  private void expand() {
    try {
      Scene old = stage.scene();
      Scene next = setup.expander().next(old);
      if (next != old) {
        stage = stage.over(next);
        parked.clear(); // they are ready
        teller.tell(new Event.Expanded(next.selection().jobs().cardinality()));
        groups.warn(old, next);
        failGroups();
        stage.ended().forEach(this::block);
        stage.free().forEach(this::decide);
      }
    } catch (Stopped e) {
      return; // a signal came: nothing new starts
    } catch (IOException | UncheckedIOException e) {
      unreadable = e instanceof IOException io ? io : ((UncheckedIOException) e).getCause();
      draining = true;
    }
  }

  /** Groups with problems fail, each once, and what waits for them is blocked. */
  private void failGroups() {
    stage.scene().selection().open().stream()
        .filter(group -> !stage.graph().gate(group).open().problems().isEmpty())
        .forEach(
            group -> {
              if (groups.fail(stage.graph().gate(group).open())) {
                failed = true;
                draining |= setup.failFast();
              }
              block(group);
            });
  }

  /** Waits for messages, or for the next retry to fall due, and handles all that are there. */
  private void await() {
    try {
      Stage.Due due = stage.delayed().peek();
      turns.await(due == null ? null : due.time());
    } catch (InterruptedException e) {
      signal(INT);
    }
    while (!stage.delayed().isEmpty() && stage.delayed().peek().time() <= System.nanoTime()) {
      stage.ready().add(stage.delayed().poll().job());
    }
  }

  /** Starts what fits. */
  private void start() {
    while (!draining && !alone) {
      if (!tokens.allow(running - pool.early())) {
        break;
      }
      int job = stage.ready().next(pool, j -> stage.works().get(j).demand());
      if (job < 0) {
        break;
      }
      if (stage.graph().job(job).interactive() && running > 0) {
        stage.ready().add(job); // it waits until it can be alone, and nothing else starts before it
        break;
      }
      if (!hooks.open()) {
        stage.ready().add(job);
        break;
      }
      if (hooks.ready(stage.graph().job(job))) {
        start(job);
      } else {
        parked.add(job);
      }
    }
    more = !stage.ready().isEmpty();
    tokens.want(running - pool.early(), !draining && more);
  }

  private void start(int id) {
    Job job = stage.graph().job(id);
    Work work = stage.works().get(id);
    List<Integer> gpus = pool.take(work.demand());
    stage.states().set(id, State.RUNNING);
    running++;
    more = !stage.ready().isEmpty();
    if (job.interactive()) {
      alone = true;
      teller.tell(new Event.Terminal(true));
    }
    // The next may start while the products of this one are looked at, but not where the way it
    // ends may mean that nothing starts any more.
    boolean overlaps =
        !setup.failFast() && !job.interactive() && stage.graph().workflow().hooks().isEmpty();
    Runnable gone =
        () -> {
          if (overlaps && more) {
            turns.post(() -> release(job, work));
          }
        };
    Attempt attempt =
        work.begin(stage.shop(), id, gpus, gpus.stream().map(setup::gpu).toList(), gone);
    Workers.Begun now =
        new Workers.Begun(stage.scene(), id, work.reasons(), work.attempts(), attempt);
    teller.started(job, work.reasons(), work.attempts());
    String refusal = hooks.refusal(job);
    if (refusal == null) {
      workers.add(now);
    } else {
      workers.refuse(now, refusal);
    }
  }

  /** The processes of an attempt are gone: the next need not wait until its products are hashed. */
  private void release(Job job, Work work) {
    if (pool.giveEarly(work)) {
      teller.tell(new Event.JobReleased(job.name()));
    }
  }

  private void finish(int id, State state, Outcome outcome) {
    stage.states().set(id, state);
    stage.works().remove(id);
    teller.ended(stage.graph().job(id), state, outcome);
  }

  private void committed(CacheException e) {
    if (e != null) {
      turns.post(() -> broken(e));
    }
  }

  /** What the threads of attempts do here, each in its turn. */
  private final class Loop implements Workers.Loop {

    @Override
    public void ended(Workers.Begun now, Outcome outcome, Recorder.Record record) {
      Job job = now.scene().graph().job(now.id());
      int id = stage.graph().jobId(job.name());
      Work work = stage.works().get(id);
      running--;
      pool.give(work);
      if (job.interactive()) {
        alone = false;
        teller.tell(new Event.Terminal(false));
        if (outcome.ended().how() == Ended.How.SIGNALED && outcome.ended().code() == INT) {
          // The terminal sent Ctrl-C to the job alone; the user meant the build.
          signal.compareAndSet(0, INT);
          draining = true;
        }
      }
      setup.cache().put(recorder.whole(record).onCommit(Build.this::committed));
      stage.scene().records().replace(id, record.result());
      if (outcome.ok()) {
        finish(id, State.RAN, outcome);
        teller.moved(job, outcome.moved());
        stage.waits().settle(id);
      } else if (outcome.ended().how() == Ended.How.INTERRUPTED) {
        finish(id, State.INTERRUPTED, outcome);
        draining = true; // only ever by a signal or by what broke the build
      } else if (!draining && hooks.refusal(job) == null && work.mayRetry(outcome.ended())) {
        teller.retried(job, work.attempts(), outcome);
        work.grow();
        stage.states().set(id, State.READY);
        stage.delayed().add(new Stage.Due(System.nanoTime() + job.retry().delay(), id));
      } else {
        finish(id, State.FAILED, outcome);
        failed(id);
      }
    }

    @Override
    public void broken(CacheException e) {
      Build.this.broken(e);
    }

    @Override
    public void goOn() {
      settleAll();
      start();
      if (running == 0 || !stage.delayed().isEmpty() || stage.waits().isExpandable()) {
        turns.wake(); // the loop has to wait otherwise, or not any more
      }
    }
  }

  /** Lets go on what waited for settled jobs. */
  private void settleAll() {
    do {
      stage
          .waits()
          .pass(
              job -> {
                if (stage.states().of(job) == State.WAITING) {
                  decide(job);
                }
              });
    } while (resolve());
  }

  /**
   * Decides the undecided, as far as it is known what their readers do. That is a look at all that
   * waits, so it is taken only when there is nothing else to start.
   *
   * @return whether any was decided
   */
  private boolean resolve() {
    if (stage.undecided().isEmpty() || !stage.ready().isEmpty() || draining) {
      return false;
    }
    boolean any = false;
    try {
      Plan plan = stage.forecast();
      for (int job : stage.undecided().stream().toArray()) {
        if (!(plan.verdict(job) instanceof Verdict.MayRun)) {
          any = true;
          stage.undecided().clear(job);
          consider(job, plan.verdict(job));
        }
      }
    } catch (Stopped e) {
      return any; // a signal came: nothing new starts
    }
    return any;
  }

  /** Whether nothing is at work and nothing will be by itself. */
  private boolean isIdle() {
    return running == 0
        && !stage.undecided().isEmpty()
        && stage.ready().isEmpty()
        && stage.delayed().isEmpty()
        && parked.isEmpty();
  }

  /**
   * What the undecided wait for waits for them. The first one runs: its products may turn out not
   * to be needed, but no job can read what was decided too early.
   */
  private void wake() {
    try {
      int job = stage.undecided().nextSetBit(0);
      Reason reason = stage.forecast().maybe(job);
      stage.undecided().clear(job);
      consider(job, new Verdict.WillRun(List.of(reason)));
    } catch (Stopped e) {
      return; // a signal came: nothing new starts
    }
  }

  private void decide(int job) {
    try {
      Verdict verdict = stage.scene().decide(job);
      if (verdict instanceof Verdict.UpToDate && stage.scene().lacks(job)) {
        stage.undecided().set(job);
      } else {
        consider(job, verdict);
      }
    } catch (Stopped e) {
      return; // likewise
    }
  }

  private void consider(int id, Verdict verdict) {
    if (verdict instanceof Verdict.WillRun will) {
      stage.works().put(id, new Work(stage.graph().job(id), will.reasons(), setup.limits()));
      stage.states().set(id, State.READY);
      stage.ready().add(id);
    } else if (verdict instanceof Verdict.WillFail will) {
      // It keeps its record: where the needs are back, its result is as good as it was.
      stage.states().set(id, State.FAILED);
      teller.ended(stage.graph().name(id), State.FAILED, will.what());
      failed(id);
    } else if (verdict instanceof Verdict.MayRun may) {
      // Its depfile named what a job makes that it waits for only by way of others.
      stage.waits().add(id, may.after());
    } else {
      upToDate(id);
      stage.waits().settle(id);
    }
  }

  /** What follows from a failure. */
  private void failed(int id) {
    boolean allowed = stage.graph().job(id).allowFailure();
    failed |= !allowed;
    draining |= setup.failFast() && !allowed;
    block(id);
  }

  private void upToDate(int id) {
    stage.states().set(id, State.UP_TO_DATE);
    teller.ended(stage.graph().name(id), State.UP_TO_DATE, "");
  }

  /** Rule 8: what waits for a failed job is blocked, and so on; the rest goes on. */
  private void block(int failedJob) {
    stage
        .waits()
        .behind(
            failedJob,
            job -> {
              if (stage.states().of(job) != State.WAITING) {
                return false;
              }
              stage.states().set(job, State.BLOCKED);
              teller.ended(stage.graph().name(job), State.BLOCKED, stage.graph().name(failedJob));
              return true;
            },
            group -> groups.block(stage, group, stage.graph().name(failedJob)));
  }

  /** Nothing runs and nothing will: what is left was not reached. */
  private void abandon() {
    for (int j = 0; j < stage.graph().jobs(); j++) {
      State state = stage.states().of(j);
      if (state != null && !state.isFinal()) {
        stage.states().set(j, State.NOT_REACHED);
        teller.ended(stage.graph().name(j), State.NOT_REACHED, "");
      }
    }
  }

  /** What is blocked fails the build if its blocker does, or if the command line names it. */
  private boolean blockedTarget() {
    Selection selection = stage.scene().selection();
    return selection.targeted()
        && (selection.named().stream().anyMatch(j -> stage.states().of(j) == State.BLOCKED)
            || groups.blocksTarget(stage));
  }

  private void broken(CacheException e) {
    broken = e;
    draining = true;
    workers.end(false);
  }
}
