package dev.torc.session;

import java.util.List;
import java.util.SortedMap;

/**
 * What a build is asked to do.
 *
 * @param targets names and files; none for all jobs
 * @param force whether the targets' own jobs run whatever their verdict
 * @param failFast whether nothing new is started after a failure
 * @param submit whether it ends when all is handed out that can be, without waiting for it
 * @param lock how it takes the build lock
 * @param dry whether only the verdicts are wanted: then nothing is written
 * @param limits amounts as written on the command line, by resource
 */
public record BuildRequest(
    List<String> targets,
    boolean force,
    boolean failFast,
    boolean submit,
    LockTerms lock,
    boolean dry,
    SortedMap<String, String> limits) {

  /** The same where nothing runs but what has to. */
  BuildRequest unforced() {
    return new BuildRequest(targets, false, failFast, submit, lock, dry, limits);
  }
}
