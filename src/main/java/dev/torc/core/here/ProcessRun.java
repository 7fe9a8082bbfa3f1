package dev.torc.core.here;

import dev.torc.base.machine.OomKills;
import dev.torc.base.machine.ProcessTable;
import dev.torc.base.machine.Series.Usage;
import dev.torc.base.posix.ChildWait;
import dev.torc.base.posix.ChildWait.ChildUse;
import dev.torc.base.posix.ChildWait.News;
import dev.torc.base.posix.Environment;
import dev.torc.base.posix.Environment.EnvironmentEntries;
import dev.torc.base.posix.Foreground;
import dev.torc.base.posix.JobTrace;
import dev.torc.base.posix.Kill;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.posix.Spawn;
import dev.torc.base.text.Amount;
import dev.torc.base.text.Refusal;
import dev.torc.core.here.Launch.Container;
import dev.torc.core.here.ProcessEnd.How;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * One attempt of a job: runs the steps one after another, enforces limits and ends the processes.
 * {@link #run} keeps its thread to wait for the processes; other threads call {@link #end} and
 * {@link #enforceLimits}. {@link ProcessTree} finds and signals the processes.
 */
final class ProcessRun implements Runner.Running {

  private static final long LONG = 700_000_000; // nanoseconds after which the sampler starts
  private static final long SETTLE = 100; // milliseconds for the trace to see the end
  private static final long LATE = 10_000; // the same, once the tree has been ended
  private static final String BACKGROUND =
      "its processes in the background were ended: it is traced";
  private static final String WANTED =
      "it wanted the terminal: set interactive: true for such a job";
  private static final String NOT_HAD = "it wanted the terminal, which torc does not have itself";
  private static final String UNENDED = "processes of it that are traced cannot be found and ended";

  /** Shared by all attempts; {@code grace} is the default, in nanoseconds, until KILL. */
  record Means(
      Spawn spawn,
      Environment caller,
      long grace,
      Executor threads,
      LimitTimer watch,
      UsageSampler sampler,
      OomKills kills) {}

  private final Launch launch;
  private final Means means;
  final ProcessTree tree;
  final UsageSamples samples;
  private final long begin = System.nanoTime();

  // The fields below are guarded by this.
  private How cause; // why it is being ended; null if it is not
  private String message = "";
  private int signal = Kill.TERM; // the first one to end it
  private boolean running; // whether a process was started
  private long stopped; // when torc stopped it, by System.nanoTime; 0 while it runs
  private long pauses; // total nanoseconds that it was stopped
  private Container.Client client; // of the current or last container; null without one
  private boolean settled; // whether the end is final, so that end() has no effect
  private CompletableFuture<List<Integer>> ending = CompletableFuture.completedFuture(List.of());
  private volatile boolean hurry;

  ProcessRun(Launch launch, Means means) {
    this.launch = launch;
    this.means = means;
    this.tree = new ProcessTree(launch.mark(), !launch.contained(), launch.memoryLimit());
    this.samples = new UsageSamples(tree, launch.memoryLimit(), begin);
  }

  /** Runs the steps; returns when no process of the attempt needs to be waited for. */
  ProcessEnd run() {
    long first = samples.next();
    if (launch.timeLimit() > 0) {
      first = Math.min(first, begin + launch.timeLimit());
    }
    means.watch().add(this, first);
    Usage used = Usage.NOTHING;
    News last = new News(ChildWait.What.EXITED, 0);
    String notStarted = null;
    try {
      int steps = launch.steps().size();
      for (int i = 0; i < steps && notStarted == null && succeeded(last) && isWanted(); i++) {
        Launch.Step step = launch.steps().get(i);
        Container.Client container =
            step.container() == null ? null : step.container().client(step, launch);
        Container.Meaning meaning = Container.Meaning.AS_IT_IS;
        try {
          if (i == 0) {
            OwnFile.prepare(launch.output().log());
          }
          boolean truncate = i == 0 && !launch.output().append();
          do {
            int pid = start(step, container, truncate);
            last = await(pid);
            if (!endedWell(last, i == steps - 1, container != null)) {
              // Until the leader is reaped, no other group can have its number.
              endTree();
            }
            endTraced();
            ChildUse own = tree.reapLeader(i == steps - 1);
            boolean alone = container == null || !step.container().isApart();
            used = alone ? plus(used, own) : Usage.UNKNOWN; // a client's use is not the job's
            if (container != null) {
              meaning = meaning(container, last);
            }
          } while (meaning == Container.Meaning.AGAIN);
        } catch (IOException refused) {
          notStarted = Refusal.line(refused);
          if (i == 0 && !launch.output().append() && !launch.output().interactive()) {
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
      OwnFile.write(launch.output().log(), new byte[0]);
    } catch (IOException e) {
      // The reason for not starting is already reported.
    }
  }

  private static Usage plus(Usage sum, ChildUse step) {
    return sum.user() < 0
        ? sum
        : new Usage(
            sum.user() + step.user(),
            sum.system() + step.system(),
            -1,
            sum.read() + step.read(),
            sum.written() + step.written());
  }

  /** Returns whether a step succeeded; on the host, a failed or the last step settles the end. */
  private synchronized boolean endedWell(News change, boolean last, boolean contained) {
    settled = cause == null && !contained && (last || !succeeded(change));
    return cause == null && succeeded(change);
  }

  private synchronized ProcessEnd ended(News last, String notStarted, Usage used) {
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
    } else if (isKilled(last) && means.kills().takeKill()) {
      how = How.MEMORY;
      code = 0;
      message = ProcessEnd.BY_KERNEL;
    }
    long wall = System.nanoTime() - begin - pauses;
    return new ProcessEnd(how, code, wall, samples.complete(used), message, samples.series(), null);
  }

  /** Returns whether KILL ended the leader, or, by its exit status, a program that it ran. */
  private static boolean isKilled(News change) {
    int killed = change.what() == ChildWait.What.EXITED ? 128 + Kill.KILL : Kill.KILL;
    return change.code() == killed;
  }

  private static boolean succeeded(News change) {
    return change.what() == ChildWait.What.EXITED && change.code() == 0;
  }

  private Container.Meaning meaning(Container.Client container, News last) throws IOException {
    if (!isWanted()) {
      say(container.remove());
      return Container.Meaning.AS_IT_IS;
    }
    Container.Meaning meaning = container.meaning(last);
    if (meaning == Container.Meaning.NOT_STARTED || container.mayLeave(last)) {
      container.remove(); // usually already gone; failures are ignored
    }
    if (meaning == Container.Meaning.MEMORY) {
      synchronized (this) {
        cause = cause == null ? How.MEMORY : cause;
        message = container.message();
      }
    }
    return meaning;
  }

  private synchronized boolean isWanted() {
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
    over.putAll(step.secrets());
    over.putAll(launch.mark());
    Path log = launch.output().interactive() ? null : launch.output().log();
    Spawn.Streams streams = new Spawn.Streams(log, truncate, launch.output().raw());
    EnvironmentEntries env = means.caller().with(over);
    int pid = means.spawn().start(argv, step.dir(), env, streams, launch.trace());
    tree.addLeader(pid);
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

  /** Waits until a process has ended; an interactive one gets the terminal as long as it runs. */
  private News await(int pid) {
    try (Foreground foreground = launch.output().interactive() ? new Foreground(pid) : null) {
      while (true) {
        News change = ChildWait.next(pid);
        if (change.what() != ChildWait.What.STOPPED) {
          return change;
        }
        boolean lent = foreground != null && foreground.isLent();
        if (wantsTerminal(change) && lent) {
          foreground.lend();
        } else if (wantsTerminal(change)) {
          end(How.TERMINAL, foreground == null ? WANTED : NOT_HAD, Kill.KILL);
        } else if (change.code() == Kill.TSTP && lent) {
          pause(true);
          foreground.suspend();
          pause(false);
        } // otherwise a signal stopped it, and another one will continue it
      }
    }
  }

  private static boolean wantsTerminal(News change) {
    return change.code() == Kill.TTIN || change.code() == Kill.TTOU;
  }

  /** Stops its processes or continues them; the time in between does not count. */
  synchronized void pause(boolean stop) {
    if (stop == (stopped != 0)) {
      return;
    }
    long now = System.nanoTime();
    if (stop) {
      stopped = now;
      tree.stop();
    }
    // A container's processes may be another user's and hidden: then its runtime stops them.
    if (running && client != null && launch.contained() && !tree.isMore()) {
      client.pause(stop);
    }
    if (!stop) {
      pauses += now - stopped;
      stopped = 0;
      tree.proceed();
      means.watch().wake(); // its limit is nearer again
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
      tree.signalGroup(Kill.KILL); // the other processes follow within milliseconds
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
      say("processes that cannot be ended: " + stubborn);
    }
  }

  /**
   * Ends processes that outlive the leader of a traced step, whose traced calls would fail after
   * torc's end. Without such processes, the trace is only late.
   */
  private void endTraced() {
    JobTrace trace = launch.trace();
    if (trace == null || trace.isOver(SETTLE)) {
      return;
    }
    boolean background = !tree.living().isEmpty();
    endTree();
    say(trace.isOver(LATE) ? background ? BACKGROUND : "" : UNENDED);
  }

  /** Adds to the message. */
  private synchronized void say(String more) {
    message = (message + " " + more).strip();
  }

  private synchronized long pausedBy(long now) {
    return pauses + (stopped == 0 ? 0 : now - stopped);
  }

  /** Enforces limits and takes a sample if one is due; returns the nanoTime of the next call. */
  long enforceLimits() {
    long now = System.nanoTime();
    long next = now + LimitTimer.IDLE;
    if (launch.timeLimit() > 0) {
      long remaining = begin + launch.timeLimit() - now + pausedBy(now);
      if (remaining <= 0) {
        end(How.TIMEOUT, "", Kill.TERM);
      } else {
        next = Math.min(next, now + remaining);
      }
    }
    boolean sampled = false;
    if (now - begin >= LONG) {
      means.sampler().begin();
      sampled = launch.memoryLimit() == 0 && ProcessTable.present();
    }
    long limit = launch.memoryLimit();
    long above = sampled || now - samples.next() < 0 ? 0 : samples.sample();
    if (above > 0) {
      String used = Amount.size(above, limit) + " of " + Amount.size(limit, limit);
      end(How.MEMORY, "used " + used, Kill.TERM);
    }
    return sampled ? next : Math.min(next, samples.next());
  }

  /** Returns the ids of the attempt's GPUs, separated by commas; empty if it has none. */
  String gpus() {
    return Objects.requireNonNullElse(launch.steps().getLast().env().get("TORC_GPUS"), "");
  }

  /** Returns the job's name; null if this is not a job's attempt. */
  String job() {
    return launch.mark().get("TORC_JOB");
  }
}
