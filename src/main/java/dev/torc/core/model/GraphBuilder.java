package dev.torc.core.model;

import dev.torc.base.bytes.StringTable;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.Excludes;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.Place;
import dev.torc.core.model.Adjacency.RowCollector;
import dev.torc.core.model.Job.Tool;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.NeedList.ListKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Derives the graph from the build file: finds the maker of every need, orders the jobs, and
 * refuses what rule 13 forbids, as far as possible without the disk. Reports all errors at once.
 * When groups are expanded, it derives only the new part of the graph and copies the numbers of the
 * rest.
 */
public final class GraphBuilder {

  private static final String NO_FILE = "; a file is needed by its path alone";
  private static final String NO_FILE_BUT_DATA =
      "; {data: …} is a value that a job stored" + NO_FILE + ", or under another name";

  private final Workflow workflow;
  private final Graph base;
  private final int first; // the first new node
  private final int[] written;
  private final Map<Integer, Integer> positions = new HashMap<>(); // indexes of new jobs, by node
  private final BitSet joins;
  private final SortedMap<Integer, Group> open = new TreeMap<>();
  private final StringTable.Builder names;
  private StringTable.Builder files;
  final NameResolver references;
  private final Makers makers;
  private final RowCollector needs = new RowCollector(); // needed files, by job
  private final RowCollector made = new RowCollector(); // declared files and folders, by job
  private final int[] priority;
  private final BitSet temporary;
  private final BitSet deletes;
  private final SortedMap<String, BitSet> having;
  private final NeedLists lists;
  private final Map<Integer, int[]> members = new HashMap<>(); // of new and changed join nodes
  private final BitSet stale = new BitSet(); // nodes of the base that wait for other nodes now
  private final Map<Integer, Integer> remade = new HashMap<>(); // new makers of files of the base
  private final List<Diagnostic> errors = new ArrayList<>();
  private Adjacency before;

  private GraphBuilder(Workflow workflow, Set<String> sources) {
    this.workflow = workflow;
    this.base = null;
    this.first = 0;
    this.written = new int[workflow.jobs().size()];
    this.joins = new BitSet();
    this.names = new StringTable.Builder();
    this.files = new StringTable.Builder();
    this.priority = new int[written.length];
    this.temporary = new BitSet();
    this.deletes = new BitSet();
    this.having = new TreeMap<>();
    for (int j = 0; j < written.length; j++) {
      written[j] = names.add(workflow.jobName(j));
    }
    workflow.groups().stream()
        .filter(Group::isOpen)
        .forEach(group -> open.put(join(group.name()), group));
    this.references = new NameResolver(workflow, this::job, open, names::id);
    this.makers = new Makers(new Makers(), written, this::job, open, sources, this::name, errors);
    this.lists = new NeedLists(this, null);
  }

  private GraphBuilder(Graph base, Workflow workflow, Set<String> sources) {
    this.workflow = workflow;
    this.base = base;
    this.first = base.nodes();
    this.written = new int[workflow.jobs().size()];
    this.joins = (BitSet) base.tables().nodes().joins().clone();
    this.names = new StringTable.Builder(base.tables().nodes().names());
    this.files = new StringTable.Builder(base.tables().files().paths());
    Arrays.fill(written, -1);
    Map<String, Integer> expanded = expand();
    this.priority = Arrays.copyOf(base.tables().jobs().priority(), names.size());
    this.temporary = (BitSet) base.tables().jobs().temporary().clone();
    this.deletes = (BitSet) base.tables().jobs().deletes().clone();
    this.having = new TreeMap<>();
    base.tables().jobs().having().forEach((key, jobs) -> having.put(key, (BitSet) jobs.clone()));
    int[] ids = new int[names.size() - first];
    int known = 0;
    for (int w = 0; w < written.length; w++) {
      if (written[w] < 0) {
        written[w] = base.tables().jobs().written()[known++];
      } else {
        ids[written[w] - first] = written[w];
        positions.put(written[w], w);
      }
    }
    this.references = new NameResolver(workflow, this::job, open, names::id);
    this.makers =
        new Makers(base.growth().makers(), ids, this::job, open, sources, this::name, errors);
    this.lists = new NeedLists(this, base);
    needs.addRows(base.needs(), 0, first);
    made.addRows(base.products(), 0, first);
    renew(expanded, ids);
  }

  /** Builds the graph of a workflow; throws {@link BadInput} with every error found. */
  public static Graph build(Workflow workflow) {
    return build(workflow, Set.of());
  }

  /**
   * Builds the graph. The paths in {@code sources} are sources although open groups' patterns
   * match.
   */
  static Graph build(Workflow workflow, Set<String> sources) {
    return build(sources, more -> new GraphBuilder(workflow, more));
  }

  /**
   * Builds the graph. An open group cannot make a file that a job needs by path before the group is
   * expanded, although a pattern of the group may match the file. The match looks like a cycle, so
   * the graph is built again with the file as a source.
   */
  private static Graph build(Set<String> sources, Function<Set<String>, GraphBuilder> begin) {
    GraphBuilder builder = begin.apply(sources);
    try {
      return builder.build();
    } catch (BadInput e) {
      Set<String> more = new HashSet<>(sources);
      if (!more.addAll(builder.mistaken())) {
        throw e;
      }
      return build(more, begin);
    }
  }

  /**
   * Returns the files that an open group's patterns match but that a job before the group needs.
   */
  private Set<String> mistaken() {
    Set<String> found = new HashSet<>();
    for (int group : open.keySet()) {
      IntConsumer look =
          file -> {
            if (products().owner(files.text(file)) == group) {
              found.add(files.text(file));
            }
          };
      before.along(range(group, group + 1)).stream().forEach(node -> needs.forEach(node, look));
    }
    return found;
  }

  /**
   * Builds the graph of a workflow. {@code earlier} may be null. If it has equal jobs and no
   * groups, the result shares its numbers, and no job is unpacked.
   */
  public static Graph build(Workflow workflow, Graph earlier) {
    return earlier != null && areAllSame(workflow, earlier.workflow())
        ? earlier.with(workflow)
        : build(workflow);
  }

  private static boolean areAllSame(Workflow now, Workflow before) {
    if (!now.groups().isEmpty()
        || !before.groups().isEmpty()
        || now.jobs().size() != before.jobs().size()
        || !now.isLike(before)) {
      return false;
    }
    BiPredicate<Integer, Integer> same = ((PackedJobs) now.jobs()).same((PackedJobs) before.jobs());
    return IntStream.range(0, now.jobs().size()).allMatch(j -> same.test(j, j));
  }

  /**
   * Returns the larger graph after groups were expanded; all numbers of {@code base} stay the same.
   * {@code next} is the workflow of {@code base} with more instances in its open groups.
   */
  public static Graph grow(Graph base, Workflow next) {
    Set<String> sources = base.growth().makers().products().sources();
    try {
      return build(sources, more -> new GraphBuilder(base, next, more));
    } catch (BadInput e) {
      build(next, sources); // reports all errors, in the order of the build file
      throw e;
    }
  }

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
   * Adopts the new state of the open groups and gives new instances their nodes. Returns the nodes
   * of the groups that are no longer open, by name.
   */
  private Map<String, Integer> expand() {
    Map<String, Integer> nodes = new HashMap<>();
    base.open().forEach((node, group) -> nodes.put(group.name(), node));
    for (int g = 0; g < workflow.groups().size(); g++) {
      Group group = workflow.groups().get(g);
      Integer node = nodes.get(group.name());
      if (node != null) {
        List<String> known = base.open().get(node).instances(); // in the same order
        int next = 0;
        for (int i = 0; i < group.instances().size(); i++) {
          String name = group.instances().get(i);
          if (next < known.size() && known.get(next).equals(name)) {
            next++;
          } else {
            written[workflow.starts().get(g) + i] = names.add(name);
          }
        }
      }
      if (node != null && group.isOpen()) {
        open.put(node, group);
        stale.set(node, !group.further().awaits().equals(base.open().get(node).further().awaits()));
        nodes.remove(group.name());
      }
    }
    return nodes;
  }

  Job job(int node) {
    Integer position = positions.get(node);
    return position == null && base != null
        ? base.job(node)
        : workflow.jobs().get(position == null ? node : position);
  }

  /** Updates everything that depends on groups that were open in {@code base}. */
  private void renew(Map<String, Integer> expanded, int[] ids) {
    ProductIndex added = ProductIndex.of(ids, node -> job(node).productRefs(), (_, _, _) -> {});
    expanded.forEach((group, node) -> members(node, references.nodesOf(group)));
    lists.grow(base, ids, added);
    for (int file = 0; file < base.files(); file++) {
      int maker = base.maker(file);
      if (base.isOpen(maker) && products().owner(base.path(file)) != maker) {
        remade.put(file, products().owner(base.path(file)));
        for (int reader : base.after().row(maker)) {
          stale.set(reader, stale.get(reader) || base.needs().has(reader, file));
        }
      }
    }
    for (String path : products().sources()) {
      int maker = added.owner(path);
      if (maker >= 0) {
        error(
            job(maker).place(),
            "product %s of job %s is needed by what its group waits for; choose another place"
                .formatted(path, name(maker)));
      }
    }
    members.keySet().forEach(stale::set);
  }

  private Graph build() {
    RowCollector listNeeds = new RowCollector();
    before = edges(listNeeds);
    if (!errors.isEmpty()) {
      throw new BadInput(errors.stream().distinct().toList());
    }
    BitSet renewed = range(first, names.size());
    renewed.or(stale);
    int[] nodes =
        base == null
            ? null
            : TopologicalOrder.grown(before, written, base.tables().nodes().order(), renewed);
    boolean moved = nodes == null;
    if (moved) {
      nodes = TopologicalOrder.of(before, written, this::name, this::place, this::matching);
    }
    NodeOrder order = new NodeOrder(nodes, joins);
    before.sort(order, moved ? range(0, names.size()) : renewed);
    int[] numbers = nodes == written || base != null ? null : renumber(nodes);
    GraphTables tables =
        new GraphTables(
            new GraphTables.Nodes(joins, names.build(), order),
            new GraphTables.Jobs(
                written, Arrays.copyOf(priority, nodes.length), temporary, deletes, having),
            new GraphTables.Files(files.build(), products().arePlain(), maker()),
            lists.all(order),
            new GraphTables.Edges(
                base == null ? needs.build(numbers, true) : needs.build(),
                listNeeds.build(),
                base == null ? made.build(numbers, false) : made.build(),
                before));
    return new Graph(workflow, tables, open, open.isEmpty() ? null : lists.growth(makers), renewed);
  }

  private static BitSet range(int from, int to) {
    BitSet all = new BitSet(to);
    all.set(from, to);
    return all;
  }

  /**
   * Renumbers the paths in the order of the nodes. Returns the new numbers, indexed by the old
   * ones.
   */
  private int[] renumber(int[] nodes) {
    StringTable.Builder sorted = new StringTable.Builder();
    int[] numbers = new int[files.size()];
    for (int node : nodes) {
      IntConsumer number = file -> numbers[file] = sorted.add(files.text(file));
      needs.forEach(node, number);
      made.forEach(node, number);
    }
    files = sorted;
    return numbers;
  }

  private int[] maker() {
    int[] maker =
        base == null
            ? new int[files.size()]
            : Arrays.copyOf(base.tables().files().maker(), files.size());
    for (int f = base == null ? 0 : base.files(); f < maker.length; f++) {
      maker[f] = products().owner(files.text(f));
    }
    remade.forEach((file, other) -> maker[file] = other);
    return maker;
  }

  /** Returns the nodes that each node waits for, and creates join nodes for lists on the way. */
  private Adjacency edges(RowCollector listNeeds) {
    RowCollector edges = new RowCollector();
    for (int node = 0; node < names.size(); node++) {
      int same = node < first ? stale.nextSetBit(node) : node;
      same = same < 0 ? first : Math.min(same, Math.max(first, node));
      if (same > node) {
        edges.addRows(base.before(), node, same);
        listNeeds.addRows(base.listNeeds(), node, same);
        node = same - 1;
        continue;
      }
      if (!joins.get(node)) {
        Job job = job(node);
        needs(node, job, edges, listNeeds);
        if (node >= first) {
          products(job);
          priority[node] = job.runs().priority();
          temporary.set(node, job.has(Trait.TEMPORARY));
          deletes.set(node, job.has(Trait.DELETES));
          for (Map.Entry<String, Extra> each : job.extras().entrySet()) {
            having.computeIfAbsent(each.getKey(), _ -> new BitSet()).set(node);
            having.computeIfAbsent(each.getValue().effect(), _ -> new BitSet()).set(node);
          }
        }
      } else if (open.containsKey(node)) {
        Group group = open.get(node);
        for (String name : group.further().awaits()) {
          if (group.grows()) { // waits for each one separately
            Arrays.stream(references.nodesOf(name)).forEach(edges::add);
          } else {
            Ref.OfJob ref = new Ref.OfJob(group.place(), name);
            waitForList(named(ref, name, false, "", List.of()), edges);
          }
        }
      } else {
        Arrays.stream(members.get(node)).forEach(edges::add);
      }
      edges.endRow(true);
      listNeeds.endRow(false);
      if (node >= first) {
        needs.endRow(base != null);
        made.endRow(false);
      }
    }
    return edges.build();
  }

  private void products(Job job) {
    for (Ref ref : job.productRefs()) {
      if (ref instanceof Ref.OfFile file) {
        made.add(files.add(file.path()));
      } else if (ref instanceof Ref.OfFolder folder) {
        made.add(files.add(folder.path()));
      }
    }
  }

  private void needs(int j, Job job, RowCollector edges, RowCollector listNeeds) {
    List<Integer> listsHere = new ArrayList<>(0);
    List<Glob> excludes = job.excludes();
    for (Ref ref : job.needRefs()) {
      int list = need(j, job, ref, excludes, edges);
      if (list >= 0 && !listsHere.contains(list)) {
        listsHere.add(list);
        listNeeds.add(list);
      }
    }
    for (Tool tool : job.links().tools()) {
      tool.paths().stream()
          .filter(path -> products().owner(path) >= 0)
          .findFirst()
          .ifPresent(made -> need(j, job, new Ref.OfFile(tool.place(), made), excludes, edges));
    }
    for (Ref.OfJob after : job.links().after()) {
      waitForList(named(after, after.job(), false, "", List.of()), edges);
    }
    references.eachMaker(job, products()::owner, edges::add);
  }

  /**
   * Adds the edge to a need's maker. Returns the number of the need's list; -1 if the need is not a
   * list. A needed file gets a number.
   */
  private int need(int j, Job job, Ref ref, List<Glob> excludes, RowCollector edges) {
    if (ref instanceof Ref.OfFile file) {
      int maker = products().owner(file.path());
      if (maker == j) {
        String line = "job %s needs its own product %s; remove it from needs or produces";
        error(ref.place(), line.formatted(job.name(), file.path()));
      } else if (maker >= 0) {
        edges.add(maker);
      }
      if (j >= first) {
        needs.add(files.add(file.path()));
      }
      return -1;
    } else if (ref instanceof Ref.OfData data) {
      if (data.job() == null) {
        staticData(data);
      } else {
        waitForList(
            named(data, references.awaited(data), data.skips(), step(data.written()), List.of()),
            edges);
      }
      return -1;
    }
    int list = -1;
    if (ref instanceof Ref.OfGlob glob) {
      list = lists.of(j, ListKind.GLOB, glob.pattern(), excludes, false, null);
    } else if (ref instanceof Ref.OfFolder folder) {
      list = lists.of(j, ListKind.FOLDER, folder.path(), excludes, false, null);
    } else if (ref instanceof Ref.OfJob other) {
      list = named(other, other.job(), other.skips(), NO_FILE, excludes);
    }
    waitForList(list, edges);
    return list;
  }

  /**
   * Returns the list for a named job, group or part of a group. For an unknown name, reports an
   * error and returns -1. Reports an error for {@code skips} or an order on a single job. {@code
   * step} says what to do if no similar name exists.
   */
  private int named(Ref ref, String name, boolean skips, String step, List<Glob> excludes) {
    int[] meant = lists.meant(ListKind.JOB, name, List.of());
    if (meant == null) {
      boolean data = ref instanceof Ref.OfData;
      error(
          ref.place(),
          data ? references.unknown((Ref.OfData) ref, step) : references.unknown(name, step));
      return -1;
    }
    boolean rows = ref instanceof Ref.OfJob of && of.rows();
    int single = skips || rows ? names.id(name) : -1;
    if (single >= 0 && job(single).group() == null) {
      error(
          ref.place(),
          "%s is one job, and %s is for the instances of a group; write {%s}"
              .formatted(
                  name,
                  skips ? "failed: skip" : "order: rows",
                  ref instanceof Ref.OfData data ? "data: " + data.written() : "job: " + name));
    }
    String product = ref instanceof Ref.OfJob of ? of.product() : null;
    for (int maker : product == null ? new int[0] : meant) {
      if (!open.containsKey(maker) && job(maker).products(product).isEmpty()) {
        error(ref.place(), job(maker).withoutProduct(product));
        break; // the other instances have the same names
      }
    }
    return lists.of(-1, skips ? ListKind.SOME : ListKind.JOB, name, excludes, rows, product);
  }

  private String step(String data) {
    String whole = data.substring(0, data.indexOf('.'));
    return workflow.settings().data().containsKey(whole)
        ? "; %1$s of the data section is one value, {data.%1$s}; in vars its parts have names: {%2$s}"
            .formatted(whole, data)
        : NO_FILE_BUT_DATA;
  }

  private void waitForList(int list, RowCollector edges) {
    if (list >= 0 && lists.get(list).awaited() >= 0) {
      edges.add(lists.get(list).awaited());
    }
  }

  /** Returns which pattern or folder that one job needs matches a product of another one. */
  private String matching(int reader, int maker) {
    if (joins.get(reader) || joins.get(maker)) {
      return "";
    }
    List<Glob> excludes = job(reader).excludes();
    for (Ref need : job(reader).needRefs()) {
      if (need instanceof Ref.OfGlob || need instanceof Ref.OfFolder) {
        for (Ref made : job(maker).productRefs()) {
          Glob product = ProductIndex.inside(made);
          if (ProductIndex.inside(need).overlaps(product) && !Excludes.all(excludes, product)) {
            return "%s of %s matches %s of %s (exclude it: !%s)"
                .formatted(need.text(), name(reader), made.text(), name(maker), made.text());
          }
        }
      }
    }
    return "";
  }

  Path root() {
    return workflow.root();
  }

  ProductIndex products() {
    return makers.products();
  }

  Map<Integer, Group> open() {
    return open;
  }

  int join(String text, int[] nodes) {
    int join = join(text);
    members.put(join, nodes);
    return join;
  }

  void members(int join, int[] nodes) {
    members.put(join, nodes);
  }

  /** Returns the group of an instance, or the name of any other node. */
  String kin(int node) {
    String group = joins.get(node) ? null : job(node).group();
    return group == null ? name(node) : group;
  }

  /** Checks a value without a job: it must be in the data section. It makes no edge. */
  private void staticData(Ref.OfData ref) {
    if (!workflow.settings().data().containsKey(ref.key())) {
      String hint =
          references.nodesOf(ref.key()) != null
              ? "; of a job's data write " + ref.key() + ".KEY"
              : NearestName.hint(ref.key(), workflow.settings().data().keySet());
      error(ref.place(), "no value " + ref.key() + " in the data section" + hint);
    }
  }

  private void error(Place place, String message) {
    errors.add(new Diagnostic(place, message));
  }
}
