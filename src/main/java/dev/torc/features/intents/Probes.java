package dev.torc.features.intents;

import dev.torc.base.posix.Kill;
import dev.torc.base.syntax.BadInput;
import dev.torc.core.attempt.AttemptOutcome;
import dev.torc.core.attempt.LaunchBuilder;
import dev.torc.core.decide.Condition;
import dev.torc.core.decide.NeedContents;
import dev.torc.core.decide.NeedFiles;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.decide.Verdict;
import dev.torc.core.decide.Verdict.Rest;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.here.Runner;
import dev.torc.core.memory.JobResult;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * {@code probe}: a command that checks an outcome other than a file, such as an image in a
 * registry. A job that would be up to date runs if its probe fails. A build runs the probes before
 * the verdicts; a command that only answers runs them if {@code --probe} is given.
 */
public final class Probes implements Condition {

  /** The key; its value is the command. */
  public static final String KEY = "probe";

  private static final long LIMIT = TimeUnit.SECONDS.toNanos(10);

  private final Set<Runner.Running> running = ConcurrentHashMap.newKeySet();
  private Map<String, String> failed; // how each failed, by job; null before they have run
  private volatile int ended; // the signal that ended the probes; 0 for none

  /**
   * Runs the probes of the selected jobs whose last run was good, on this machine.
   *
   * @param most how many run at once
   */
  public void run(PlanContext context, LaunchBuilder launches, Runner runner, int most)
      throws IOException {
    BitSet jobs = (BitSet) context.graph().having(KEY).clone();
    jobs.and(context.selection().jobs());
    for (int j = jobs.nextSetBit(0); j >= 0; j = jobs.nextSetBit(j + 1)) {
      JobResult last = context.records().result(j);
      jobs.set(j, last != null && last.outcome().isGood());
    }
    failed = run(context, jobs, launches, runner, most);
  }

  /** Ends the probes, and at a second call kills them. No more begin. */
  public void end(int signal) {
    int by = ended != 0 ? Kill.KILL : signal == Kill.INT ? signal : Kill.TERM;
    ended = signal;
    running.forEach(each -> each.end(by));
  }

  /** Returns the signal that ended the probes; 0 for none. */
  public int ended() {
    return ended;
  }

  Map<String, String> run(
      PlanContext context, BitSet jobs, LaunchBuilder launches, Runner runner, int most)
      throws IOException {
    Map<String, String> failed = new ConcurrentHashMap<>();
    Semaphore turns = new Semaphore(most);
    NeedContents names = context.contents().unread();
    Graph graph = context.graph();
    for (int j = jobs.nextSetBit(0); j >= 0 && ended == 0; j = jobs.nextSetBit(j + 1)) {
      String job = graph.name(j);
      turns.acquireUninterruptibly();
      try {
        Launch launch = launch(launches, graph, j, names.filesOf(j));
        running.add(
            runner.start(
                launch,
                end -> {
                  if (!end.ok()) {
                    failed.put(job, how(end));
                  }
                  launch.output().log().toFile().delete();
                  turns.release();
                }));
        if (ended != 0) { // the signal came before the probe was among the others
          end(ended);
        }
      } catch (BadInput e) {
        failed.put(job, e.getMessage());
        turns.release();
      }
    }
    turns.acquireUninterruptibly(most);
    return failed;
  }

  private static Launch launch(LaunchBuilder launches, Graph graph, int job, NeedFiles needs)
      throws IOException {
    return launches.beside(graph, job, KEY, graph.job(job).extra(KEY), needs, LIMIT);
  }

  private static String how(ProcessEnd end) {
    return end.how() == ProcessEnd.How.EXITED ? "" : AttemptOutcome.phrase(end, LIMIT, 0);
  }

  @Override
  public boolean restsOnFiles(Job job) {
    return false;
  }

  @Override
  public void addReasons(Subject asked, List<Reason> reasons) {
    String how = failed == null ? null : failed.get(asked.job().name());
    if (how != null && asked.last() != null && asked.last().outcome().isGood()) {
      reasons.add(new Reason(Kind.PROBE_FAILED, "", "", how));
    }
  }

  @Override
  public Verdict verdict(Subject asked, Verdict known) {
    return failed == null && known instanceof Verdict.UpToDate at && at.rest() == Rest.CURRENT
        ? new Verdict.UpToDate(Rest.NOT_PROBED, List.of())
        : known;
  }
}
