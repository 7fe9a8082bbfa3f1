package dev.torc.front.project;

import dev.torc.base.syntax.UserPaths;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.JobSelection.Rerun;
import dev.torc.core.memory.BuildLock;
import dev.torc.core.memory.Cache.CacheException;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.model.Graph;
import dev.torc.features.pace.Pace;
import java.io.IOException;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Consumer;

/**
 * What a build is asked to do. {@code rerun} applies only to jobs that are targets themselves. A
 * {@code dry} build only returns verdicts and writes nothing. Limits are amounts as written, by
 * resource.
 */
public record BuildRequest(
    JobChoice choice,
    Rerun rerun,
    Manner manner,
    LockTerms lock,
    boolean dry,
    SortedMap<String, String> limits) {

  /**
   * How jobs run: after {@code failures} failures no more jobs start, 0 for any number; {@code
   * submit} ends the build when all ready jobs are submitted, {@code strict} denies traced jobs
   * access to files that they do not need. In a {@code watch}, another build follows a change.
   * {@code raw} is the job whose standard output is that of torc, null for none.
   */
  public record Manner(
      int failures,
      boolean submit,
      boolean trace,
      boolean strict,
      boolean watch,
      Pace pace,
      String raw) {

    public Manner(
        int failures, boolean submit, boolean trace, boolean strict, boolean watch, Pace pace) {
      this(failures, submit, trace, strict, watch, pace, null);
    }

    private Manner raw(String job) {
      return new Manner(failures, submit, trace, strict, watch, pace, job);
    }
  }

  /**
   * Returns when jobs may start, by {@code -l}, {@code --deadline} (both null if not given) and the
   * end of an allocation.
   */
  public static Pace pace(String load, String deadline, Map<String, String> env) {
    return load == null && deadline == null && !Pace.isAllocated(env)
        ? Pace.ANY
        : Pace.of(load, deadline, env, ZonedDateTime.now());
  }

  /** Returns this request without its {@code rerun}: no job runs only because it is named. */
  public BuildRequest again() {
    return with(choice, Rerun.NONE);
  }

  public BuildRequest with(JobChoice other) {
    return with(other, rerun);
  }

  public BuildRequest with(JobChoice other, Rerun forced) {
    return new BuildRequest(other, forced, manner, lock, dry, limits);
  }

  /** Returns this request for a graph, whose build file may say what is built without targets. */
  public BuildRequest of(Graph graph, UserPaths paths) {
    List<String> targets = choice.targets(graph, paths);
    return with(choice, rerun == Rerun.ALL ? rerun : Rerun.of(targets, false));
  }

  /** Returns this request with a job that runs in any case, with the output of torc as its own. */
  public BuildRequest raw(String job) {
    return new BuildRequest(choice, Rerun.ALL, manner.raw(job), lock, dry, limits);
  }

  /** Returns this request as one of a watch. */
  public BuildRequest inWatch() {
    Manner of =
        new Manner(manner.failures, manner.submit, manner.trace, manner.strict, true, manner.pace);
    return new BuildRequest(choice, rerun, of, lock, dry, limits);
  }

  /**
   * How a command takes the build lock.
   *
   * @param trusts whether the caller promises that no other host builds here: then a lock that only
   *     this host sees is enough on a network root
   * @param gone hosts and users; the caller promises that none of their jobs still run
   */
  public record LockTerms(boolean waits, boolean trusts, Set<String> gone) {

    /** The variable that means {@code --trust-lock} for each torc that inherits it. */
    public static final String TRUST = "TORC_TRUST_LOCK";

    /**
     * Takes the build lock, and before it that of the whole if a package is built by itself. If
     * another build has it, waits if {@code waits} is set, and otherwise returns null. Throws
     * {@link CacheException} if only this host would see the lock and the caller does not trust
     * that.
     *
     * @param around the place of the whole; null for none
     * @param what the caller's work, shown by a torc that waits for it
     */
    public BuildLock takeLock(
        Caller caller,
        CachePlace around,
        CachePlace place,
        String build,
        String what,
        Consumer<String> say)
        throws IOException {
      BuildLock.Holder me = new BuildLock.Holder(ProcessHandle.current().pid(), build, what);
      BuildLock outer = around == null ? null : take(caller, around, me, say);
      if (around != null && outer == null) {
        return null;
      }
      BuildLock own = null;
      try {
        own = take(caller, place, me, say);
        return own == null || outer == null ? own : own.within(outer);
      } finally {
        if (own == null && outer != null) {
          outer.close();
        }
      }
    }

    private BuildLock take(
        Caller caller, CachePlace place, BuildLock.Holder me, Consumer<String> say)
        throws IOException {
      var lock = BuildLock.tryAcquire(place, me, trusts);
      if (lock.isPresent()) {
        return lock.get();
      }
      var holder = BuildLock.holder(place);
      Nesting.refuse(caller, place, holder);
      String whom = " (" + holder.map(LockTerms::describe).orElse("another torc") + ")";
      say.accept(
          (waits ? "waiting for another build to end" : "another build is running here") + whom);
      try {
        return waits ? BuildLock.acquire(place, me, trusts) : null;
      } catch (InterruptedException e) {
        throw new IOException("interrupted while waiting for another build", e);
      }
    }

    private static String describe(BuildLock.Holder holder) {
      String where = holder.host().isEmpty() ? "" : " on " + SafeText.name(holder.host());
      return "process " + holder.pid() + where + ", " + holder.what();
    }
  }
}
