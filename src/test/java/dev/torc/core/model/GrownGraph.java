package dev.torc.core.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Checks what holds for a graph that grew as groups were expanded. */
public final class GrownGraph {

  private GrownGraph() {}

  /** Nodes, files and lists have the same numbers in a graph and in one that grew from it. */
  public static void keepsNumbers(Graph first, Graph grown) {
    for (int node = 0; node < first.nodes(); node++) {
      assertEquals(first.isJob(node), grown.isJob(node), first.name(node));
      assertEquals(first.name(node), grown.name(node));
      if (first.isJob(node)) {
        assertEquals(node, grown.jobId(first.name(node)));
      }
    }
    for (int file = 0; file < first.files(); file++) {
      assertEquals(first.path(file), grown.path(file));
      assertEquals(file, grown.fileId(first.path(file)));
    }
    for (int list = 0; list < first.lists(); list++) {
      assertEquals(first.list(list).written(), grown.list(list).written());
    }
  }

  /**
   * But for numbers and order, the graph is the one that is built anew from its workflow and from
   * the files that are known to be sources.
   */
  public static void isAsBuiltAnew(Graph grown) {
    Graph.Growth growth = grown.growth();
    Set<String> sources = growth == null ? Set.of() : growth.makers().products().sources();
    Graph anew = GraphBuilder.build(grown.workflow(), sources);
    isInOrder(grown);
    if (!aliases(anew).equals(aliases(grown))) {
      return; // a job has made a symlink since
    }
    assertEquals(names(anew, anew.allJobs()), names(grown, grown.allJobs()));
    assertEquals(open(anew), open(grown));
    assertEquals(edges(anew), edges(grown));
    assertEquals(files(anew), files(grown));
    TreeSet<String> paths = new TreeSet<>(List.of("nobody/knows", "out", "out/x"));
    for (Graph each : List.of(anew, grown)) {
      for (int file = 0; file < each.files(); file++) {
        paths.add(each.path(file));
        paths.add(each.path(file) + "/inside");
      }
    }
    for (String path : paths) {
      assertEquals(name(anew, anew.makerOf(path)), name(grown, grown.makerOf(path)), path);
      assertEquals(anew.makesBelow(path), grown.makesBelow(path), path);
    }
    TreeSet<String> asked = new TreeSet<>(List.of("nobody", "nobody/n=1"));
    grown.workflow().jobs().forEach(job -> asked.add(job.name()));
    grown.workflow().groups().forEach(group -> asked.add(group.name()));
    for (String name : asked) {
      assertEquals(named(anew, name), named(grown, name), name);
    }
    assertEquals(
        grown.workflow().jobs(),
        Arrays.stream(grown.tables().jobs().written()).mapToObj(grown::job).toList(),
        "as written");
  }

  private static Map<String, String> aliases(Graph graph) {
    Map<String, String> aliases = new TreeMap<>();
    for (int list = 0; list < graph.lists(); list++) {
      aliases.put(graph.list(list).written(), "" + graph.list(list).alias());
    }
    return aliases;
  }

  /** Each node comes after all nodes that it waits for; rows and lists are in the same order. */
  private static void isInOrder(Graph graph) {
    BitSet seen = new BitSet();
    for (int place = 0; place < graph.nodes(); place++) {
      int node = graph.inOrder(place);
      assertEquals(place, graph.place(node));
      for (int earlier : graph.before().row(node)) {
        assertEquals(true, seen.get(earlier), graph.name(earlier));
      }
      seen.set(node);
      isSorted(graph, Arrays.stream(graph.before().row(node)).boxed().toList());
      isSorted(graph, Arrays.stream(graph.after().row(node)).boxed().toList());
    }
    assertEquals(graph.nodes(), seen.cardinality());
    for (int list = 0; list < graph.lists(); list++) {
      isSorted(graph, graph.list(list).makers());
    }
  }

  private static void isSorted(Graph graph, List<Integer> nodes) {
    assertEquals(nodes.stream().sorted(graph::compare).toList(), nodes);
  }

  private static List<String> names(Graph graph, BitSet nodes) {
    return nodes.stream().mapToObj(graph::name).sorted().toList();
  }

  private static List<String> open(Graph graph) {
    BitSet open = new BitSet();
    graph.open().keySet().forEach(open::set);
    return names(graph, open);
  }

  private static String name(Graph graph, int node) {
    return node < 0 ? "nobody" : graph.name(node);
  }

  private static List<String> named(Graph graph, String name) {
    int[] nodes = graph.nodesOf(name);
    return nodes == null ? null : Arrays.stream(nodes).mapToObj(graph::name).sorted().toList();
  }

  /** What each job and each open group waits for. */
  private static Map<String, List<String>> edges(Graph graph) {
    Map<String, List<String>> edges = new TreeMap<>();
    for (int node = 0; node < graph.nodes(); node++) {
      if (graph.isJob(node) || graph.isOpen(node)) {
        BitSet before = new BitSet();
        addBefore(graph, node, before);
        edges.put(graph.name(node), names(graph, before));
        for (int earlier : graph.before().row(node)) {
          assertEquals(true, graph.precedes(earlier, node), graph.name(earlier));
        }
      }
    }
    return edges;
  }

  private static void addBefore(Graph graph, int node, BitSet into) {
    for (int before : graph.before().row(node)) {
      if (graph.isJob(before) || graph.isOpen(before)) {
        into.set(before);
      } else {
        addBefore(graph, before, into);
      }
    }
  }

  /** What each job needs and makes, and the makers of the members of its lists. */
  private static Map<String, List<String>> files(Graph graph) {
    Map<String, List<String>> files = new TreeMap<>();
    for (int job : graph.inOrder(graph.allJobs())) {
      List<String> all = new ArrayList<>(List.of("priority " + graph.priority(job)));
      TreeSet<String> needs = new TreeSet<>(); // their order is that of the numbers
      for (int file : graph.needs().row(job)) {
        needs.add(graph.path(file) + " of " + name(graph, graph.maker(file)));
      }
      all.addAll(needs);
      for (int file : graph.products().row(job)) {
        all.add("makes " + graph.path(file));
        assertEquals(job, graph.maker(file));
      }
      for (int list : graph.listNeeds().row(job)) {
        NeedList need = graph.list(list);
        List<String> makers = need.makers().stream().map(graph::name).sorted().toList();
        all.add(need.written() + need.excludes() + need.reader() + makers);
        need.makers().forEach(maker -> assertEquals(true, graph.makes(need, maker)));
      }
      files.put(graph.name(job), all);
    }
    return files;
  }
}
