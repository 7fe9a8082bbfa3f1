package dev.torc.front.buildfile;

import static java.util.stream.Collectors.toList;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.text.SafeText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Decides about files on disk that match a product pattern of the very group that could use them as
 * sources, or of a group that follows from it. Such a file is a source if no instance makes it.
 * Only instances tell what they make, so the groups are expanded repeatedly: first without the
 * doubtful files, then with those that no instance has made so far. {@link GroupExpansion} runs the
 * expansions.
 */
final class DoubtfulSources {

  private enum State {
    WITHHELD,
    ON_TRIAL,
    COUNTS,
    MADE
  }

  /** A doubtful file of a group; the units in {@code makers} may make it. */
  private static final class Doubt {
    private final int unit;
    private final String path;
    private final TreeSet<Integer> makers = new TreeSet<>();
    private State state = State.WITHHELD;
    private String maker; // a job that makes it in the current expansion, or null

    Doubt(int unit, String path) {
      this.unit = unit;
      this.path = path;
    }
  }

  private final SortedMap<Integer, SortedMap<String, Doubt>> doubts = new TreeMap<>();
  private final List<BadInput.Diagnostic> cycles = new ArrayList<>(0);

  void clear() {
    doubts.clear();
    cycles.clear();
  }

  /**
   * Returns whether a file counts as a source of a group in this expansion, although {@code maker}
   * may make it.
   */
  boolean counts(int group, String path, int maker) {
    Doubt doubt =
        doubts
            .computeIfAbsent(group, _ -> new TreeMap<>())
            .computeIfAbsent(path, _ -> new Doubt(group, path));
    doubt.makers.add(maker);
    return doubt.state == State.ON_TRIAL || doubt.state == State.COUNTS;
  }

  /** Returns the errors about instances that would make each other's files. */
  List<BadInput.Diagnostic> cycles() {
    return cycles;
  }

  /** Decides the doubts after an expansion; returns whether another expansion is needed. */
  boolean decide(OtherUnits units) throws IOException {
    List<Doubt> trial = in(State.ON_TRIAL);
    List<Doubt> asked = trial.isEmpty() ? in(State.WITHHELD) : trial;
    Map<Integer, Map<String, String>> files = new HashMap<>();
    for (Doubt doubt : asked) {
      doubt.maker = null;
      for (int maker : doubt.makers) {
        if (!files.containsKey(maker)) {
          files.put(maker, files(units.makes(maker)));
        }
        String job = files.get(maker).get(doubt.path);
        doubt.maker = job == null ? doubt.maker : job;
        for (Makes makes : units.makes(maker)) {
          if (!makes.patterns().isEmpty() && makes.has(doubt.path)) {
            doubt.maker = makes.job();
          }
        }
      }
    }
    List<Doubt> made = asked.stream().filter(doubt -> doubt.maker != null).toList();
    if (made.size() == asked.size() && !trial.isEmpty()) {
      made.stream()
          .collect(Collectors.groupingBy(doubt -> doubt.unit, TreeMap::new, toList()))
          .forEach((group, its) -> refuse((Unit.Many) units.unit(group), its));
    }
    boolean decided = trial.isEmpty() || made.size() == asked.size();
    for (Doubt doubt : asked) {
      doubt.state =
          doubt.maker == null
              ? trial.isEmpty() ? State.ON_TRIAL : State.COUNTS
              : decided ? State.MADE : State.WITHHELD;
    }
    return trial.isEmpty() ? made.size() < asked.size() : !made.isEmpty();
  }

  private List<Doubt> in(State state) {
    return doubts.values().stream()
        .flatMap(each -> each.values().stream())
        .filter(doubt -> doubt.state == state)
        .toList();
  }

  private static Map<String, String> files(List<Makes> jobs) {
    Map<String, String> files = new HashMap<>();
    jobs.forEach(job -> job.files().forEach(path -> files.putIfAbsent(path, job.job())));
    return files;
  }

  private void refuse(Unit.Many group, List<Doubt> made) {
    List<String> some = made.stream().map(doubt -> doubt.maker + " makes " + doubt.path).toList();
    cycles.add(
        new BadInput.Diagnostic(
            group.entry().place(),
            "instances of %s would make the files that give them: %s; choose other names for the products"
                .formatted(group.name(), SafeText.names(some, 2))));
  }
}
