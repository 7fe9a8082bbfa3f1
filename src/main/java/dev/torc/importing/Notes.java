package dev.torc.importing;

import dev.torc.syntax.BadInput;
import dev.torc.syntax.BadInput.Diagnostic;
import dev.torc.syntax.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Collects what an import cannot carry over, and what is wrong with the workflow file, so that one
 * run tells all of it.
 */
final class Notes {

  /** How many errors are told; the rest is counted. */
  private static final int MAX = 20;

  private final List<Diagnostic> said = new ArrayList<>();
  private final List<Diagnostic> wrong = new ArrayList<>();

  /** Notes what is not carried, or not as it was. */
  void say(Place place, String message) {
    said.add(new Diagnostic(place, message));
  }

  /** Notes what makes the import impossible. */
  void refuse(Place place, String message) {
    wrong.add(new Diagnostic(place, message));
  }

  /** Takes over all that others noted. */
  void add(Notes others) {
    said.addAll(others.said);
    wrong.addAll(others.wrong);
  }

  /** What was said, by place. */
  List<Diagnostic> said() {
    return sorted(said);
  }

  /** Throws what is wrong, if anything is. */
  void throwIfAny() {
    if (wrong.isEmpty()) {
      return;
    }
    List<Diagnostic> all = new ArrayList<>(sorted(wrong));
    if (all.size() > MAX) {
      int more = all.size() - MAX;
      all.subList(MAX, all.size()).clear();
      all.add(
          new Diagnostic(new Place(all.getFirst().place().file(), 0, 0), "and " + more + " more"));
    }
    throw new BadInput(all);
  }

  private static List<Diagnostic> sorted(List<Diagnostic> list) {
    return list.stream()
        .distinct()
        .sorted(
            Comparator.comparingInt((Diagnostic d) -> d.place().line())
                .thenComparingInt(d -> d.place().column()))
        .toList();
  }
}
