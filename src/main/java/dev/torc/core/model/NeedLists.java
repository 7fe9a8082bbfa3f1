package dev.torc.core.model;

import dev.torc.base.syntax.Excludes;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.PatternIndex;
import dev.torc.core.model.NeedList.ListKind;
import dev.torc.core.model.NeedList.Naming;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntConsumer;

/**
 * The lists that the jobs of a graph need, while the graph is built. Jobs with the same need share
 * a list, except a job that makes some of its members. When the graph grows, new makers are added
 * to each list without another full search. {@link GraphBuilder} makes the edges.
 */
final class NeedLists {

  /** The part of a group that a list names; {@code number} identifies it in {@link Parts#paths}. */
  private record Part(int number, String group, Map<String, String> values, int axes) {

    boolean has(Job job) {
      return group.equals(job.group())
          && job.parameters().entrySet().containsAll(values.entrySet());
    }
  }

  /**
   * The parts of groups that are not expanded yet, by the names that lists use. {@code paths} has
   * patterns of the paths that give a growing group more instances in a part.
   */
  record Parts(Map<String, Part> byText, PatternIndex paths) {

    private Part of(String text, Group group) {
      Part known = byText.get(text);
      if (known == null) {
        InstanceName name = InstanceName.parse(text);
        int number = byText.size();
        known = new Part(number, name.group(), name.values(), group.further().growing().size());
        byText.put(text, known);
        group
            .further()
            .growing()
            .forEach(more -> paths.add(more.with(name.values()), number, group.place()));
      }
      return known;
    }
  }

  private final GraphBuilder graph;
  private final List<NeedList> lists;
  private final PersistentMap<Integer> known;
  private final Parts parts; // parts that lists of an earlier graph name
  private final Map<String, Integer> added = new HashMap<>();
  private final Map<String, int[]> found = new HashMap<>();
  private final Map<String, Optional<FolderAlias>> aliases = new HashMap<>();

  NeedLists(GraphBuilder graph, Graph base) {
    this.graph = graph;
    this.lists = base == null ? new ArrayList<>() : new ArrayList<>(base.tables().lists());
    this.known = base == null ? PersistentMap.none() : base.growth().lists();
    this.parts =
        base == null ? new Parts(new HashMap<>(), new PatternIndex()) : base.growth().parts();
  }

  Graph.Growth growth(Makers makers) {
    return new Graph.Growth(makers, known.with(added), parts);
  }

  /** Returns all lists, with the makers of each sorted by {@code order}. */
  List<NeedList> all(NodeOrder order) {
    lists.replaceAll(list -> list.with(order.sorted(list.makers())));
    return List.copyOf(lists);
  }

  NeedList get(int list) {
    return lists.get(list);
  }

  /** Adds new jobs, which {@code base} does not have, and their products to the lists. */
  void grow(Graph base, int[] nodes, ProductIndex products) {
    BitSet open = new BitSet();
    for (int id = 0; id < lists.size(); id++) {
      NeedList list = lists.get(id);
      int last = list.makers().isEmpty() ? -1 : list.makers().getLast(); // jobs come before groups
      open.set(id, base.isOpen(last));
      if (open.get(id) && list.ofJobs()) {
        parts.of(list.text(), base.open().get(last));
      }
    }
    BitSet less = new BitSet(); // parts for which some patterns are gone
    base.open()
        .forEach(
            (node, group) ->
                lostPatterns(group, graph.open().get(node))
                    .forEach(path -> parts.paths.overlapping(path, part -> less.set(part.job()))));
    List<Job> jobs = Arrays.stream(nodes).mapToObj(graph::job).toList();
    for (int id = open.nextSetBit(0); id >= 0; id = open.nextSetBit(id + 1)) {
      NeedList old = lists.get(id);
      Set<Integer> more = new TreeSet<>();
      Set<Integer> out = new HashSet<>();
      switch (old.kind()) {
        case GLOB, FOLDER -> search(products, old.kind(), old.text(), old.excludes(), more::add);
        case JOB, SOME -> {
          int group = old.makers().getLast();
          Part part = parts.byText.get(old.text());
          for (int i = 0; i < nodes.length; i++) {
            if (part.has(jobs.get(i)) && !excludesAll(old.excludes(), nodes[i])) {
              more.add(nodes[i]);
            }
          }
          boolean asked =
              less.get(part.number)
                  || part.axes != base.open().get(group).further().growing().size();
          if (asked && !graph.references.mayGrow(old.text())) {
            out.add(group);
          }
        }
      }
      if (old.reader() != null) {
        more.removeIf(node -> graph.kin(node).equals(old.reader()));
      }
      for (int i = old.makers().size() - 1; i >= 0 && base.isOpen(old.makers().get(i)); i--) {
        if (!graph.open().containsKey(old.makers().get(i))) {
          out.add(old.makers().get(i));
        }
      }
      if (!more.isEmpty() || !out.isEmpty()) {
        List<Integer> makers = new ArrayList<>(old.makers());
        makers.removeAll(out);
        makers.addAll(more);
        lists.set(id, old.with(makers));
        graph.members(old.awaited(), makers.stream().mapToInt(node -> node).toArray());
      }
    }
  }

  /** Returns the patterns that could give a group more instances before but no longer can. */
  private static Set<Glob> lostPatterns(Group before, Group now) {
    Set<Glob> gone = new HashSet<>();
    before.further().growing().forEach(growing -> gone.addAll(growing.made()));
    if (now != null) {
      now.further().growing().forEach(growing -> growing.made().forEach(gone::remove));
    }
    return gone;
  }

  /**
   * Returns the number of the list for a need. Products of the reader and of the reader's group are
   * excluded; the reader may be -1 for none. {@code rows} and {@code product} are as in {@link
   * Naming}.
   */
  int of(
      int reader, ListKind kind, String text, List<Glob> excludes, boolean rows, String product) {
    int[] all = meant(kind, text, excludes);
    int[] nodes = all;
    String key = (rows ? "\0" : "") + key(kind, text, excludes);
    key = product == null ? key : "\0" + product + "\0" + key;
    String own = null;
    if (reader >= 0
        && (graph.job(reader).group() != null || Arrays.binarySearch(all, reader) >= 0)) {
      String kin = graph.kin(reader);
      nodes = found.computeIfAbsent(key + "\0" + kin, _ -> without(all, kin));
      own = nodes == all ? null : kin;
      key = own == null ? key : key + "\0" + kin;
    }
    Integer id = known(key);
    if (id == null) {
      id = lists.size();
      added.put(key, id);
      int awaited = awaited(kind, text, nodes);
      List<Integer> makers = Arrays.stream(nodes).boxed().toList();
      Naming names = names(kind, text, rows, product);
      lists.add(new NeedList(kind, names, excludes, own, makers, awaited));
    }
    return id;
  }

  private Integer known(String key) {
    Integer list = added.get(key);
    return list == null ? known.get(key) : list;
  }

  private static String key(ListKind kind, String text, List<Glob> excludes) {
    return excludes.isEmpty() ? kind + text : kind + text + "\0!" + excludes;
  }

  /** Returns the makers that a need stands for in any job, ascending; null if unknown. */
  int[] meant(ListKind kind, String text, List<Glob> excludes) {
    return found.computeIfAbsent(
        key(kind, text, excludes),
        key -> {
          Integer list = known(key);
          return list == null
              ? search(kind, text, excludes)
              : lists.get(list).makers().stream().mapToInt(node -> node).sorted().toArray();
        });
  }

  private int[] search(ListKind kind, String text, List<Glob> excludes) {
    if (kind.ofJobs()) {
      int[] named = graph.references.nodesInNeed(text);
      return named == null || excludes.isEmpty()
          ? named
          : Arrays.stream(named).filter(node -> !excludesAll(excludes, node)).toArray();
    }
    TreeSet<Integer> all = new TreeSet<>();
    search(graph.products(), kind, text, excludes, all::add);
    return all.stream().mapToInt(node -> node).toArray();
  }

  /** Returns whether a job makes files, and all of them are excluded. */
  private boolean excludesAll(List<Glob> excludes, int node) {
    List<Ref> made =
        excludes.isEmpty() || graph.open().containsKey(node)
            ? List.of()
            : graph.job(node).productRefs();
    return !made.isEmpty()
        && made.stream()
            .allMatch(ref -> ref instanceof Ref.OfFile f && Excludes.path(excludes, f.path()));
  }

  /** Finds the makers of members that a glob or folder may have, by the written and real names. */
  private void search(
      ProductIndex products, ListKind kind, String text, List<Glob> excludes, IntConsumer take) {
    Naming names = names(kind, text, false, null);
    search(products, names.glob(), text, excludes, take);
    FolderAlias alias = names.alias();
    if (alias != null) {
      Glob glob = names.glob() == null ? null : alias.real(names.glob());
      List<Glob> real = excludes.stream().map(alias::real).toList();
      search(products, glob, alias.real(text), real, take);
    }
  }

  private static void search(
      ProductIndex products, Glob glob, String text, List<Glob> excludes, IntConsumer take) {
    if (glob == null) {
      products.within(text, excludes, take);
    } else {
      products.matching(glob, excludes, take);
    }
  }

  private Naming names(ListKind kind, String text, boolean rows, String product) {
    Glob glob = NeedList.glob(kind, text);
    String folder = glob == null ? text : glob.fixedPrefix();
    return new Naming(text, glob, kind.ofJobs() ? null : alias(folder), rows, product);
  }

  /** Looks at each folder once. */
  private FolderAlias alias(String folder) {
    return aliases
        .computeIfAbsent(folder, _ -> Optional.ofNullable(FolderAlias.of(graph.root(), folder)))
        .orElse(null);
  }

  /**
   * Returns the node that stands for all given nodes; -1 for none. A growing list has its own join
   * node.
   */
  private int awaited(ListKind kind, String text, int[] nodes) {
    if (nodes.length == 0) {
      return -1;
    }
    boolean single = nodes.length == 1 && !graph.open().containsKey(nodes[0]);
    return single && kind != ListKind.SOME ? nodes[0] : graph.join(text, nodes);
  }

  /**
   * Returns the nodes except the job or group with this name; the same array if it has none of
   * them.
   */
  private int[] without(int[] nodes, String kin) {
    int[] others = Arrays.stream(nodes).filter(node -> !graph.kin(node).equals(kin)).toArray();
    return others.length == nodes.length ? nodes : others;
  }
}
