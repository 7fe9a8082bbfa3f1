package dev.torc.engine;

import dev.torc.hash.Digest;
import dev.torc.plan.NeedSnapshot;
import java.io.IOException;
import java.util.List;
import java.util.TreeSet;

/**
 * What a job read that a scheduler ran. It may have waited there: a need that was edited before it
 * began was read as it stands now; of one that was edited after that it is not known what was read,
 * and rule 6 counts it as moved.
 *
 * @param snapshot the needs as it read them
 * @param moved those that moved since it began, sorted
 */
record RemoteNeeds(NeedSnapshot snapshot, List<String> moved) {

  /**
   * Looks at the needs when the job has ended.
   *
   * @param before the needs when it was handed out, or when an earlier torc's was asked for
   * @param resumed whether an earlier torc handed it out, so that no look was taken before
   * @param begun when it began, nanoseconds since 1970 by the clock of the root's file system; 0
   *     unknown
   */
  static RemoteNeeds of(
      AttemptContext shared, int id, NeedSnapshot before, boolean resumed, long begun)
      throws IOException {
    before.ended();
    List<String> moved = before.moved();
    if (moved.isEmpty() && !resumed) {
      return new RemoteNeeds(before, moved);
    }
    NeedSnapshot now = shared.contents().snapshot(id);
    if (now.lack() != null || !command(shared, id, now).equals(command(shared, id, before))) {
      return new RemoteNeeds(before, moved);
    }
    now.ended();
    TreeSet<String> late = new TreeSet<>(now.since(begun));
    moved.stream().filter(path -> !now.holds(path)).forEach(late::add);
    return new RemoteNeeds(now, List.copyOf(late));
  }

  private static Digest command(AttemptContext shared, int id, NeedSnapshot snapshot) {
    return shared.decider().describe(id, List.of(), snapshot).command();
  }
}
