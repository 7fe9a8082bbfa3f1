package dev.torc.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Globs that jobs produce, with these jobs, kept by the text before their first special character,
 * so that a path or another glob is compared only with the few globs that may fit. Callers decide
 * what follows from a match.
 */
public final class PatternIndex {

  /**
   * A produced glob.
   *
   * @param order counts the globs as they were added
   */
  public record Pattern(Glob glob, int job, Place place, int order) {}

  private final List<Pattern> all = new ArrayList<>();
  private final NavigableMap<String, List<Pattern>> byPrefix = new TreeMap<>();
  private final TreeSet<Integer> lengths = new TreeSet<>();
  private long compared;

  /** Adds a glob of a job, or of another thing that the caller gives a number. */
  public void add(Glob glob, int job, Place place) {
    Pattern pattern = new Pattern(glob, job, place, all.size());
    all.add(pattern);
    byPrefix.computeIfAbsent(glob.literalPrefix(), _ -> new ArrayList<>(1)).add(pattern);
    lengths.add(glob.literalPrefix().length());
  }

  /** Returns another index with the same globs. */
  public PatternIndex copy() {
    PatternIndex copy = new PatternIndex();
    all.forEach(pattern -> copy.add(pattern.glob, pattern.job, pattern.place));
    return copy;
  }

  /** Returns all globs in the order in which they were added. */
  public List<Pattern> all() {
    return all;
  }

  /** Returns how many globs have been compared with a path or another glob. */
  public long compared() {
    return compared;
  }

  /** Returns the first glob that matches a path, null if none does. */
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

  /** Finds the globs that can match what another one matches. */
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
   * Returns the pairs of globs of different jobs that can match one path, each once.
   *
   * @param from the number of first globs of which pairs are left out
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
