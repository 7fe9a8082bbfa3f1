package dev.torc.importing;

import dev.torc.syntax.Place;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/**
 * A text of the workflow file and where it stands.
 *
 * @param regex whether it is a regular expression over names
 */
record PlacedText(Place place, String text, boolean regex) {

  /** The text with these values. */
  PlacedText put(Map<String, String> values) {
    String put = Text.of(text, values.keySet()).put(values, regex);
    return new PlacedText(place, put, regex);
  }

  /** Those of the parameters that it names, in references to what comes before too. */
  Set<String> holes(Collection<String> parameters) {
    return Text.holes(text, parameters, true);
  }
}
