package dev.torc.build;

import dev.torc.cache.Batch;
import dev.torc.cache.Cache;
import dev.torc.cache.CacheException;
import dev.torc.exec.Ended;
import dev.torc.graph.Adjacency;
import dev.torc.graph.Graph;
import dev.torc.machine.Jobserver;
import dev.torc.plan.Decider;
import dev.torc.plan.Plan;
import dev.torc.plan.Reason;
import dev.torc.plan.Records;
import dev.torc.plan.Selection;
import dev.torc.plan.Verdict;
import dev.torc.workflow.Job;
import dev.torc.workflow.Retry;
import dev.torc.workflow.Step;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The loop of a build: lets jobs start as their needs are settled and resources allow, and sees to
 * what follows from their ends. One thread owns all of its state; attempts, the cache's writer,
 * signals and the jobserver send it messages. How a job runs is {@link Attempt}'s business, whether
 * it runs the {@link Decider}'s.
 */
public final class Build {

  /**
   * What a build works with.
   *
   * @param limits amounts by resource, from the machine, the build file and the command line
   * @param gpus identifiers of the GPUs, by number
   * @param failFast whether nothing new is started after a failure
   * @param tokens the calling make's jobserver, null without one
   * @param listener takes the events, on the loop's thread
   */
  public record Setup(
      Graph graph,
      Records records,
      Decider decider,
      Plan plan,
      Selection selection,
      Cache cache,
      Attempt.Shop shop,
      ExecutorService threads,
      long number,
      Map<String, Long> limits,
      List<String> gpus,
      boolean failFast,
      Jobserver tokens,
      Consumer<Event> listener) {}

  /** What is known of a job that is not final yet. */
  private static final class Work {
    private List<Reason> reasons = List.of();
    private int attempts;
    private long memory;
    private long runtime;
    private Demand demand;
    private Attempt attempt;
    private List<Integer> gpus;
  }

  private record Due(long time, int job) {}

  private final Setup setup;
  private final Graph graph;
  private final States states;
  private final Pool pool;
  private final ReadyQueue ready;
  private final Recorder recorder;
  private final int[] waiting;
  private final Map<Integer, Work> works = new HashMap<>();
  private final LinkedBlockingQueue<Runnable> messages = new LinkedBlockingQueue<>();
  private final PriorityQueue<Due> delayed =
      new PriorityQueue<>((a, b) -> Long.compare(a.time, b.time));
  private final ArrayDeque<Integer> settled = new ArrayDeque<>();
  private int running;
  private int tokensHeld;
  private boolean alone;
  private boolean draining;
  private boolean failed;
  private int signal;
  private CacheException broken;
  private IOException unreadable;

  /** A build that has its plan; nothing happens before {@link #run}. */
  public Build(Setup setup) {
    this.setup = setup;
    this.graph = setup.graph;
    this.states = new States(graph.jobs(), setup.plan.selected());
    this.pool = new Pool(setup.limits);
    int[] priority = new int[graph.jobs()];
    for (int j = 0; j < priority.length; j++) {
      priority[j] = graph.job(j).priority();
    }
    this.ready = new ReadyQueue(priority, Ranks.of(graph, setup.records, setup.plan));
    this.recorder = new Recorder(setup.decider, setup.shop.build(), setup.number);
    this.waiting = new int[graph.jobs()];
  }

  /**
   * Tells the build of a signal, from any thread: the first ends all jobs with a grace, the second
   * at once.
   */
  public void signal(int number) {
    messages.add(
        () -> {
          boolean again = signal != 0;
          signal = again ? signal : number;
          draining = true;
          works.values().stream()
              .filter(work -> work.attempt != null)
              .forEach(work -> work.attempt.end(again));
        });
  }

  /** Wakes the loop: a token of the jobserver came. */
  public void tokenCame() {
    messages.add(() -> {});
  }

  /**
   * Runs to the end and returns the exit status.
   *
   * @throws CacheException where a record could not be written: the jobs in question are not done
   * @throws IOException where the verdict on a job could not be found
   */
  public int run() throws IOException {
    try {
      return loop();
    } finally {
      // Only where the loop itself broke is anything left to end here.
      works.values().stream()
          .filter(work -> work.attempt != null)
          .forEach(work -> work.attempt.end(true));
    }
  }

  private int loop() throws IOException {
    long begin = System.nanoTime();
    begin();
    settleAll();
    while (!states.done()) {
      fire();
      start();
      if (running == 0 && draining) {
        abandon();
        break;
      }
      await();
      settleAll();
    }
    if (broken != null) {
      throw broken;
    }
    if (unreadable != null) {
      throw unreadable;
    }
    setup.cache.flush();
    int exit = signal != 0 ? 128 + signal : failed || blockedTarget() ? 1 : 0;
    setup.listener.accept(
        new Event.Finished(setup.shop.build(), states.counts(), System.nanoTime() - begin, exit));
    return exit;
  }

  /** Puts every selected job where its verdict says. */
  private void begin() {
    Plan plan = setup.plan;
    Adjacency before = graph.before();
    for (int j = plan.selected().nextSetBit(0); j >= 0; j = plan.selected().nextSetBit(j + 1)) {
      if (plan.verdict(j) instanceof Verdict.UpToDate) {
        upToDate(j);
        continue;
      }
      for (int i = before.from(j); i < before.to(j); i++) {
        if (!setup.records.isSettled(before.at(i))) {
          waiting[j]++;
        }
      }
      if (waiting[j] == 0) {
        consider(j, plan.verdict(j));
      }
    }
  }

  /** Waits for messages, or for the next retry to fall due, and handles all that are there. */
  private void await() {
    try {
      Due due = delayed.peek();
      Runnable message =
          due == null
              ? messages.take()
              : messages.poll(Math.max(0, due.time - System.nanoTime()), TimeUnit.NANOSECONDS);
      while (message != null) {
        message.run();
        message = messages.poll();
      }
    } catch (InterruptedException e) {
      signal(2);
    }
  }

  private void fire() {
    while (!delayed.isEmpty() && delayed.peek().time <= System.nanoTime()) {
      ready.add(delayed.poll().job);
    }
  }

  /** Starts what fits. */
  private void start() {
    while (!draining && !alone) {
      if (setup.tokens != null && running > setup.tokens.held()) {
        break;
      }
      int job = ready.next(pool, this::demand);
      if (job < 0) {
        break;
      }
      if (graph.job(job).interactive() && running > 0) {
        ready.add(job);
        return; // it waits until it can be alone, and nothing else starts before it
      }
      start(job);
    }
    wantTokens();
  }

  /** One token for each running job beyond the first; one more is wanted while jobs are ready. */
  private void wantTokens() {
    if (setup.tokens != null) {
      boolean more = !draining && !ready.isEmpty() && running > 0;
      int useful = Math.max(0, running - 1) + (more ? 1 : 0);
      int held = setup.tokens.held();
      if (held > useful) {
        setup.tokens.giveBack(held - useful);
      }
      setup.tokens.want(Math.max(0, useful - held));
    }
  }

  private Demand demand(int job) {
    return work(job).demand;
  }

  private Work work(int job) {
    return works.computeIfAbsent(
        job,
        j -> {
          Work work = new Work();
          Job declared = graph.job(j);
          work.memory = declared.resources().memory();
          work.runtime = declared.resources().runtime();
          work.demand = Demand.of(declared.resources(), work.memory, pool.limits());
          return work;
        });
  }

  private void start(int job) {
    Work work = work(job);
    work.gpus = pool.take(work.demand);
    List<String> gpus = work.gpus.stream().map(this::gpu).toList();
    long total = work.memory > 0 ? work.memory : pool.limits().getOrDefault(Demand.MEMORY, 0L);
    Launches.Granted granted = new Launches.Granted(work.demand, gpus, total >> 20, work.memory);
    work.attempts++;
    states.set(job, State.RUNNING);
    running++;
    Job declared = graph.job(job);
    setup.listener.accept(
        new Event.JobStarted(declared.name(), work.reasons, work.attempts, command(declared)));
    if (declared.interactive()) {
      alone = true;
      setup.listener.accept(new Event.Terminal(true));
    }
    Attempt attempt = new Attempt(setup.shop, job, work.attempts, granted, work.runtime);
    work.attempt = attempt;
    setup.threads.execute(
        () -> {
          try {
            Attempt.Outcome outcome = attempt.run();
            messages.add(() -> ended(job, outcome));
          } catch (CacheException e) {
            messages.add(() -> broken(e));
            messages.add(() -> ended(job, null));
          } catch (RuntimeException | Error e) {
            messages.add(
                () -> {
                  throw e;
                });
          }
        });
  }

  private String gpu(int number) {
    return number < setup.gpus.size() ? setup.gpus.get(number) : Integer.toString(number);
  }

  private static String command(Job job) {
    List<String> texts = new ArrayList<>();
    for (Step step : job.steps()) {
      texts.add(
          switch (step.command()) {
            case Step.Command.Shell shell -> shell.text().declared();
            case Step.Command.Words words ->
                String.join(" ", words.words().stream().map(w -> w.declared()).toList());
          });
    }
    return String.join("\n", texts);
  }

  /** An attempt is over; a null outcome means that it could not be recorded at all. */
  private void ended(int job, Attempt.Outcome outcome) {
    Work work = work(job);
    running--;
    pool.give(work.demand, work.gpus);
    work.attempt = null;
    if (graph.job(job).interactive()) {
      alone = false;
      setup.listener.accept(new Event.Terminal(false));
    }
    if (outcome == null) {
      finish(job, State.INTERRUPTED, "its mark could not be written", null);
      return;
    }
    Recorder.Record record =
        recorder.of(job, graph.job(job).name(), work.reasons, work.attempts, outcome);
    setup.cache.put(
        record
            .batch()
            .onCommit(
                e -> {
                  if (e != null) {
                    messages.add(() -> broken(e));
                  }
                }));
    setup.records.replace(job, record.result());
    if (!outcome.ok() && retries(job, work, outcome)) {
      return;
    }
    if (outcome.ok()) {
      for (String moved : outcome.moved()) {
        note(
            Event.Level.WARNING,
            "need %s of job %s moved while it ran; it will run again in the next build"
                .formatted(moved, graph.job(job).name()));
      }
      finish(job, State.RAN, "", outcome);
      setup.records.settle(job);
      settled.add(job);
    } else {
      boolean interrupted = outcome.ended().how() == Ended.How.INTERRUPTED;
      finish(job, interrupted ? State.INTERRUPTED : State.FAILED, outcome.what(), outcome);
      if (!interrupted) {
        failed |= !graph.job(job).allowFailure();
        draining |= setup.failFast && !graph.job(job).allowFailure();
        block(job);
      }
    }
  }

  private void finish(int job, State state, String what, Attempt.Outcome outcome) {
    states.set(job, state);
    works.remove(job);
    setup.listener.accept(
        new Event.JobEnded(graph.job(job).name(), state, details(job, what, outcome)));
  }

  private Event.Details details(int job, String what, Attempt.Outcome outcome) {
    Job declared = graph.job(job);
    Ended ended = outcome == null ? null : outcome.ended();
    boolean ran = ended != null && ended.how() != Ended.How.NOT_STARTED;
    return new Event.Details(
        what,
        command(declared),
        ran ? setup.shop.launches().log(declared.name()) : null,
        ended == null ? 0 : ended.wall(),
        ended == null ? -1 : ended.cpu(),
        ended == null ? -1 : ended.peak());
  }

  /** Rule 12 and {@code retry}: whether another attempt follows, and if so when. */
  private boolean retries(int job, Work work, Attempt.Outcome outcome) {
    Retry retry = graph.job(job).retry();
    if (draining || work.attempts > retry.retries() || !allowed(retry, outcome.ended())) {
      return false;
    }
    setup.listener.accept(
        new Event.JobRetried(
            graph.job(job).name(),
            work.attempts,
            details(job, outcome.what(), outcome),
            retry.delay()));
    long most = pool.limits().getOrDefault(Demand.MEMORY, Long.MAX_VALUE);
    work.memory = Math.min((long) (work.memory * retry.growMemory()), Math.max(most, work.memory));
    work.runtime = (long) (work.runtime * retry.growRuntime());
    work.demand = Demand.of(graph.job(job).resources(), work.memory, pool.limits());
    states.set(job, State.READY);
    if (retry.delay() == 0) {
      ready.add(job);
    } else {
      delayed.add(new Due(System.nanoTime() + retry.delay(), job));
    }
    return true;
  }

  private static boolean allowed(Retry retry, Ended ended) {
    if (ended.how() == Ended.How.INTERRUPTED) {
      return false;
    }
    if (retry.exitCodes().isEmpty() && retry.on().isEmpty()) {
      return true;
    }
    return switch (ended.how()) {
      case EXITED -> retry.exitCodes().contains(ended.code());
      case SIGNALED ->
          retry.on().contains(Retry.Cause.SIGNAL) || retry.exitCodes().contains(128 + ended.code());
      case TIMEOUT -> retry.on().contains(Retry.Cause.TIMEOUT);
      case MEMORY -> retry.on().contains(Retry.Cause.MEMORY);
      case TERMINAL, INTERRUPTED, NOT_STARTED -> false;
    };
  }

  /** Lets go on what waited for settled jobs, without recursion: chains may be long. */
  private void settleAll() {
    Adjacency after = graph.after();
    while (!settled.isEmpty()) {
      int done = settled.poll();
      for (int i = after.from(done); i < after.to(done); i++) {
        int job = after.at(i);
        if (states.of(job) == State.WAITING && --waiting[job] == 0) {
          decide(job);
        }
      }
    }
  }

  private void decide(int job) {
    try {
      boolean forced =
          setup.plan.verdict(job) instanceof Verdict.WillRun will
              && will.reasons().contains(Reason.of(Reason.Kind.FORCED));
      consider(job, setup.decider.decide(job, forced));
    } catch (IOException e) {
      unreadable = e;
      draining = true;
    } catch (java.io.UncheckedIOException e) {
      unreadable = e.getCause();
      draining = true;
    }
  }

  private void consider(int job, Verdict verdict) {
    switch (verdict) {
      case Verdict.UpToDate _ -> {
        upToDate(job);
        setup.records.settle(job);
        settled.add(job);
      }
      case Verdict.WillRun will -> {
        work(job).reasons = will.reasons();
        states.set(job, State.READY);
        ready.add(job);
      }
      case Verdict.MayRun may ->
          throw new IllegalStateException(
              "job %s still waits for %s"
                  .formatted(graph.job(job).name(), graph.job(may.after()).name()));
    }
  }

  private void upToDate(int job) {
    states.set(job, State.UP_TO_DATE);
    setup.listener.accept(
        new Event.JobEnded(
            graph.job(job).name(), State.UP_TO_DATE, new Event.Details("", "", null, 0, -1, -1)));
  }

  /** Rule 8: what waits for a failed job is blocked, and so on; the rest goes on. */
  private void block(int failedJob) {
    Adjacency after = graph.after();
    ArrayDeque<Integer> from = new ArrayDeque<>(List.of(failedJob));
    while (!from.isEmpty()) {
      int blocker = from.poll();
      for (int i = after.from(blocker); i < after.to(blocker); i++) {
        int job = after.at(i);
        if (states.of(job) == State.WAITING) {
          states.set(job, State.BLOCKED);
          setup.listener.accept(
              new Event.JobEnded(
                  graph.job(job).name(),
                  State.BLOCKED,
                  new Event.Details(graph.job(failedJob).name(), "", null, 0, -1, -1)));
          from.add(job);
        }
      }
    }
  }

  /** Nothing runs and nothing will: what is left was not reached. */
  private void abandon() {
    for (int j = 0; j < graph.jobs(); j++) {
      State state = states.of(j);
      if (state != null && !state.isFinal()) {
        states.set(j, State.NOT_REACHED);
        setup.listener.accept(
            new Event.JobEnded(
                graph.job(j).name(),
                State.NOT_REACHED,
                new Event.Details("", "", null, 0, -1, -1)));
      }
    }
  }

  /** A blocked job fails the build if its blocker did, or if the command line names it. */
  private boolean blockedTarget() {
    return setup.selection.targeted()
        && setup.selection.named().stream().anyMatch(j -> states.of(j) == State.BLOCKED);
  }

  private void broken(CacheException e) {
    broken = e;
    draining = true;
    works.values().stream()
        .filter(work -> work.attempt != null)
        .forEach(work -> work.attempt.end(false));
  }

  private void note(Event.Level level, String text) {
    setup.listener.accept(new Event.Note(level, text));
  }

  /** The records of jobs that a killed torc left running. */
  public static Batch interrupted(Cache cache, dev.torc.cache.Marks.Mark mark, long number) {
    return Recorder.interrupted(
        mark.job(), mark.build(), number, cache.result(mark.job()), cache.details(mark.job()));
  }
}
