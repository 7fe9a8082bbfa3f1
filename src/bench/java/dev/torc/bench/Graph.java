package dev.torc.bench;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is to be built, said once for all tools: the sources with their texts, the jobs, and the one
 * edit that is measured on it. How a tool is told of it is {@link Tool}'s business, and how large
 * it is that of {@link Shapes}.
 *
 * @param name short, for folders
 * @param sources text by path
 * @param rules in an order in which they could run
 */
record Graph(
    String name,
    SortedMap<String, String> sources,
    List<Bundle> bundles,
    List<Rule> rules,
    Edit edit) {

  Graph {
    sources = new TreeMap<>(sources);
    bundles = List.copyOf(bundles);
    rules = List.copyOf(rules);
  }

  /** The files that are made, in the order of the jobs. */
  List<String> products() {
    return rules.stream().map(Rule::product).toList();
  }
}
