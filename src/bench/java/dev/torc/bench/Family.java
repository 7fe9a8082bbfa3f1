package dev.torc.bench;

import java.util.List;

/**
 * Jobs of one form, one for each file that fits a pattern: for torc one group, whose instances
 * follow from the files; for the other tools a job each.
 *
 * @param match a pattern with a name in braces, as torc has it
 * @param from the file of an instance, with the name in braces
 * @param to what the instance makes of it by {@code cp}, likewise
 * @param products what all of them make, each by a {@link Rule}
 */
record Family(String name, String match, String from, String to, List<String> products) {

  Family {
    products = List.copyOf(products);
  }
}
