package dev.torc.features.endcheck;

import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.ParallelShares;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.digests.StopFlag.StoppedException;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.Attempt;
import dev.torc.core.attempt.AttemptOutcome;
import dev.torc.core.attempt.BuildSetup;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import dev.torc.core.decide.JobRecords;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.memory.Batch;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.Extra;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.run.BuildEnd;
import dev.torc.core.run.BuildListener;
import dev.torc.core.run.BuildState;
import dev.torc.core.run.EventSender;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;

/**
 * Applies rule 16: when the jobs of a build have ended, checks the products of all selected jobs
 * that are done once more. If a product was changed or deleted, its job is recorded as not done,
 * and the jobs that ran at that time are {@link Suspects}. {@link ChangedSources} looks at the
 * needs of these jobs. For fresh jobs, only files with a different stamp are checked, so an edit of
 * a large project costs one {@code stat} for each file. Call it only while holding the turn (see
 * {@code LoopLock}).
 */
public final class EndCheck implements BuildListener, BuildEnd {

  private final BuildSetup setup;
  private final BuildState state;
  private final EventSender sender;
  private final Suspects suspects;
  private final ChangedSources sources;

  /** A product, or a member of one, that is not as recorded: deleted, changed or added. */
  private record Changed(String path, Kind how) {}

  public EndCheck(BuildSetup setup, BuildState state, EventSender sender) {
    this.setup = setup;
    this.state = state;
    this.sender = sender;
    this.suspects = new Suspects(state, setup.common().digests());
    this.sources = new ChangedSources(suspects);
  }

  /** A job whose product was changed after its end; {@code blames} if another job ran then. */
  private record Undone(int job, String what, boolean blames) {

    /** Returns the message, with its remedy. */
    String line() {
      return blames
          ? what + "; put both commands into one job (tasks), or write to another file"
          : what + "; the job runs again next time";
    }
  }

  @Override
  public void noteRun(Attempt attempt, AttemptOutcome outcome) {
    suspects.noteRun(attempt, outcome);
  }

  /** Looks again if there were hooks, which may change products too. */
  @Override
  public boolean finishAgain(int exit) {
    return !state.graph().workflow().settings().hooks().isEmpty() && finish(exit);
  }

  /** Finds, records and reports the jobs that are not done; returns whether the build fails. */
  @Override
  public boolean finish(int exit) {
    if (exit > 1 || suspects.jobs().isEmpty()) { // after a signal the next build checks them
      return false;
    }
    JobRecords records = state.context().records();
    int[] jobs = concerned().stream().filter(records::isSettled).toArray();
    List<String> added = new ArrayList<>(0);
    List<Undone> undone = find(jobs, added);
    Graph graph = state.graph();
    boolean fails = false;
    for (Undone each : undone) {
      record(each);
      if (each.blames()) {
        state.undo(each.job());
        fails |= !graph.job(each.job()).has(Trait.ALLOW_FAILURE);
      }
    }
    report(graph, undone);
    sender.warn(added, "", "folder products with added files", "");
    if (!setup.wishes().watch()) { // there the next round is the answer
      List<String> changed = sources.warnings(state.context(), jobs);
      sender.warn(changed, "", "sources that changed during the build", "");
    }
    suspects.acquit();
    return fails;
  }

  /** Reports jobs as failures, or with warnings if no other job ran at that time. */
  private void report(Graph graph, List<Undone> jobs) {
    List<String> warnings = new ArrayList<>(0);
    for (Undone each : jobs) {
      if (each.blames()) {
        boolean allowed = graph.job(each.job()).has(Trait.ALLOW_FAILURE);
        Event.Details details = EventSender.details(each.line(), null, List.of(), allowed);
        sender.tell(new Event.JobUndone(graph.name(each.job()), details));
      } else {
        warnings.add(each.line());
      }
    }
    sender.warn(warnings, "", "jobs that lost a product", "");
  }

  /** Returns the jobs that are not done. Adds warnings about members added to folder products. */
  private List<Undone> find(int[] jobs, List<String> warnings) {
    List<Undone> undone = new ArrayList<>();
    List<List<Changed>> found = new ArrayList<>(Collections.nCopies(jobs.length, List.of()));
    try {
      ParallelShares.each(jobs.length, i -> found.set(i, changed(jobs[i])));
      for (int i = 0; i < jobs.length; i++) {
        List<Changed> added = new ArrayList<>(found.get(i));
        found.get(i).removeIf(each -> each.how == Kind.MEMBER_ADDED);
        if (!found.get(i).isEmpty()) {
          undone.add(undone(jobs[i], found.get(i)));
        } else if (!added.isEmpty()) {
          String warning = added(jobs[i], added);
          warnings.addAll(warning == null ? List.of() : List.of(warning));
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e); // none is thrown
    } catch (StoppedException e) {
      return List.of(); // a signal came: the next build checks everything
    }
    return undone;
  }

  /**
   * Returns the selected jobs, without skipped ones, and without fresh ones whose products have
   * their old stamps.
   */
  private BitSet concerned() {
    BitSet jobs = (BitSet) state.context().selection().jobs().clone();
    BitSet fresh = (BitSet) setup.plan().selected().clone();
    fresh.andNot(setup.plan().decided());
    suspects.jobs().forEach(fresh::clear);
    jobs.andNot(fresh);
    jobs.or(setup.planned().moved().apply(fresh));
    state.jobsIn(JobState.SKIPPED).forEach(jobs::clear);
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

  /** Adds the lost, changed and new members of a folder. */
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
    members.forEach(member -> changed.add(new Changed(member.name(), member.kind())));
  }

  /** Returns whether torc may have removed a folder product except for its excluded files. */
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
    Changed first = changed.getFirst();
    Suspects.Named by = suspects.of(job, first.path, first.how == Kind.MEMBER_DELETED);
    String path = SafeText.name(first.path);
    String how = first.how == Kind.MEMBER_DELETED ? "deleted" : "changed";
    String what = "product %s of %s%s was %s".formatted(path, name(job), more(changed), how);
    return by.jobs().isEmpty()
        ? new Undone(job, what + " while no job ran", false)
        : new Undone(job, what + " " + by.how(), true);
  }

  /**
   * Returns the warning about members that other jobs added to a folder product; null if no job ran
   * at that time. The next build runs the folder's job again, and sets these members aside.
   */
  private String added(int job, List<Changed> added) {
    Changed last = added.getLast(); // a file, if its folder was added too
    Suspects.Named by = suspects.of(job, last.path, false);
    if (by.jobs().isEmpty()) {
      return null;
    }
    String line =
        "%s%s was added to a folder product of %s %s; make it in %3$s, or let %3$s produce its"
            + " files by name or glob, so that %5$s can declare its own";
    String path = SafeText.name(last.path);
    String other = SafeText.name(by.jobs().getFirst());
    return line.formatted(path, more(added), name(job), by.how(), other);
  }

  private static String more(List<Changed> all) {
    return all.size() == 1 ? "" : " (and " + (all.size() - 1) + " more)";
  }

  private String name(int job) {
    return SafeText.name(state.graph().name(job));
  }

  private void record(Undone undone) {
    JobRecords records = state.context().records();
    String name = state.graph().name(undone.job());
    if (state.graph().having(Extra.STAYS).get(undone.job())) {
      records.drop(undone.job()); // its record stays: it is not what the job left
      return;
    }
    JobResult result = records.result(undone.job()).undone();
    Batch batch = new Batch().result(name, result, records.details(name).undone(undone.what()));
    setup.common().cache().put(batch);
    records.replace(undone.job(), result);
    records.drop(undone.job());
  }
}
