package dev.torc.core.run;

import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.ParallelShares;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.digests.StopFlag.StoppedException;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.JobRecords;
import dev.torc.core.decide.JobSelection.UserPaths;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.memory.Batch;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job.Trait;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Applies rule 16: when the jobs of a build have ended, checks the products of all selected jobs
 * that are done once more. If a product was changed or deleted, its job is recorded as not done,
 * and the jobs that ran at that time are suspects. For fresh jobs, only products with a different
 * stamp are checked, so an edit of a large project costs one {@code stat} for each product. Call it
 * only while holding the turn (see {@link LoopLock}).
 */
final class EndCheck {

  /** Milliseconds by which the clock of a file system may be behind. */
  private static final long MARGIN = 10;

  private static final int NAMED = 3; // suspects

  private final BuildSetup setup;
  private final BuildState state;
  private final long begun = System.currentTimeMillis();
  private final List<Ran> ran = new ArrayList<>();
  private final Map<Integer, Ran> last = new HashMap<>(); // by job

  /**
   * When an attempt ran, in milliseconds since 1970: its processes from {@code from} to {@code
   * over}, and its scan of the products until {@code to}. {@code wrote} has the files that a trace
   * saw it write, rename or link.
   */
  private record Ran(int job, long from, long over, long to, Set<String> wrote) {}

  /** A product, or a member of one, that is not as recorded: deleted or changed. */
  private record Changed(String path, Kind how) {}

  /** A job that is not done, and why; {@code blames} if another job ran at that time. */
  record Undone(int job, String what, boolean blames) {

    /** Returns the message, with its remedy. */
    String line() {
      return blames
          ? what + "; put both commands into one job (tasks), or write to another file"
          : what + "; the job runs again next time";
    }
  }

  EndCheck(BuildSetup setup, BuildState state) {
    this.setup = setup;
    this.state = state;
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

  /** Finds, records and reports the jobs that are not done; returns whether the build fails. */
  boolean fails(EventSender sender) {
    List<Undone> undone = last.isEmpty() ? List.of() : find();
    Graph graph = state.graph();
    boolean fails = false;
    for (Undone each : undone) {
      record(each);
      if (each.blames) {
        state.states.set(each.job, JobState.FAILED);
        fails |= !graph.job(each.job).has(Trait.ALLOW_FAILURE);
      }
    }
    sender.undone(graph, undone);
    ran.removeIf(each -> each.to < Long.MAX_VALUE); // an ended attempt changes nothing after this
    return fails;
  }

  private List<Undone> find() {
    List<Undone> undone = new ArrayList<>();
    JobRecords records = state.context().records();
    int[] jobs = concerned().stream().filter(records::isSettled).toArray();
    List<List<Changed>> found = new ArrayList<>(Collections.nCopies(jobs.length, List.of()));
    try {
      ParallelShares.each(jobs.length, i -> found.set(i, changed(jobs[i])));
      for (int i = 0; i < jobs.length; i++) {
        if (!found.get(i).isEmpty()) {
          undone.add(undone(jobs[i], found.get(i)));
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e); // none is thrown
    } catch (StoppedException e) {
      return List.of(); // a signal came: the next build checks everything
    }
    return undone;
  }

  /** Returns the selected jobs; of fresh ones, only those with a product of another stamp. */
  private BitSet concerned() {
    BitSet jobs = (BitSet) state.context().selection().jobs().clone();
    BitSet fresh = (BitSet) setup.plan().selected().clone();
    fresh.andNot(setup.plan().decided());
    last.keySet().forEach(fresh::clear);
    jobs.andNot(fresh);
    jobs.or(setup.planned().moved().apply(fresh));
    return jobs;
  }

  private List<Changed> changed(int job) {
    JobResult result = state.context().records().result(job);
    List<Changed> changed = new ArrayList<>(0);
    for (RecordedProduct made : result == null ? List.<RecordedProduct>of() : result.products()) {
      try {
        if (made.kind() == FileKind.FOLDER) {
          folder(job, made, changed);
        } else {
          KnownDigest before = digests().last(made.path());
          KnownDigest now = digests().of(made.path());
          if (!made.digest().equals(now.product()) && !isSpent(job, before)) {
            changed.add(new Changed(made.path(), how(now.stamp())));
          }
        }
      } catch (IOException e) {
        continue; // unreadable, so not known to be changed; the next build decides
      }
    }
    return changed;
  }

  /** Adds the lost and changed members of a folder; new members are allowed. */
  private void folder(int job, RecordedProduct made, List<Changed> changed) throws IOException {
    KnownDigest before = digests().last(made.path());
    List<Reason> members = state.context().contents().changes(made);
    Stamp stamp = digests().of(made.path()).stamp();
    if (stamp.exists() ? isBare(job, made) : isSpent(job, before)) {
      return;
    } else if (members == null || !stamp.exists()) {
      changed.add(new Changed(made.path(), how(stamp)));
      return;
    }
    members.stream()
        .filter(member -> member.kind() != Kind.MEMBER_ADDED)
        .forEach(member -> changed.add(new Changed(member.name(), member.kind())));
  }

  /** Returns whether a folder, which torc may have removed, has only excluded files left. */
  private boolean isBare(int job, RecordedProduct made) throws IOException {
    return state.graph().deletes(job) && digests().isBare(made.path());
  }

  /** Returns whether torc removed a product: it was missing when this build last read it. */
  private boolean isSpent(int job, KnownDigest before) {
    boolean temporary = state.graph().isTemporary(job);
    return temporary && before != null && !before.stamp().exists();
  }

  private static Kind how(Stamp now) {
    return now.exists() ? Kind.MEMBER_CHANGED : Kind.MEMBER_DELETED;
  }

  private DigestMemo digests() {
    return setup.common().digests();
  }

  private Undone undone(int job, List<Changed> changed) {
    Graph graph = state.graph();
    Changed first = changed.getFirst();
    List<Ran> suspects = suspects(job, first);
    List<Ran> seen = suspects.stream().filter(each -> wrote(each, first.path)).toList();
    List<String> names =
        (seen.isEmpty() ? suspects : seen)
            .stream().map(each -> graph.name(each.job)).distinct().toList();
    String what =
        "product %s of %s%s was %s"
            .formatted(
                SafeText.name(first.path),
                SafeText.name(graph.name(job)),
                changed.size() == 1 ? "" : " (and " + (changed.size() - 1) + " more)",
                first.how == Kind.MEMBER_DELETED ? "deleted" : "changed");
    if (names.isEmpty()) {
      return new Undone(job, what + " while no job ran", false);
    }
    String by = SafeText.names(names, NAMED);
    String how = seen.isEmpty() ? " while " + by + " ran" : " by " + by + ", as its trace shows";
    return new Undone(job, what + how, true);
  }

  /**
   * Returns the attempts that ran when a product was changed; those whose jobs make files in the
   * same folder come first.
   */
  private List<Ran> suspects(int job, Changed changed) {
    Ran own = last.get(job);
    long from = own == null ? begun : own.over;
    long to = Long.MAX_VALUE;
    long at = changedAt(changed);
    if (at >= from - MARGIN && at <= System.currentTimeMillis() + MARGIN) { // else clocks differ
      to = at;
      // After a deletion, the time is its folder's, which may have changed again.
      from = changed.how == Kind.MEMBER_DELETED ? from : at;
    }
    long begin = from;
    long end = to;
    String folder = UserPaths.parent(changed.path);
    return ran.stream()
        .filter(each -> each.job != job && each.to >= begin && each.from - MARGIN <= end)
        .sorted(Comparator.comparing(each -> !makesIn(each.job, folder)))
        .toList();
  }

  /**
   * Returns when a product was changed, or if it is missing, when the nearest folder above it was;
   * in milliseconds of the file system's clock, or -1 if that is unknown.
   */
  private long changedAt(Changed changed) {
    String path = changed.path;
    try {
      Stamp stamp = digests().linkStamp(path);
      while (!stamp.exists() && !path.isEmpty()) {
        path = UserPaths.parent(path);
        stamp = digests().linkStamp(path.isEmpty() ? "." : path);
      }
      return TimeUnit.NANOSECONDS.toMillis(stamp.ctime());
    } catch (IOException e) {
      return -1;
    }
  }

  private boolean makesIn(int job, String folder) {
    Graph graph = state.graph();
    for (int file : graph.products().row(job)) {
      if (UserPaths.parent(graph.path(file)).equals(folder)) {
        return true;
      }
    }
    return false;
  }

  private static boolean wrote(Ran each, String path) {
    String at = path;
    while (at.length() > 1 && !each.wrote.contains(at)) {
      at = UserPaths.parent(at);
    }
    return each.wrote.contains(at);
  }

  private void record(Undone undone) {
    JobRecords records = state.context().records();
    String name = state.graph().name(undone.job);
    JobResult result = records.result(undone.job).undone();
    setup
        .common()
        .cache()
        .put(new Batch().result(name, result, records.details(name).undone(undone.what)));
    records.replace(undone.job, result);
    records.drop(undone.job);
  }
}
