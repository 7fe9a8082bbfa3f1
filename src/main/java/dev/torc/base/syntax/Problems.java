package dev.torc.base.syntax;

import dev.torc.base.syntax.BadInput.Diagnostic;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Collects the problems of a build file, so that one run reports all of them. It only sorts them
 * and limits their number.
 */
public final class Problems {

  /** How many problems are reported; the rest are counted. */
  static final int MAX = 20;

  private final List<Diagnostic> found = new ArrayList<>();
  private final List<Diagnostic> keys = new ArrayList<>(0);
  private final Set<Place> explained = new HashSet<>(0);
  private final Set<Diagnostic> warnings = new LinkedHashSet<>();

  public void add(Place place, String message) {
    found.add(new Diagnostic(place, message));
  }

  /**
   * Adds a problem of a key itself, which is one whatever the values are. Problems of its whole map
   * that are thrown later are left out: the key is their cause.
   */
  public void addKey(Place place, String message, Place map) {
    add(place, message);
    keys.add(found.getLast());
    explained.add(map);
  }

  /** Returns the problems of keys. */
  public List<Diagnostic> ofKeys() {
    return List.copyOf(keys);
  }

  /** Appends a text, such as the instance from which the problems come, to all problems. */
  public void append(String more) {
    found.replaceAll(each -> new Diagnostic(each.place(), each.message() + more));
  }

  /** Adds the problems and warnings of a package, with its name, unless they are here already. */
  public void addAll(Problems more, String of) {
    Set<Diagnostic> here = new HashSet<>(found);
    more.found.stream()
        .filter(each -> !here.contains(each))
        .forEach(each -> add(each.place(), each.message() + of));
    more.warnings.stream()
        .filter(each -> !warnings.contains(each))
        .toList()
        .forEach(each -> warn(each.place(), each.message() + of));
  }

  /** Adds a warning about something that is accepted but looks wrong. */
  public void warn(Place place, String message) {
    warnings.add(new Diagnostic(place, message));
  }

  public Set<Diagnostic> warnings() {
    return Collections.unmodifiableSet(warnings);
  }

  public void add(BadInput bad) {
    found.addAll(bad.diagnostics());
    found.removeIf(each -> explained.contains(each.place()) && !keys.contains(each));
  }

  /** Runs a step of reading, and adds the problems of a {@link BadInput} that it throws. */
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

  /** Returns the problems in the order in which they were added. */
  public List<Diagnostic> found() {
    return List.copyOf(found);
  }

  /**
   * Returns each problem once, ordered by file (the file of the first problem first), line and
   * column.
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

  /** Throws the {@link #sorted} problems, if there are any. */
  public void throwIfAny() {
    if (found.isEmpty()) {
      return;
    }
    List<Diagnostic> told = new ArrayList<>(sorted());
    if (told.size() > MAX) {
      int more = told.size() - MAX;
      told.subList(MAX, told.size()).clear();
      Place whole = new Place(found.getFirst().place().file(), 0, 0);
      told.add(new Diagnostic(whole, "and " + more + " more"));
    }
    throw new BadInput(told);
  }
}
