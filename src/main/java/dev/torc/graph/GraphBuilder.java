package dev.torc.graph;

import dev.torc.bytes.StringTable;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Glob;
import dev.torc.syntax.NearestName;
import dev.torc.syntax.Place;
import dev.torc.workflow.Group;
import dev.torc.workflow.Job;
import dev.torc.workflow.LayeredMap;
import dev.torc.workflow.Ref;
import dev.torc.workflow.Tool;
import dev.torc.workflow.Workflow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Derives the graph from the build file: finds the maker of every need, orders the jobs, and
 * refuses what rule 13 forbids and can be told without the disk. Reports all errors at once. Where
 * groups are expanded it derives what comes to a graph, and copies the numbers of the rest.
 */
public final class GraphBuilder {

  private static final String NO_FILE = "; a file is needed by its path alone";
  private static final String NO_FILE_BUT_DATA =
      "; {data: …} is a value that a job stored" + NO_FILE + ", or under another name";

  private final Workflow workflow;
  private final Graph base;
  private final int first; // node that is new
  private final int[] written;
  private final Map<Integer, Integer> positions =
      new HashMap<>(); // of new jobs in a graph that grows
  private final BitSet joins;
  private final SortedMap<Integer, Group> open = new TreeMap<>();
  private final StringTable.Builder names;
  private StringTable.Builder files;
  private final NameResolver references;
  private final Makers makers;
  private final Adjacency.Builder needs = new Adjacency.Builder(); // of files, as written
  private final Adjacency.Builder products = new Adjacency.Builder();
  private final int[] priority;
  private final BitSet temporary;
  private final BitSet deletes;
  private final List<NeedList> lists;
  private final Map<String, Integer> newLists = new HashMap<>();
  private final Map<String, int[]> found = new HashMap<>();
  private final Map<Integer, int[]> members =
      new HashMap<>(); // of join nodes, if not as in the base
  private final BitSet stale = new BitSet(); // nodes of the base that wait for others than there
  private final List<BadInput.Diagnostic> errors = new ArrayList<>();

  private GraphBuilder(Workflow workflow) {
    this.workflow = workflow;
    this.base = null;
    this.first = 0;
    this.written = new int[workflow.jobs().size()];
    this.joins = new BitSet();
    this.names = new StringTable.Builder();
    this.files = paths(null);
    this.lists = new ArrayList<>();
    this.priority = new int[written.length];
    this.temporary = new BitSet();
    this.deletes = new BitSet();
    for (int j = 0; j < written.length; j++) {
      written[j] = names.add(workflow.jobName(j));
    }
    workflow.groups().stream()
        .filter(Group::isOpen)
        .forEach(group -> open.put(join(group.name()), group));
    this.references = new NameResolver(workflow, this::job, open, names::id);
    this.makers = new Makers().with(written, this::job, open, this::name, errors);
  }

  private GraphBuilder(Graph base, Workflow workflow) {
    this.workflow = workflow;
    this.base = base;
    this.first = base.nodes();
    this.written = new int[workflow.jobs().size()];
    this.joins = (BitSet) base.joins().clone();
    this.names = new StringTable.Builder(base.names());
    this.files = paths(base);
    this.lists = new ArrayList<>(base.needLists());
    Arrays.fill(written, -1);
    Map<String, Integer> expanded = expand();
    this.priority = base.priorities(names.size());
    this.temporary = base.temporary();
    this.deletes = base.deleting();
    int[] fresh = new int[names.size() - first];
    int known = 0;
    for (int w = 0; w < written.length; w++) {
      if (written[w] < 0) {
        written[w] = base.written()[known++];
      } else {
        fresh[written[w] - first] = written[w];
        positions.put(written[w], w);
      }
    }
    this.references = new NameResolver(workflow, this::job, open, names::id);
    this.makers = base.growth().makers().with(fresh, this::job, open, this::name, errors);
    renew(expanded);
  }

  private static StringTable.Builder paths(Graph base) {
    return base == null ? new StringTable.Builder() : new StringTable.Builder(base.paths());
  }

  /** Builds the graph of a workflow; throws {@link BadInput} with every error found. */
  public static Graph build(Workflow workflow) {
    return new GraphBuilder(workflow).build();
  }

  /**
   * The graph that follows when groups are expanded. Whatever was there keeps its number.
   *
   * @param next the workflow of {@code base}, where more is known of groups that are open in it
   */
  public static Graph grow(Graph base, Workflow next) {
    try {
      return new GraphBuilder(base, next).build();
    } catch (BadInput e) {
      build(next); // tells all that is wrong, in the order written
      throw e;
    }
  }

  /** Adds a node that is no job. */
  private int join(String text) {
    int node = names.add(Graph.joinName(names.size(), text));
    joins.set(node);
    return node;
  }

  private String name(int node) {
    return joins.get(node) ? Graph.ofJoin(names.text(node)) : names.text(node);
  }

  private Place place(int node) {
    if (!joins.get(node)) {
      return job(node).place();
    }
    return open.containsKey(node) ? open.get(node).place() : Place.NONE;
  }

  /**
   * Takes over what is known of open groups now, and gives new instances their nodes; returns the
   * groups that are not open any more.
   */
  private Map<String, Integer> expand() {
    Map<String, Integer> nodes = new HashMap<>();
    base.open().forEach((node, group) -> nodes.put(group.name(), node));
    for (int g = 0; g < workflow.groups().size(); g++) {
      Group group = workflow.groups().get(g);
      Integer node = nodes.get(group.name());
      for (int i = 0; node != null && i < group.instances().size(); i++) {
        if (names.id(group.instances().get(i)) < 0) {
          written[workflow.starts().get(g) + i] = names.add(group.instances().get(i));
        }
      }
      if (node != null && group.isOpen()) {
        open.put(node, group);
        stale.set(node, !group.awaits().equals(base.open().get(node).awaits()));
        nodes.remove(group.name());
      }
    }
    return nodes;
  }

  private Job job(int node) {
    Integer position = positions.get(node);
    return position == null && base != null
        ? base.job(node)
        : workflow.jobs().get(position == null ? node : position);
  }

  /** Finds out anew what had to do with groups that were open. */
  private void renew(Map<String, Integer> expanded) {
    BitSet left = new BitSet(); // nodes for which readers may not wait any more
    expanded.forEach(
        (group, node) -> {
          members.put(node, references.of(group));
          left.set(node);
        });
    for (int id = 0; id < lists.size(); id++) {
      NeedList old = lists.get(id);
      if (old.makers().stream().anyMatch(base::isOpen)) {
        int[] nodes = search(old.kind(), old.text(), old.glob(), old.excludes());
        if (nodes == null) {
          nodes = new int[0]; // its readers are refused
        } else if (old.reader() != null) {
          nodes = without(nodes, old.reader());
        }
        boolean whole = old.kind() == NeedList.Kind.JOB && expanded.containsKey(old.text());
        int awaited = old.awaited();
        if (whole || !base.isOpen(awaited)) {
          members.put(awaited, nodes);
        } else {
          left.set(awaited);
          awaited = awaited(old.kind(), old.text(), nodes);
        }
        lists.set(id, old.with(boxed(nodes), awaited));
      }
    }
    for (int file = 0; file < base.files(); file++) {
      int maker = base.maker(file);
      if (base.isOpen(maker) && makers.products().of(base.path(file)) != maker) {
        left.set(maker);
      }
    }
    members.keySet().forEach(stale::set);
    for (int node = left.nextSetBit(0); node >= 0; node = left.nextSetBit(node + 1)) {
      for (int reader : base.after().row(node)) {
        stale.set(reader);
      }
    }
  }

  private Graph build() {
    Adjacency.Builder listNeeds = new Adjacency.Builder();
    Adjacency before = edges(listNeeds);
    if (!errors.isEmpty()) {
      throw new BadInput(errors.stream().distinct().toList());
    }
    int[] nodes = TopologicalOrder.of(before, written, this::name, this::place);
    NodeOrder order = new NodeOrder(nodes, joins);
    before.sort(order);
    lists.replaceAll(list -> list.with(order.sorted(list.makers()), list.awaited()));
    int[] numbers = nodes == written ? null : renumber(nodes);
    return new Graph(
        workflow,
        written,
        joins,
        open,
        names.build(),
        files.build(),
        open.isEmpty() ? null : new Graph.Growth(makers, known().with(newLists)),
        makers.products().arePlain(),
        maker(),
        Arrays.copyOf(priority, nodes.length),
        temporary,
        deletes,
        List.copyOf(lists),
        needs.build(numbers, true),
        listNeeds.build(),
        products.build(numbers, false),
        before,
        order);
  }

  /** Numbers the new paths in the order of the nodes; returns the new number of each. */
  private int[] renumber(int[] nodes) {
    StringTable.Builder sorted = paths(base);
    int[] numbers = new int[files.size()];
    for (int f = 0; f < sorted.size(); f++) {
      numbers[f] = f;
    }
    for (int node : nodes) {
      if (node >= first) {
        IntConsumer number = file -> numbers[file] = sorted.add(files.text(file));
        needs.forEach(node, number);
        products.forEach(node, number);
      }
    }
    files = sorted;
    return numbers;
  }

  /**
   * The paths that a job needs or makes by themselves, folders and tools that are made among them.
   */
  private void files(Job job, boolean products, Consumer<String> each) {
    for (Ref ref : products ? job.productRefs() : job.needRefs()) {
      if (ref instanceof Ref.OfFile file) {
        each.accept(file.path());
      } else if (products && ref instanceof Ref.OfFolder folder) {
        each.accept(folder.path());
      }
    }
    if (!products) {
      job.tools().stream().map(this::made).filter(Objects::nonNull).forEach(each);
    }
  }

  private int[] maker() {
    int[] maker = new int[files.size()];
    for (int f = 0; f < maker.length; f++) {
      boolean known = base != null && f < base.files() && !base.isOpen(base.maker(f));
      maker[f] = known ? base.maker(f) : makers.products().of(files.text(f));
    }
    return maker;
  }

  /** Node to the nodes that it waits for; join nodes are added that come up here. */
  private Adjacency edges(Adjacency.Builder listNeeds) {
    Adjacency.Builder edges = new Adjacency.Builder();
    for (int node = 0; node < names.size(); node++) {
      if (node < first) {
        needs.copyRow(base.needs(), node);
        products.copyRow(base.products(), node);
      }
      if (node < first && !stale.get(node)) {
        edges.copyRow(base.before(), node);
        listNeeds.copyRow(base.listNeeds(), node);
        continue;
      }
      if (!joins.get(node)) {
        Job job = job(node);
        needs(node, job, edges, listNeeds);
        if (node >= first) {
          files(job, false, path -> needs.add(files.add(path)));
          files(job, true, path -> products.add(files.add(path)));
          priority[node] = job.priority();
          temporary.set(node, job.temporary());
          deletes.set(node, job.deletes());
        }
      } else if (open.containsKey(node)) {
        Group group = open.get(node);
        for (String name : group.awaits()) {
          if (group.grows()) { // each by itself
            Arrays.stream(references.of(name)).forEach(edges::add);
          } else {
            waitFor(joinOf(group.place(), name), edges);
          }
        }
      } else {
        Arrays.stream(members.get(node)).forEach(edges::add);
      }
      edges.endRow(true);
      listNeeds.endRow(false);
      if (node >= first) {
        needs.endRow(false);
        products.endRow(false);
      }
    }
    return edges.build();
  }

  /** The path of a tool that a job makes, null for any other. */
  private String made(Tool tool) {
    for (String path : tool.paths()) {
      if (makers.products().of(path) >= 0) {
        return path;
      }
    }
    return null;
  }

  private static void waitFor(int node, Adjacency.Builder edges) {
    if (node >= 0) {
      edges.add(node);
    }
  }

  private void needs(int j, Job job, Adjacency.Builder edges, Adjacency.Builder listNeeds) {
    List<Integer> listsHere = new ArrayList<>(0);
    List<Glob> excludes = job.excludes();
    for (Ref ref : job.needRefs()) {
      int list = need(j, job, ref, excludes, edges);
      if (list >= 0 && !listsHere.contains(list)) {
        listsHere.add(list);
        listNeeds.add(list);
      }
    }
    for (Tool tool : job.tools()) {
      String made = made(tool);
      if (made != null) {
        need(j, job, new Ref.OfFile(tool.place(), made), excludes, edges);
      }
    }
    for (Ref.OfJob after : job.after()) {
      waitFor(joinOf(after.place(), after.job()), edges);
    }
  }

  /** Waits for what makes a need; returns the list where it is one, else -1. */
  private int need(int j, Job job, Ref ref, List<Glob> excludes, Adjacency.Builder edges) {
    if (ref instanceof Ref.OfFile file) {
      int maker = makers.products().of(file.path());
      if (maker == j) {
        error(ref.place(), "job " + job.name() + " needs its own product " + file.path());
      } else {
        waitFor(maker, edges);
      }
      return -1;
    } else if (ref instanceof Ref.OfData data) {
      if (data.job() == null) {
        staticData(data);
      } else if (isKnown(data.place(), data.job(), NO_FILE_BUT_DATA)) {
        NeedList.Kind kind =
            data.skips() ? some(data, data.job(), "data: " + data.written()) : NeedList.Kind.JOB;
        waitFor(lists.get(list(-1, kind, data.job(), null, List.of())).awaited(), edges);
      }
      return -1;
    }
    int list = -1;
    if (ref instanceof Ref.OfGlob glob) {
      Glob compiled = Glob.of(glob.pattern());
      list = list(j, NeedList.Kind.GLOB, glob.pattern(), compiled, excludes);
    } else if (ref instanceof Ref.OfFolder folder) {
      list = list(j, NeedList.Kind.FOLDER, folder.path(), null, excludes);
    } else if (ref instanceof Ref.OfJob other && isKnown(other.place(), other.job(), NO_FILE)) {
      NeedList.Kind kind =
          other.skips() ? some(other, other.job(), "job: " + other.job()) : NeedList.Kind.JOB;
      list = list(-1, kind, other.job(), null, List.of());
    }
    if (list >= 0) {
      waitFor(lists.get(list).awaited(), edges);
    }
    return list;
  }

  /** Instances that may be left out; an error where a name means no group. */
  private NeedList.Kind some(Ref ref, String name, String plain) {
    int single = names.id(name);
    if (single >= 0 && job(single).group() == null) {
      error(
          ref.place(),
          "%s is one job, and failed: skip is for the instances of a group; write {%s}"
              .formatted(name, plain));
    }
    return NeedList.Kind.SOME;
  }

  /** Whether a name means anything, an error where it does not. */
  private boolean isKnown(Place place, String name, String step) {
    boolean known = meant(NeedList.Kind.JOB, name, null, List.of()) != null;
    if (!known) {
      error(place, references.unknown(name, step));
    }
    return known;
  }

  /** The node to wait for where a job, a group or a part of one is named, -1 for none. */
  private int joinOf(Place place, String name) {
    return isKnown(place, name, "")
        ? lists.get(list(-1, NeedList.Kind.JOB, name, null, List.of())).awaited()
        : -1;
  }

  /**
   * The list that stands for a need: the same for all that need it and make nothing of it.
   *
   * @param reader whose own products are left out, and those of its group; -1 for none
   */
  private int list(int reader, NeedList.Kind kind, String text, Glob glob, List<Glob> excludes) {
    int[] all = meant(kind, text, glob, excludes);
    int[] nodes = all;
    String key = key(kind, text, excludes);
    String own = null;
    if (reader >= 0 && (job(reader).group() != null || Arrays.binarySearch(all, reader) >= 0)) {
      String kin = kin(reader);
      nodes = found.computeIfAbsent(key + "\0" + kin, _ -> without(all, kin));
      own = nodes == all ? null : kin;
      key = own == null ? key : key + "\0" + kin;
    }
    Integer id = known(key);
    if (id == null) {
      id = lists.size();
      newLists.put(key, id);
      int awaited = awaited(kind, text, nodes);
      lists.add(new NeedList(kind, text, glob, excludes, own, boxed(nodes), awaited));
    }
    return id;
  }

  private Integer known(String key) {
    Integer known = newLists.get(key);
    return known == null ? known().get(key) : known;
  }

  private LayeredMap<Integer> known() {
    return base == null ? LayeredMap.none() : base.growth().lists();
  }

  private static String key(NeedList.Kind kind, String text, List<Glob> excludes) {
    return excludes.isEmpty() ? kind + text : kind + text + "\0!" + excludes;
  }

  /** What a need means in any job, found once; null where a name means nothing. */
  private int[] meant(NeedList.Kind kind, String text, Glob glob, List<Glob> excludes) {
    return found.computeIfAbsent(
        key(kind, text, excludes),
        key -> {
          Integer list = known(key);
          return list == null
              ? search(kind, text, glob, excludes)
              : lists.get(list).makers().stream().mapToInt(node -> node).sorted().toArray();
        });
  }

  /** The nodes that a need means, ascending; null where a name means nothing. */
  private int[] search(NeedList.Kind kind, String text, Glob glob, List<Glob> excludes) {
    if (kind == NeedList.Kind.JOB || kind == NeedList.Kind.SOME) {
      return references.of(text);
    }
    TreeSet<Integer> all = new TreeSet<>();
    if (kind == NeedList.Kind.GLOB) {
      makers.products().matching(glob, excludes, all::add);
    } else {
      makers.products().within(text, excludes, all::add);
    }
    return all.stream().mapToInt(node -> node).toArray();
  }

  /** The node that stands for all of the given ones, -1 where there is none to wait for. */
  private int awaited(NeedList.Kind kind, String text, int[] nodes) {
    if (nodes.length == 0 || nodes.length == 1 && kind != NeedList.Kind.SOME) {
      return nodes.length == 0 ? -1 : nodes[0];
    }
    int join = join(text);
    members.put(join, nodes);
    return join;
  }

  private static List<Integer> boxed(int[] nodes) {
    return Arrays.stream(nodes).boxed().toList();
  }

  /** The very nodes where none is of that name, or of the group of that name. */
  private int[] without(int[] nodes, String kin) {
    if (Arrays.stream(nodes).noneMatch(node -> kin(node).equals(kin))) {
      return nodes;
    }
    return Arrays.stream(nodes).filter(node -> !kin(node).equals(kin)).toArray();
  }

  private String kin(int node) {
    String group = joins.get(node) ? null : job(node).group();
    return group == null ? name(node) : group;
  }

  /** A value without a job must be in the data section; it makes no edge. */
  private void staticData(Ref.OfData ref) {
    if (!workflow.data().containsKey(ref.key())) {
      String hint =
          references.of(ref.key()) != null
              ? "; of a job's data write " + ref.key() + ".KEY"
              : NearestName.hint(ref.key(), workflow.data().keySet());
      error(ref.place(), "no value " + ref.key() + " in the data section" + hint);
    }
  }

  private void error(Place place, String message) {
    errors.add(new BadInput.Diagnostic(place, message));
  }
}
