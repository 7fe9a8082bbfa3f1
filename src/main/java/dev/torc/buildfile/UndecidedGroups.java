package dev.torc.buildfile;

import dev.torc.syntax.BadInput;
import dev.torc.syntax.Place;
import dev.torc.workflow.Job;
import dev.torc.workflow.Ref;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Predicate;

/**
 * Keeps the groups that may make what decides about other groups, and finds out which of them do,
 * once that can be known. The caller decides what follows.
 */
final class UndecidedGroups {

  /** Is told of a group that makes what decides about it, or about one that decides about it. */
  interface Refusal {
    void of(int maker, int reader, BadInput.Diagnostic why);
  }

  /**
   * A group that may make what decides about another one, which asked for it while it was being
   * expanded itself.
   *
   * @param chain the names on the way from the maker to the reader and back
   */
  private record Doubt(int maker, int reader, String chain, Predicate<String> seen, Place place) {
    private String message(List<Unit> units, String path) {
      String name = units.get(maker).name();
      return maker == reader
          ? name + " makes " + path + ", which decides about it"
          : "the groups " + chain + " feed each other; " + name + " makes " + path;
    }
  }

  private final List<Doubt> doubts = new ArrayList<>();

  /**
   * Adds one.
   *
   * @param chain the names on the way from the maker to the reader and back
   * @param seen the paths that decide about the reader
   */
  void add(int maker, int reader, String chain, Predicate<String> seen, Place place) {
    doubts.add(new Doubt(maker, reader, chain, seen, place));
  }

  /** Tells where a doubt proved right, of each maker once. */
  void settle(GroupExpansion expansion, List<Unit> units, Refusal refusal) throws IOException {
    BitSet told = new BitSet();
    for (Doubt doubt : doubts) {
      for (Job job : expansion.jobs(expansion.of(doubt.maker))) {
        for (Ref ref : job.productRefs()) {
          if (ref instanceof Ref.OfFile file
              && doubt.seen.test(file.path())
              && !told.get(doubt.maker)) {
            told.set(doubt.maker);
            refusal.of(
                doubt.maker,
                doubt.reader,
                new BadInput.Diagnostic(doubt.place, doubt.message(units, file.path())));
          }
        }
      }
    }
  }
}
