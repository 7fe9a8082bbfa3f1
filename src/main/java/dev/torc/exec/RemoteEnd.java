package dev.torc.exec;

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
}
