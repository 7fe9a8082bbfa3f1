package dev.torc.importing;

import dev.torc.syntax.Place;

/**
 * A text of the workflow file and where it stands.
 *
 * @param regex whether it is a regular expression over names
 */
record PlacedText(Place place, String text, boolean regex) {}
