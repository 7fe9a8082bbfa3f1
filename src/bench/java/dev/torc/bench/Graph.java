package dev.torc.bench;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is to be built, said once for all tools: the sources with their texts, the jobs, and the one
 * edit that is measured on it. A {@link Tool} is told of it in its own language; {@link Shapes} say
 * how large it is.
 *
 * @param name short, for folders
 * @param sources text by path
 * @param families the rules among them that torc is told of as groups
 * @param rules in an order in which they could run
 */
record Graph(
    String name,
    SortedMap<String, String> sources,
    List<Bundle> bundles,
    List<Family> families,
    List<Rule> rules,
    Edit edit) {

  Graph {
    sources = new TreeMap<>(sources);
    bundles = List.copyOf(bundles);
    families = List.copyOf(families);
    rules = List.copyOf(rules);
  }

  /** One without families. */
  Graph(
      String name,
      SortedMap<String, String> sources,
      List<Bundle> bundles,
      List<Rule> rules,
      Edit edit) {
    this(name, sources, bundles, List.of(), rules, edit);
  }

  /** The files that are made, in the order of the jobs. */
  List<String> products() {
    return rules.stream().map(Rule::product).toList();
  }
}
