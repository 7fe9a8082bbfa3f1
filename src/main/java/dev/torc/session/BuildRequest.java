package dev.torc.session;

import dev.torc.plan.JobSelection.Rerun;
import dev.torc.records.BuildLock;
import dev.torc.records.Cache.CacheException;
import dev.torc.records.CachePlace;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Consumer;

/**
 * What a build is asked to do, and on what terms a command takes the build lock.
 *
 * @param targets names and files; none for all jobs
 * @param rerun which of the targets' own jobs run whatever their verdict
 * @param failFast whether nothing new is started after a failure
 * @param submit whether it ends when all ready jobs are submitted, without waiting for them
 * @param lock how it takes the build lock
 * @param dry whether only the verdicts are wanted: then nothing is written
 * @param trace whether all jobs that run are traced
 * @param strict whether these jobs are refused files that they do not need
 * @param limits amounts as written on the command line, by resource
 */
public record BuildRequest(
    List<String> targets,
    Rerun rerun,
    boolean failFast,
    boolean submit,
    LockTerms lock,
    boolean dry,
    boolean trace,
    boolean strict,
    SortedMap<String, String> limits) {

  /** Returns this request, but no job runs because it is named. */
  BuildRequest again() {
    return new BuildRequest(
        targets, Rerun.NONE, failFast, submit, lock, dry, trace, strict, limits);
  }

  /**
   * How a command takes the build lock, and which hosts and users it takes as gone.
   *
   * @param waits whether it waits while another build has it
   * @param trusts whether the caller says that no other host builds here: then on a network root
   *     locks are enough that only this host sees
   * @param gone names of hosts and users: the caller says that nothing of theirs runs any more
   */
  public record LockTerms(boolean waits, boolean trusts, Set<String> gone) {

    /** The variable that means {@code --trust-lock} for each torc that inherits it. */
    public static final String TRUST = "TORC_TRUST_LOCK";

    /**
     * Takes the build lock, waiting if it may; null where another build has it and it may not.
     * Throws {@link CacheException} where only this host would see it, and that is not trusted.
     *
     * @param what the caller does, for a torc that waits for it
     * @param say takes a line where the caller has to wait, or may not
     */
    public BuildLock take(
        Caller caller, CachePlace place, String build, String what, Consumer<String> say)
        throws IOException {
      BuildLock.Holder me = new BuildLock.Holder(ProcessHandle.current().pid(), build, what);
      var lock = BuildLock.tryAcquire(place, me, trusts);
      if (lock.isPresent()) {
        return lock.get();
      }
      var holder = BuildLock.holder(place);
      Nesting.refuse(caller, place, holder);
      String whom = " (" + holder.map(LockTerms::told).orElse("another torc") + ")";
      say.accept(
          (waits ? "waiting for another build to end" : "another build is running here") + whom);
      try {
        return waits ? BuildLock.acquire(place, me, trusts) : null;
      } catch (InterruptedException e) {
        throw new IOException("interrupted while waiting for another build", e);
      }
    }

    private static String told(BuildLock.Holder holder) {
      String where = holder.host().isEmpty() ? "" : " on " + SafeText.name(holder.host());
      return "process " + holder.pid() + where + ", " + holder.what();
    }
  }
}
