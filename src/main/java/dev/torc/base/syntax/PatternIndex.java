package dev.torc.base.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The globs that jobs produce, indexed by their literal prefixes, so that a path or another glob is
 * compared only with the few that may match. Callers decide what a match means.
 */
public final class PatternIndex {

  /** A produced glob. {@code order} numbers the globs as they were added. */
  public record Pattern(Glob glob, int job, Place place, int order) {}

  private final List<Pattern> all = new ArrayList<>();
  private final NavigableMap<String, List<Pattern>> byPrefix = new TreeMap<>();
  private final TreeSet<Integer> lengths = new TreeSet<>();
  private long compared;

  /** Adds a glob of a job, or of anything else that the caller identifies by a number. */
  public void add(Glob glob, int job, Place place) {
    Pattern pattern = new Pattern(glob, job, place, all.size());
    all.add(pattern);
    byPrefix.computeIfAbsent(glob.literalPrefix(), _ -> new ArrayList<>(1)).add(pattern);
    lengths.add(glob.literalPrefix().length());
  }

  public PatternIndex copy() {
    PatternIndex copy = new PatternIndex();
    all.forEach(pattern -> copy.add(pattern.glob, pattern.job, pattern.place));
    return copy;
  }

  public List<Pattern> all() {
    return all;
  }

  /** Returns how many comparisons were made, for tests of cost. */
  public long compared() {
    return compared;
  }

  /** Returns the first added glob that matches a path; null if none does. */
  public Pattern matching(String path) {
    if (all.isEmpty()) {
      return null;
    }
    Pattern first = null;
    for (int length : lengths) {
      if (length > path.length()) {
        break;
      }
      for (Pattern pattern : byPrefix.getOrDefault(path.substring(0, length), List.of())) {
        compared++;
        if ((first == null || pattern.order < first.order) && pattern.glob.matches(path)) {
          first = pattern;
        }
      }
    }
    return first;
  }

  /** Passes each glob to {@code found} that can match a path that {@code glob} matches. */
  public void overlapping(Glob glob, Consumer<Pattern> found) {
    String prefix = glob.literalPrefix();
    for (int length : lengths.headSet(prefix.length())) {
      compare(byPrefix.getOrDefault(prefix.substring(0, length), List.of()), glob, found);
    }
    byPrefix
        .subMap(prefix, true, prefix + Character.MAX_VALUE, false)
        .values()
        .forEach(patterns -> compare(patterns, glob, found));
  }

  /**
   * Returns each pair of globs of different jobs that clash, once. Pairs among the first {@code
   * from} globs are omitted.
   */
  public List<Pattern[]> clashes(int from) {
    List<Pattern[]> clashes = new ArrayList<>();
    for (Pattern pattern : all.subList(from, all.size())) {
      overlapping(
          pattern.glob,
          other -> {
            if (other.job != pattern.job
                && other.order < pattern.order
                && other.glob.clashes(pattern.glob)) {
              clashes.add(new Pattern[] {other, pattern});
            }
          });
    }
    return clashes;
  }

  private void compare(List<Pattern> patterns, Glob glob, Consumer<Pattern> found) {
    for (Pattern pattern : patterns) {
      compared++;
      if (pattern.glob.overlaps(glob)) {
        found.accept(pattern);
      }
    }
  }
}
