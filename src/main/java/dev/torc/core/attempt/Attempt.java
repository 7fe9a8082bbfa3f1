package dev.torc.core.attempt;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.text.Refusal;
import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.decide.ProductPlaces;
import dev.torc.core.here.ProcessEnd.How;
import dev.torc.core.memory.Batch;
import dev.torc.core.memory.BuildRecord.BuildId;
import dev.torc.core.memory.Cache.CacheException;
import dev.torc.core.model.Job;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;

/**
 * One attempt at a job: {@link RunAttempt} runs it, {@link RestoreAttempt} restores an earlier
 * result instead. It has its own thread and may wait. It neither changes the state of the build nor
 * writes records; the loop does both, using the {@link AttemptOutcome} that the attempt returns.
 */
public abstract sealed class Attempt permits RunAttempt, RestoreAttempt {

  /**
   * How long files may still be read after a signal, in nanoseconds. When a job that the signal
   * ended is gone, its files may be read for this long again.
   */
  public static final long LOOK = 50_000_000;

  public final AttemptContext common; // id is the job's number in its graph
  public final int id;
  public final Job job;
  public final JobAttempts attempts;
  final ClearedProducts cleared;
  final long started = System.currentTimeMillis();
  private volatile boolean relieved;

  Attempt(AttemptContext common, int id, JobAttempts attempts) {
    this.common = common;
    this.id = id;
    this.job = common.graph().job(id);
    this.attempts = attempts;
    this.cleared = common.removal().clearing();
  }

  /** Runs the attempt. Throws a {@link CacheException} only if the start mark cannot be written. */
  public AttemptOutcome run() {
    AttemptOutcome outcome = outcome();
    if (!outcome.ok() && outcome.ended().how() != How.INTERRUPTED) {
      relieved = cleared.relieve(outcome.what());
    }
    return outcome;
  }

  private AttemptOutcome outcome() {
    try {
      return attempt();
    } catch (BadInput e) {
      return refused(e.diagnostics().getFirst().toString());
    } catch (AttemptFailure e) {
      return failed(e.getMessage(), e.missing);
    } catch (IOException e) {
      return failed(Refusal.line(e), null);
    } catch (UncheckedIOException e) {
      return failed(Refusal.line(e.getCause()), null);
    }
  }

  /** Runs the job or restores its result. */
  abstract AttemptOutcome attempt() throws IOException;

  /** Returns the outcome of an attempt that has not cleared the places of its products. */
  abstract AttemptOutcome refused(String what);

  /**
   * Returns the outcome of a failed attempt; {@code missing} is a product that is missing or null.
   */
  abstract AttemptOutcome failed(String what, String missing);

  /** Returns the outcome if a signal stopped reading, so that the products are unknown. */
  public abstract AttemptOutcome interrupted();

  /** Returns the end of an attempt that a signal or a broken build cuts off. */
  public abstract How cut();

  /** Returns whether the disk was full when the attempt failed, and torc has freed space since. */
  public boolean relieved() {
    return relieved;
  }

  /** Returns whether a scheduler or another machine has it. */
  public boolean isHandedOut() {
    return false;
  }

  /** Ends processes here, from any thread; {@link OtherMachines#end} ends jobs at schedulers. */
  public void end(int signal) {}

  /** Frees disk space if necessary, and has the parts look, about once a second. */
  public void tick() {
    cleared.makeRoom();
  }

  /** Returns the files that the job is known to have written, as named in the build file. */
  public Set<String> wrote() {
    return Set.of();
  }

  /** Adds the records of the attempt's parts to the record of its run. */
  void record(Batch batch, BuildId build) {}

  /** Fails the attempt if the places of its products are taken, by links also since the plan. */
  final void refuseTaken(boolean linked) throws IOException {
    Diagnostic taken = linked ? ProductPlaces.now(common.graph(), common.digests(), id) : null;
    taken = taken == null ? common.plan().taken().of(id) : taken;
    if (taken != null) {
      throw new AttemptFailure(taken.message());
    }
  }

  /** Notes that the records of the attempt are on the disk. */
  public void recorded() {}
}
