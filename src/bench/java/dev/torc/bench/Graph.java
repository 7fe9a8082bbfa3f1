package dev.torc.bench;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is to be built, described once for all tools: the sources with their texts, the jobs, and
 * the one edit that is measured. {@link BuildFiles} writes it in the language of each {@link Tool};
 * {@link Shapes} makes graphs of each size.
 *
 * @param name a short name, for folders
 * @param sources the text of each source, by its path
 * @param families the rules that torc's build file has as groups
 * @param rules all jobs, in an order in which they could run
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

  /** A graph without families. */
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
