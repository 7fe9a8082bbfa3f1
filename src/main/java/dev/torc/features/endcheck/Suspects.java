package dev.torc.features.endcheck;

import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.Stamp;
import dev.torc.base.syntax.UserPaths;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.Attempt;
import dev.torc.core.attempt.AttemptOutcome;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.run.BuildState;
import dev.torc.features.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Finds the jobs that ran when a file changed (rule 16), by the times of attempts and files, or by
 * traces. It does not know what changed: {@link EndCheck} and {@link ChangedSources} ask it. Call
 * it only while holding the turn (see {@code LoopLock}).
 */
final class Suspects {

  /** Milliseconds by which the clock of a file system may be behind. */
  private static final long MARGIN = 10;

  private static final int NAMED = 3;

  private final BuildState state;
  private final DigestMemo digests;
  private final long begun = System.currentTimeMillis();
  private final List<Ran> ran = new ArrayList<>();
  private final Map<Integer, Ran> last = new HashMap<>(); // by job

  /**
   * When an attempt ran, in milliseconds since 1970: its processes from {@code from} to {@code
   * over}, and its scan of the products until {@code to}. {@code wrote} has the files that a trace
   * saw it write, rename or link.
   */
  private record Ran(int job, long from, long over, long to, Set<String> wrote) {

    boolean saw(String path) {
      String at = path;
      while (at.length() > 1 && !wrote.contains(at)) {
        at = UserPaths.parent(at);
      }
      return wrote.contains(at);
    }
  }

  /** Job names, and whether traces saw that these jobs changed the file. */
  record Named(List<String> jobs, boolean traced) {

    /** Returns the end of a message: {@code while a, b ran}. */
    String how() {
      String by = SafeText.names(jobs, NAMED);
      return traced ? "by " + by + ", as its trace shows" : "while " + by + " ran";
    }
  }

  Suspects(BuildState state, DigestMemo digests) {
    this.state = state;
    this.digests = digests;
  }

  void noteRun(Attempt attempt, AttemptOutcome outcome) {
    long from = outcome.began();
    long over = from + TimeUnit.NANOSECONDS.toMillis(Math.max(0, outcome.ended().wall()));
    ProcessEnd.How how = outcome.ended().how();
    long to = how == ProcessEnd.How.PASSED_ON ? Long.MAX_VALUE : System.currentTimeMillis();
    Ran now = new Ran(attempt.id, from, over, to, attempt.wrote());
    last.put(attempt.id, now);
    if (!attempt.attempts.isRestored() && how != ProcessEnd.How.NOT_STARTED) {
      ran.add(now);
    }
  }

  /** Returns the jobs that ran or were restored. */
  Set<Integer> jobs() {
    return last.keySet();
  }

  /** Forgets the attempts that have ended: what changes from now on, they did not change. */
  void acquit() {
    ran.removeIf(each -> each.to < Long.MAX_VALUE);
  }

  /**
   * Returns the other jobs that ran when a product of a job was changed or deleted; those that make
   * files in the same folder come first.
   */
  Named of(int job, String path, boolean deleted) {
    Ran own = last.get(job);
    long from = own == null ? begun : own.over;
    long to = Long.MAX_VALUE;
    long at = changedAt(path);
    if (at >= from - MARGIN && at <= System.currentTimeMillis() + MARGIN) { // else clocks differ
      to = at;
      // After a deletion, the time is its folder's, which may have changed again.
      from = deleted ? from : at;
    }
    long begin = from;
    long end = to;
    String folder = UserPaths.parent(path);
    List<Ran> all =
        ran.stream()
            .filter(each -> each.job != job && each.to >= begin && each.from - MARGIN <= end)
            .sorted(Comparator.comparing(each -> !makesIn(each.job, folder)))
            .toList();
    List<Ran> seen = all.stream().filter(each -> each.saw(path)).toList();
    return new Named(names(seen.isEmpty() ? all : seen), !seen.isEmpty());
  }

  /**
   * Returns the only job that ran when a file changed; null if none or several ran, or if that one
   * works elsewhere.
   */
  String only(String path) {
    long at = changedAt(path);
    List<Ran> then =
        ran.stream().filter(each -> each.from - MARGIN <= at && at <= each.to).toList();
    List<String> jobs = names(then);
    return jobs.size() == 1 && reaches(then.getFirst().job, path) ? jobs.getFirst() : null;
  }

  /** Returns whether a file is below a folder in which a job works or makes products. */
  private boolean reaches(int id, String path) {
    Job job = state.graph().job(id);
    Path root = digests.root();
    boolean own = job.extra(Sandbox.KEY) != null;
    return !own
            && job.runs().steps().stream()
                .anyMatch(
                    step -> root.resolve(path).startsWith(root.resolve(step.dir()).normalize()))
        || makesIn(id, UserPaths.parent(path));
  }

  private List<String> names(List<Ran> all) {
    return all.stream().map(each -> state.graph().name(each.job)).distinct().toList();
  }

  /**
   * Returns when a file was changed; for a missing file, when the nearest folder above it was.
   * Milliseconds of the file system's clock; -1 if unknown.
   */
  private long changedAt(String changed) {
    String path = changed;
    try {
      Stamp stamp = digests.linkStamp(path);
      while (!stamp.exists() && !path.isEmpty()) {
        path = UserPaths.parent(path);
        stamp = digests.linkStamp(path.isEmpty() ? "." : path);
      }
      return TimeUnit.NANOSECONDS.toMillis(stamp.ctime());
    } catch (IOException e) {
      return -1;
    }
  }

  private boolean makesIn(int job, String folder) {
    Graph graph = state.graph();
    return IntStream.of(graph.products().row(job))
        .anyMatch(file -> UserPaths.parent(graph.path(file)).equals(folder));
  }
}
