package dev.torc.importing;

import dev.torc.workflow.Place;

/** A text of the workflow file, with its place. */
record Text(Place place, String text) {}
