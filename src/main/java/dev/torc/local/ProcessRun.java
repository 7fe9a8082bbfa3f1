package dev.torc.local;

import dev.torc.local.Launch.Container;
import dev.torc.local.ProcessEnd.How;
import dev.torc.machine.Series;
import dev.torc.machine.Series.Usage;
import dev.torc.posix.ChildWait;
import dev.torc.posix.Environment;
import dev.torc.posix.Environment.EnvironmentEntries;
import dev.torc.posix.JobTrace;
import dev.torc.posix.Kill;
import dev.torc.posix.OwnFile;
import dev.torc.posix.Spawn;
import dev.torc.posix.Terminal.Foreground;
import dev.torc.text.Amount;
import dev.torc.text.Refusal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * One attempt of a job from its first process to its last: steps one after another, limits, the
 * end. It lives on the thread that calls {@link #run}, which waits for the processes; other threads
 * call {@link #end} and {@link #look}. {@link ProcessTree} finds and signals the processes.
 */
final class ProcessRun implements Runner.Running {

  private static final long MILLISECOND = 1_000_000;
  private static final long FIRST = 50 * MILLISECOND; // shorter jobs go unseen
  private static final long SOON = 20 * MILLISECOND; // where there is a memory limit
  private static final long CONFIRM = 10 * MILLISECOND;
  private static final long RARELY = 500 * MILLISECOND;
  private static final long LONG = 700 * MILLISECOND; // from then on the sampler looks
  private static final long OFTEN = 100 * MILLISECOND; // where there is a memory limit
  private static final int THOROUGH = 8; // every eighth sample looks for orphans too

  private static final long SETTLE = 100; // milliseconds until a tree that has ended is gone
  private static final long LATE = 10_000; // milliseconds until its trace has seen that
  private static final String BACKGROUND =
      "its processes in the background were ended: it is traced";
  private static final String UNENDED = "processes of it that are traced cannot be found and ended";

  /** What all attempts share; {@code grace} is nanoseconds until KILL, if the job says nothing. */
  record Means(
      Spawn spawn,
      Environment caller,
      long grace,
      Executor threads,
      RunWatch watch,
      UsageSampler sampler,
      OomKills kills) {}

  private final Launch launch;
  private final Means means;
  private final ProcessTree tree;
  private final long begin = System.nanoTime();

  // the end, guarded by this
  private How cause; // why it is being ended, null while it is not
  private String message = "";
  private int signal = Kill.TERM; // by which its end begins
  private boolean running; // a process was started
  private long stopped; // when torc stopped it, by System.nanoTime; 0 while it runs
  private long pauses; // nanoseconds that it was stopped in all
  private Container.Client client; // of the container that runs or ran last; null without one
  private boolean settled; // the last process ended by itself, well or not
  private CompletableFuture<List<Integer>> ending = CompletableFuture.completedFuture(List.of());
  private volatile boolean hurry;

  // the samples, written by the watch only
  private long interval;
  private long nextSample;
  private int samples;
  private boolean above;

  // the samples, written by the watch and by the sampler, guarded by samplesLock
  private final Object samplesLock = new Object();
  private long peak = -1;
  private Series series;
  private Series.Point now;
  private long cpuBefore; // nanoseconds of CPU time at the last sample
  private long sampledBefore; // when that was; 0 for none

  ProcessRun(Launch launch, Means means) {
    this.launch = launch;
    this.means = means;
    this.tree = new ProcessTree(launch.mark(), !launch.contained(), launch.memoryLimit());
    this.interval = launch.memoryLimit() > 0 ? SOON : FIRST;
    this.nextSample = begin + interval;
  }

  /** Runs the steps; returns when nothing of the attempt needs to be waited for any more. */
  ProcessEnd run() {
    long first = nextSample;
    if (launch.timeLimit() > 0) {
      first = Math.min(first, begin + launch.timeLimit());
    }
    means.watch().add(this, first);
    Usage used = Usage.NOTHING;
    ChildWait.News last = new ChildWait.News(ChildWait.What.EXITED, 0);
    String notStarted = null;
    try {
      int steps = launch.steps().size();
      for (int i = 0; i < steps && notStarted == null && succeeded(last) && wanted(); i++) {
        Launch.Step step = launch.steps().get(i);
        Container.Client container =
            step.container() == null ? null : step.container().client(step, launch);
        Container.Meaning meaning = Container.Meaning.AS_IT_IS;
        try {
          if (i == 0) {
            OwnFile.prepare(launch.log());
          }
          boolean truncate = i == 0 && !launch.append();
          do {
            int pid = start(step, container, truncate);
            last = launch.interactive() ? atTerminal(pid) : await(pid);
            if (!endedWell(last, i == steps - 1, container != null)) {
              // As long as the leader is not reaped its group's number is surely its own.
              endTree();
            }
            endTraced();
            ChildWait.ChildUse own = tree.reapLeader(i == steps - 1);
            boolean alone = container == null || !step.container().isApart();
            used = alone ? plus(used, own) : Usage.UNKNOWN; // a client's is not the job's
            if (container != null) {
              meaning = meaning(container, last);
            }
          } while (meaning == Container.Meaning.AGAIN);
        } catch (IOException refused) {
          notStarted = Refusal.line(refused);
          if (i == 0 && !launch.append() && !launch.interactive()) {
            emptyLog();
          }
          break;
        }
        if (meaning == Container.Meaning.NOT_STARTED) {
          notStarted = container.message();
        }
      }
      if (notStarted != null && running) {
        endTree(); // what earlier steps left in the background
      }
    } finally {
      means.watch().remove(this);
    }
    return ended(last, notStarted, used);
  }

  private void emptyLog() {
    try {
      OwnFile.write(launch.log(), new byte[0]);
    } catch (IOException e) {
      // Why the run did not start is told already.
    }
  }

  private static Usage plus(Usage sum, ChildWait.ChildUse step) {
    return sum.user() < 0
        ? sum
        : new Usage(
            sum.user() + step.user(),
            sum.system() + step.system(),
            -1,
            sum.read() + step.read(),
            sum.written() + step.written());
  }

  /**
   * Returns whether a step succeeded. After a failed or last step nothing changes the attempt's end
   * any more, unless the end of its container is yet to be understood.
   */
  private synchronized boolean endedWell(ChildWait.News change, boolean last, boolean contained) {
    settled = cause == null && !contained && (last || !succeeded(change));
    return cause == null && succeeded(change);
  }

  private synchronized ProcessEnd ended(ChildWait.News last, String notStarted, Usage used) {
    settled = true;
    How how = last.what() == ChildWait.What.EXITED ? How.EXITED : How.SIGNALED;
    int code = last.code();
    if (cause != null) {
      how = cause;
      code = 0;
    } else if (notStarted != null) {
      how = How.NOT_STARTED;
      code = 0;
      message = notStarted;
    } else if (isKilled(last) && means.kills().take()) {
      how = How.MEMORY;
      code = 0;
      message = ProcessEnd.BY_KERNEL;
    }
    long wall = System.nanoTime() - begin - pauses;
    synchronized (samplesLock) {
      return new ProcessEnd(
          how, code, wall, used.withPeak(peak).withGpus(series), message, series, null);
    }
  }

  /** Returns whether KILL ended the leader, or a program whose end it reports as shells do. */
  private static boolean isKilled(ChildWait.News change) {
    int killed = change.what() == ChildWait.What.EXITED ? 128 + Kill.KILL : Kill.KILL;
    return change.code() == killed;
  }

  private static boolean succeeded(ChildWait.News change) {
    return change.what() == ChildWait.What.EXITED && change.code() == 0;
  }

  private Container.Meaning meaning(Container.Client container, ChildWait.News last)
      throws IOException {
    if (!wanted()) {
      String left = container.remove();
      synchronized (this) {
        message = (message + " " + left).strip();
      }
      return Container.Meaning.AS_IT_IS;
    }
    Container.Meaning meaning = container.meaning(last);
    if (meaning == Container.Meaning.NOT_STARTED || container.mayLeave(last)) {
      container.remove(); // most often it is gone; one that stays is told only if torc ended it
    }
    if (meaning == Container.Meaning.MEMORY) {
      synchronized (this) {
        cause = cause == null ? How.MEMORY : cause;
        message = container.message();
      }
    }
    return meaning;
  }

  private synchronized boolean wanted() {
    return cause == null;
  }

  private int start(Launch.Step step, Container.Client container, boolean truncate)
      throws IOException {
    Map<String, String> over =
        new HashMap<>(container == null ? step.env() : container.variables());
    List<String> argv = container == null ? step.argv() : container.command();
    if (!over.containsKey("PWD")) {
      over.put("PWD", step.dir().toString()); // the caller's PWD names another folder
    }
    over.putAll(launch.mark());
    Path log = launch.interactive() ? null : launch.log();
    EnvironmentEntries env = means.caller().with(over);
    int pid = means.spawn().start(argv, step.dir(), env, log, truncate, launch.trace());
    tree.leader(pid);
    synchronized (this) {
      running = true;
      client = container;
      if (stopped != 0) { // the order to stop came while it started
        tree.stop();
      }
      if (cause != null) { // the order to end came while it started
        beginEnding();
      }
    }
    return pid;
  }

  private ChildWait.News await(int pid) {
    while (true) {
      ChildWait.News change = ChildWait.next(pid);
      if (change.what() != ChildWait.What.STOPPED) {
        return change;
      }
      if (wantsTerminal(change)) {
        end(
            How.TERMINAL,
            "it wanted the terminal: set interactive: true for such a job",
            Kill.KILL);
      } // otherwise a signal stopped it, and another one will continue it
    }
  }

  private ChildWait.News atTerminal(int pid) {
    try (Foreground foreground = new Foreground(pid)) {
      while (true) {
        ChildWait.News change = ChildWait.next(pid);
        if (change.what() != ChildWait.What.STOPPED) {
          return change;
        }
        if (wantsTerminal(change) && foreground.lent()) {
          foreground.lend();
        } else if (wantsTerminal(change)) {
          end(How.TERMINAL, "it wanted the terminal, which torc does not have itself", Kill.KILL);
        } else if (change.code() == Kill.TSTP && foreground.lent()) {
          pause(true);
          foreground.suspend();
          pause(false);
        }
      }
    }
  }

  private static boolean wantsTerminal(ChildWait.News change) {
    return change.code() == Kill.TTIN || change.code() == Kill.TTOU;
  }

  /** Stops its processes, or continues them; the time in between is none of its own. */
  synchronized void pause(boolean stop) {
    if (stop == (stopped != 0)) {
      return;
    }
    long now = System.nanoTime();
    if (stop) {
      stopped = now;
      tree.stop();
    }
    // Processes in a container that belong to another user cannot be seen: its runtime stops them.
    if (running && client != null && launch.contained() && !tree.isMore()) {
      client.pause(stop);
    }
    if (!stop) {
      pauses += now - stopped;
      stopped = 0;
      tree.proceed();
      means.watch().wake(); // its limit is nearer than the watch knows
    }
  }

  @Override
  public void end(int by) {
    end(How.INTERRUPTED, "", by);
  }

  private synchronized void end(How why, String words, int by) {
    boolean now = by == Kill.KILL;
    hurry |= now;
    if (cause == null && !settled) {
      cause = why;
      message = words;
      signal = now ? Kill.TERM : by;
      if (running) {
        beginEnding();
      }
    }
    if (now && cause != null) {
      tree.signalGroup(Kill.KILL); // the rest follows within milliseconds
    }
  }

  /** Ends the tree on another thread, since the attempt's own thread waits for the leader. */
  private void beginEnding() {
    Supplier<List<Integer>> work = this::endNow;
    try {
      ending =
          ending.thenCombine(CompletableFuture.supplyAsync(work, means.threads()), (a, b) -> b);
    } catch (OutOfMemoryError noThread) {
      hurry = true; // without a thread, no grace; the rest ends when the leader has ended
      tree.signalGroup(Kill.KILL);
    }
  }

  private List<Integer> endNow() {
    int first;
    synchronized (this) {
      first = launch.stop().first(signal);
    }
    return tree.end(first, launch.stop().grace(means.grace()), () -> hurry);
  }

  private void endTree() {
    CompletableFuture<List<Integer>> begun;
    synchronized (this) {
      begun = ending;
    }
    begun.join();
    List<Integer> stubborn = endNow();
    if (!stubborn.isEmpty()) {
      synchronized (this) {
        message = (message + " processes that cannot be ended: " + stubborn).strip();
      }
    }
  }

  /**
   * Ends processes that outlive the leader of a traced step: once torc has ended, each of their
   * traced calls would fail. Without any, only the trace is late.
   */
  private void endTraced() {
    JobTrace trace = launch.trace();
    if (trace == null || trace.isOver(SETTLE)) {
      return;
    }
    boolean background = !tree.living().isEmpty();
    endTree();
    String left = trace.isOver(LATE) ? background ? BACKGROUND : "" : UNENDED;
    synchronized (this) {
      message = (message + " " + left).strip();
    }
  }

  private synchronized long pausedBy(long now) {
    return pauses + (stopped == 0 ? 0 : now - stopped);
  }

  /** Enforces limits and takes a sample if it is time; returns when to look again (nanoTime). */
  long look() {
    long now = System.nanoTime();
    long next = now + RunWatch.IDLE;
    if (launch.timeLimit() > 0) {
      long left = begin + launch.timeLimit() - now + pausedBy(now);
      if (left <= 0) {
        end(How.TIMEOUT, "", Kill.TERM);
      } else {
        next = Math.min(next, now + left);
      }
    }
    boolean sampled = false;
    if (now - begin >= LONG) {
      means.sampler().begin();
      sampled = launch.memoryLimit() == 0 && ProcessTable.present();
    }
    if (!sampled && now - nextSample >= 0) {
      sample();
      nextSample = System.nanoTime() + interval;
    }
    return sampled ? next : Math.min(next, nextSample);
  }

  ProcessTree tree() {
    return tree;
  }

  /** Returns the identifiers of the attempt's GPUs with commas between them; empty for none. */
  String gpus() {
    String given = launch.steps().getLast().env().get("TORC_GPUS");
    return given == null ? "" : given;
  }

  /** Returns the job's name; null where no job is run. */
  String job() {
    return launch.mark().get("TORC_JOB");
  }

  /** Takes over a sample of the sampler, taken at {@code time} by {@link System#nanoTime}. */
  void sampled(long time, ProcessPass.Use use, GpuLoad.Load gpus) {
    synchronized (samplesLock) {
      if (use.memory() > 0) {
        peak = Math.max(peak, use.memory());
      }
      long passed = time - (sampledBefore == 0 ? begin : sampledBefore);
      if (passed <= 0) {
        return;
      }
      long cpu = Math.max(0, use.cpu() - cpuBefore);
      cpuBefore = Math.max(cpuBefore, use.cpu());
      sampledBefore = time;
      long busy = cpu * 100 / passed;
      now = new Series.Point(time - begin, busy, use.memory(), gpus.busy(), gpus.memory());
      if (series == null) {
        series = new Series(System.currentTimeMillis() - (time - begin) / MILLISECOND);
      }
      series.add(now);
    }
  }

  /** Returns what the attempt used at the last look of the sampler; null before the first. */
  Series.Point now() {
    synchronized (samplesLock) {
      return now;
    }
  }

  private void sample() {
    long start = System.nanoTime();
    long limit = launch.memoryLimit();
    long memory = tree.memory(++samples % THOROUGH == 0);
    synchronized (samplesLock) {
      if (memory > 0) {
        peak = Math.max(peak, memory);
      }
    }
    boolean before = above;
    above = limit > 0 && memory > limit;
    if (above && before) { // two samples, since a process between fork and exec counts twice
      String used = Amount.size(memory, limit) + " of " + Amount.size(limit, limit);
      end(How.MEMORY, "used " + used, Kill.TERM);
    }
    interval = above ? CONFIRM : interval(interval, System.nanoTime() - start, limit > 0);
  }

  /**
   * Returns the nanoseconds to the next sample. Samples take a twentieth of the time at most, but a
   * limit is checked even if a sample is slow, as the first one on a busy machine is.
   */
  static long interval(long last, long cost, boolean limited) {
    return limited
        ? Math.clamp(20 * cost, Math.min(last * 2, OFTEN), RARELY)
        : Math.max(20 * cost, Math.min(last * 2, RARELY));
  }
}
