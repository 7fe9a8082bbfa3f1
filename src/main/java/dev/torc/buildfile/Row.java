package dev.torc.buildfile;

import dev.torc.syntax.Place;
import java.util.List;

/**
 * Values that belong together: one of a parameter, or one row of a table.
 *
 * @param values in the order of the names of what they are values of
 * @param place where they stand; for messages
 * @param files paths of the files that they were made from, which the instance needs
 */
record Row(List<String> values, Place place, List<String> files) {}
