package dev.torc.front.page;

import dev.torc.front.project.DisplayGraph;
import dev.torc.front.project.DisplayGraph.Fold;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Joins many single jobs of a stage whose names begin alike ({@code cc-main}, {@code cc-util}) into
 * one vertex, as if they were a group: 200 boxes in a column show nothing. Jobs of different stages
 * stay apart, so that no vertices wait for each other.
 */
final class AlikeJobs {

  /** The fewest jobs that are joined. */
  private static final int MANY = 5;

  private AlikeJobs() {}

  static DisplayGraph joined(DisplayGraph shown) {
    Stages stages = Stages.of(shown.before());
    SequencedMap<String, List<Fold>> alike = new LinkedHashMap<>();
    for (int v = 0; v < shown.folds().size(); v++) {
      Fold fold = shown.folds().get(v);
      String begin = fold.isGroup() ? "" : begin(fold.name());
      String key = begin.isEmpty() ? "\0" + v : stages.of(v) + "\0" + begin;
      alike.computeIfAbsent(key, _ -> new ArrayList<>()).add(fold);
    }
    List<Fold> folds = new ArrayList<>();
    for (List<Fold> each : alike.values()) {
      List<Integer> jobs = each.stream().flatMap(fold -> fold.jobs().stream()).toList();
      if (each.size() < MANY) {
        folds.addAll(each);
      } else {
        folds.add(new Fold(begin(each.getFirst().name()) + "…", true, jobs, -1));
      }
    }
    return shown.with(folds);
  }

  /** Returns a name up to its last separator, or to a number at its end; empty without either. */
  private static String begin(String name) {
    String parts = name.replaceFirst("[^/:@._-]+$", "");
    String stem = name.replaceFirst("[0-9]+$", "");
    return !parts.isEmpty() ? parts : stem.equals(name) ? "" : stem;
  }
}
