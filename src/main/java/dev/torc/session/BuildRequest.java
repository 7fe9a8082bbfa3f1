package dev.torc.session;

import dev.torc.plan.JobSelection.Rerun;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/**
 * What a build is asked to do.
 *
 * @param targets names and files; none for all jobs
 * @param rerun which of the targets' own jobs run whatever their verdict
 * @param failFast whether nothing new is started after a failure
 * @param submit whether it ends when all is handed out that can be, without waiting for it
 * @param lock how it takes the build lock
 * @param dry whether only the verdicts are wanted: then nothing is written
 * @param trace whether all jobs that run are traced
 * @param strict whether what they do not need is refused to them
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

  /** The same where nothing runs for being named. */
  BuildRequest again() {
    return new BuildRequest(
        targets, Rerun.NONE, failFast, submit, lock, dry, trace, strict, limits);
  }

  /**
   * On what terms a command takes the build lock, and what an earlier build left there.
   *
   * @param waits whether it waits while another build has it
   * @param trusts whether the caller says that no other host builds here, so that on a shared root
   *     locks will do which only this host sees
   * @param gone names of hosts and users of which the caller says that nothing of theirs runs
   */
  public record LockTerms(boolean waits, boolean trusts, Set<String> gone) {

    /** The variable that says the same as {@code --trust-lock}, for all that is called. */
    public static final String TRUST = "TORC_TRUST_LOCK";
  }
}
