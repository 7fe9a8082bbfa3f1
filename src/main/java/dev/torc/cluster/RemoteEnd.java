package dev.torc.cluster;

import dev.torc.exec.ProcessEnd;
import dev.torc.machine.Usage;
import java.util.List;

/**
 * How an attempt ended that a scheduler ran.
 *
 * @param end as of one that ran here; null where nothing of it is out any more and it is to be
 *     started, as for one that an earlier torc handed out and that never ran or was lost
 * @param status what its script said; null where it said nothing
 * @param places where its scripts left something, the one that ended so last; empty where it never
 *     began
 */
public record RemoteEnd(ProcessEnd end, BatchStatus status, List<RemotePlace> places) {

  /** Nothing of it is out: it is to be started. */
  static RemoteEnd none(List<RemotePlace> places) {
    return new RemoteEnd(null, null, places);
  }

  /** It was ended with all the others. */
  static RemoteEnd interrupted(List<RemotePlace> places) {
    return of(ProcessEnd.How.INTERRUPTED, "", places);
  }

  /** It could not be started, or be known to have ended well. */
  static RemoteEnd failed(String why, List<RemotePlace> places) {
    return of(ProcessEnd.How.NOT_STARTED, why, places);
  }

  /** The same, of one whose script said only where and when it began. */
  RemoteEnd began(Claimant script, long submitted) {
    return new RemoteEnd(
        end.at(new ProcessEnd.Elsewhere(script.host(), submitted, script.time() * 1000, "")),
        status,
        places);
  }

  /** Its script said nothing. */
  public static RemoteEnd of(ProcessEnd.How how, String message, List<RemotePlace> places) {
    return new RemoteEnd(new ProcessEnd(how, 0, 0, Usage.UNKNOWN, message), null, places);
  }
}
