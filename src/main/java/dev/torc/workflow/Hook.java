package dev.torc.workflow;

import dev.torc.syntax.Place;
import java.util.List;

/**
 * A command that is run when something happens in a build. The build decides when that is, and what
 * follows from a failure.
 *
 * @param job name of the job or group in question, null where it is the build
 * @param command for the shell
 * @param shell the words before the command
 * @param required whether its failure is one of the build
 */
public record Hook(
    Place place, On on, String job, String command, List<String> shell, boolean required) {

  /** What happens. */
  public enum On {
    /** The first job of the build is about to start. */
    START,
    /** The job, or the first one of the group, is about to start. */
    READY,
    /** The job, or the last one of the group, ended. */
    DONE,
    /** The build, or job, or group, ended well. */
    SUCCESS,
    /** It did not. */
    FAILURE,
    /** The build ends, after all others. */
    FINISH
  }
}
