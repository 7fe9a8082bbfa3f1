package dev.torc.session;

import dev.torc.cache.Cache;
import dev.torc.report.FreedAnswer;
import dev.torc.results.KeptResults;
import dev.torc.results.StoreContents;
import dev.torc.results.StoreContents.Held;
import dev.torc.workflow.Stores;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Asks to take earlier results away, the least recently used first, and with them what no result
 * has and results whose bytes are nowhere.
 *
 * @param all whether all of them go
 * @param most bytes that may stay; {@link #BOUND} for the bound of the store
 * @param dry whether nothing is taken away
 * @param lock how it takes the build lock
 */
public record PruneRequest(boolean all, long most, boolean dry, LockTerms lock) {

  /** Stands for the bound that the build file says, or the usual one. */
  public static final long BOUND = -1;

  /** Whether it has to know what the build file says. */
  public boolean needsBuildFile() {
    return !all && most == BOUND;
  }

  /**
   * Takes them away; null where another build is at work and it may not wait.
   *
   * @param say takes a line where it has to wait, or may not
   * @param warn takes other lines for people
   */
  public FreedAnswer run(
      Caller caller, ProjectFolder folder, Consumer<String> say, Consumer<String> warn)
      throws IOException {
    StoreUpkeep upkeep = new StoreUpkeep(caller, folder.withoutResults(), say, warn);
    String what = "torc store " + (all ? "--clear" : "--prune");
    return upkeep.run(dry, lock, what, cache -> prune(upkeep, cache));
  }

  private FreedAnswer prune(StoreUpkeep upkeep, Cache cache) throws IOException {
    Project project = upkeep.folder().project();
    long keep = project == null ? Stores.UNSAID : project.workflow().stores().keep();
    KeptResults kept = new KeptResults(cache, keep, false);
    StoreContents before = StoreContents.of(cache);
    List<Held> gone = gone(upkeep, before, kept);
    List<Held> left = new ArrayList<>(before.results());
    left.removeAll(gone);
    if (dry || before.results().isEmpty() && before.sizes().isEmpty()) {
      long stay = before.bytes(left);
      return new FreedAnswer(dry, gone.size(), before.bytes() - stay, left.size(), stay, List.of());
    }
    kept.forget(gone.stream().map(Held::result).toList());
    List<String> stuck = kept.sweep();
    kept.end();
    long stay = kept.size();
    return new FreedAnswer(false, gone.size(), before.bytes() - stay, left.size(), stay, stuck);
  }

  private List<Held> gone(StoreUpkeep upkeep, StoreContents before, KeptResults kept)
      throws IOException {
    if (all) {
      return before.results();
    }
    List<Held> gone = new ArrayList<>();
    for (Held each : before.results()) {
      if (upkeep.isLost(each)) {
        gone.add(each);
      }
    }
    gone.addAll(before.beyond(most == BOUND ? kept.bound() : most, gone));
    return gone;
  }
}
