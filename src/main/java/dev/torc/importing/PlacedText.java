package dev.torc.importing;

import dev.torc.syntax.Place;

/** A text of the workflow file and where it stands. */
record PlacedText(Place place, String text) {}
