package dev.torc.core.attempt;

import dev.torc.base.digests.StopFlag.StoppedException;
import dev.torc.core.decide.NeedSnapshot;
import java.io.IOException;
import java.util.List;
import java.util.TreeSet;

/**
 * The needs that a run found beyond its declared ones (rule 6). They are needs, too, but add no
 * edges. An {@link AttemptPart} finds them.
 *
 * @param moved the found needs that changed since the job started
 * @param lost the names in the depfile, as written, that led nowhere
 * @param read the other files that a trace saw it read, if traced files are not needs of this job
 * @param rewritten all needs that the job itself changed, which count with the bytes that it left
 */
public record FoundNeeds(
    TreeSet<String> found,
    TreeSet<String> moved,
    TreeSet<String> lost,
    TreeSet<String> read,
    TreeSet<String> rewritten) {

  public static FoundNeeds none() {
    return new FoundNeeds(
        new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
  }

  public void add(FoundNeeds other) {
    found.addAll(other.found);
    moved.addAll(other.moved);
    lost.addAll(other.lost);
    read.addAll(other.read);
    rewritten.addAll(other.rewritten);
  }

  /**
   * Adds the found needs of the last run to a failed run without any, so that the record shows a
   * change of one of them. Adds none if one cannot be read.
   */
  void addEarlier(List<String> earlier, NeedSnapshot snapshot) {
    try {
      for (String path : earlier) {
        if (!snapshot.declares(path)) {
          snapshot.add(path);
        }
      }
      found.addAll(earlier);
    } catch (IOException | StoppedException e) {
      return; // then only the declared needs tell
    }
  }
}
