package dev.torc.importing;

import dev.torc.syntax.BadInput.Diagnostic;
import dev.torc.syntax.Place;
import dev.torc.syntax.Problems;
import java.util.List;

/**
 * Collects what an import cannot carry over, and what is wrong with the workflow file, so that one
 * run tells all of it, each once.
 */
final class Notes {

  private final Problems said = new Problems();
  private final Problems wrong = new Problems();

  /** Notes what is not carried, or not as it was. */
  void say(Place place, String message) {
    said.add(place, message);
  }

  /** Notes what makes the import impossible. */
  void refuse(Place place, String message) {
    wrong.add(place, message);
  }

  /** What was said, by place. */
  List<Diagnostic> said() {
    return said.sorted();
  }

  /** Throws what is wrong, if anything is. */
  void throwIfAny() {
    wrong.throwIfAny();
  }
}
