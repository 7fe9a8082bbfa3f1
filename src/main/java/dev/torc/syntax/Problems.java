package dev.torc.syntax;

import dev.torc.syntax.BadInput.Diagnostic;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Collects what is to be said of a build file, so that one run tells all of it. It knows no rules;
 * it only sorts and caps.
 */
public final class Problems {

  /** How many problems are told; the rest is counted. */
  static final int MAX = 20;

  private final List<Diagnostic> found = new ArrayList<>();
  private final Set<Diagnostic> warnings = new LinkedHashSet<>();

  public void add(Place place, String message) {
    found.add(new Diagnostic(place, message));
  }

  /** Notes what is accepted but looks wrong. */
  public void warn(Place place, String message) {
    warnings.add(new Diagnostic(place, message));
  }

  /** Returns what was accepted but looks wrong, each once. */
  public Set<Diagnostic> warnings() {
    return Collections.unmodifiableSet(warnings);
  }

  /** Notes the problems of an exception, so that reading can continue. */
  public void add(BadInput bad) {
    found.addAll(bad.diagnostics());
  }

  /** Runs a step of reading; the problems of a {@link BadInput} that it throws are noted. */
  public void guard(Runnable step) {
    try {
      step.run();
    } catch (BadInput e) {
      add(e);
    }
  }

  public boolean isEmpty() {
    return found.isEmpty();
  }

  /** Returns the problems in the order in which they were noted. */
  public List<Diagnostic> found() {
    return List.copyOf(found);
  }

  /**
   * Returns each problem once: by file, in the order in which files came, then by line and column.
   */
  public List<Diagnostic> sorted() {
    List<String> files = found.stream().map(d -> d.place().file()).distinct().toList();
    return found.stream()
        .distinct()
        .sorted(
            Comparator.comparingInt((Diagnostic d) -> files.indexOf(d.place().file()))
                .thenComparingInt(d -> d.place().line())
                .thenComparingInt(d -> d.place().column()))
        .toList();
  }

  /** Throws the problems, {@link #sorted}, if there are any. */
  public void throwIfAny() {
    if (found.isEmpty()) {
      return;
    }
    List<Diagnostic> told = new ArrayList<>(sorted());
    if (told.size() > MAX) {
      int more = told.size() - MAX;
      told.subList(MAX, told.size()).clear();
      told.add(
          new Diagnostic(
              new Place(found.getFirst().place().file(), 0, 0), "and " + more + " more"));
    }
    throw new BadInput(told);
  }
}
