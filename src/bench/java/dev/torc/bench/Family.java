package dev.torc.bench;

import java.util.List;

/**
 * Jobs of one form, one for each file that fits a pattern: for torc one group, whose instances
 * follow from the files; for the other tools one job for each file.
 *
 * @param match the pattern as torc's key {@code match} has it, with a name in braces
 * @param from the file that an instance copies, with the name in braces
 * @param to the copy that the instance makes by {@code cp}, with the name in braces
 * @param products the products of all instances; the graph has a {@link Rule} for each
 */
record Family(String name, String match, String from, String to, List<String> products) {

  Family {
    products = List.copyOf(products);
  }
}
