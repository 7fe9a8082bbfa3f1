package dev.torc.core.model;

import dev.torc.base.bytes.ByteReader;
import dev.torc.base.bytes.ByteWriter;
import dev.torc.base.bytes.StringTable;
import dev.torc.base.digests.FolderDigest;
import dev.torc.base.posix.Walk;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.PatternIndex;
import dev.torc.base.syntax.Place;
import dev.torc.core.model.NeedList.ListKind;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Records which jobs make and need which files. Jobs, files and lists are dense numbers, and edges
 * are in flat arrays. {@link GraphBuilder} derives a graph from the build file alone: a graph never
 * looks at the disk and knows no verdicts. Its nodes are jobs and join nodes. A join node runs
 * nothing. A node that waits for a join node waits for everything that the join node waits for, so
 * a thousand readers of a thousand jobs cost thousands of edges, not a million. A group whose
 * instances are not all known is an <em>open</em> join node. When the group is expanded, a larger
 * graph replaces this one, and every number stays the same. Numbers do not tell in which order jobs
 * can run: {@link NodeOrder} does.
 */
public final class Graph implements FolderDigest.Exclusions {

  /**
   * The state that a graph with open groups keeps so that {@link GraphBuilder#grow} can extend it.
   */
  record Growth(Makers makers, PersistentMap<Integer> lists, NeedLists.Parts parts) {}

  private final Workflow workflow;
  private final GraphTables tables;
  private final StringTable names;
  private final NodeOrder order;
  private final int[] position; // index in the workflow, by node; null if all are equal
  private final Map<Integer, Group> open;
  private final BitSet shut = new BitSet(); // the nodes of the open groups
  private final Supplier<NameResolver> references;
  private final Supplier<PatternIndex> listPatterns = once(this::listPatterns);
  private final Growth growth; // null if all groups are expanded
  private final Supplier<ProductIndex> makers;
  private final BitSet renewed; // nodes that are new, or wait for other nodes than before
  private final BitSet lenient = new BitSet();
  private Adjacency after;

  Graph(
      Workflow workflow,
      GraphTables tables,
      Map<Integer, Group> open,
      Growth growth,
      BitSet renewed) {
    this.workflow = workflow;
    this.tables = tables;
    this.names = tables.nodes().names();
    this.order = tables.nodes().order();
    this.position = position(tables.jobs().written(), nodes());
    this.open = open;
    open.keySet().forEach(shut::set);
    this.references = once(() -> new NameResolver(workflow, this::job, open, names::id));
    this.growth = growth;
    this.makers = growth == null ? once(this::declared) : growth.makers()::products;
    this.renewed = renewed;
    for (NeedList list : tables.lists()) {
      if (list.kind() == ListKind.SOME && list.awaited() >= 0) {
        lenient.set(list.awaited());
      }
    }
  }

  private ProductIndex declared() {
    if (tables.files().plain()) {
      return ProductIndex.of(tables.files().paths(), tables.files().maker()); // no job is unpacked
    }
    return ProductIndex.of(tables.jobs().written(), j -> job(j).productRefs(), (_, _, _) -> {});
  }

  /** Returns this graph with another workflow, whose jobs are equal except for their places. */
  Graph with(Workflow other) {
    return new Graph(other, tables, open, growth, new BitSet());
  }

  /** Returns whether this graph and another one are equal except for the places of their jobs. */
  public boolean isWith(Graph other) {
    return tables == other.tables;
  }

  public Workflow workflow() {
    return workflow;
  }

  public int jobs() {
    return tables.jobs().written().length;
  }

  public BitSet allJobs() {
    BitSet all = new BitSet(nodes());
    all.set(0, nodes());
    return jobsOf(all);
  }

  public BitSet jobsOf(BitSet some) {
    BitSet found = (BitSet) some.clone();
    found.andNot(tables.nodes().joins());
    return found;
  }

  public Job job(int node) {
    return workflow.jobs().get(index(node));
  }

  public Job.Links links(int node) {
    return workflow.jobs() instanceof PackedJobs packed
        ? packed.links(index(node))
        : job(node).links();
  }

  /** Returns how a job is found and shown. Does not unpack the rest of the job. */
  public Job.Labels labels(int node) {
    return workflow.jobs() instanceof PackedJobs packed
        ? packed.labels(index(node))
        : job(node).labels();
  }

  /** Returns the index of a job in the workflow's list. */
  public int index(int node) {
    return position == null ? node : position[node];
  }

  private static int[] position(int[] written, int nodes) {
    boolean same = true;
    int[] position = new int[nodes];
    for (int i = 0; i < written.length; i++) {
      position[written[i]] = i;
      same &= written[i] == i;
    }
    return same ? null : position;
  }

  /** Returns a job's priority; jobs with larger priorities run first. */
  public int priority(int job) {
    return tables.jobs().priority()[job];
  }

  /** Returns whether a job runs only if a reader needs its products. Does not unpack the job. */
  public boolean isTemporary(int job) {
    return tables.jobs().temporary().get(job);
  }

  /**
   * Returns the jobs with an {@link Extra} of this key or effect; null for any. The caller must not
   * change the set.
   */
  public BitSet having(String extra) {
    if (extra != null) {
      return tables.jobs().having().getOrDefault(extra, new BitSet());
    }
    BitSet having = new BitSet();
    tables.jobs().having().values().forEach(having::or);
    return having;
  }

  public boolean hasTemporary() {
    return !tables.jobs().temporary().isEmpty();
  }

  /**
   * Returns whether a job's products are removed after its readers have run. Does not unpack the
   * job.
   */
  public boolean deletes(int job) {
    return tables.jobs().deletes().get(job);
  }

  /** Returns whether any job's products are removed after its readers have run. */
  public boolean deletes() {
    return !tables.jobs().deletes().isEmpty();
  }

  /** Returns the number of the job with this name; -1 if there is none. */
  public int jobId(String name) {
    return names.id(name);
  }

  /** Returns the number of jobs and join nodes. */
  public int nodes() {
    return order.nodes.length;
  }

  /** Returns the node at a place, from 0, in the topological order of all nodes. */
  public int inOrder(int place) {
    return order.nodes[place];
  }

  /** Returns some nodes: first the jobs, then the join nodes, each in topological order. */
  public int[] inOrder(BitSet some) {
    return order.sorted(some);
  }

  /** Compares two nodes by the order of {@link #inOrder(BitSet)}. */
  public int compare(int node, int other) {
    return order.compare(node, other);
  }

  /** Returns the place of a node, from 0, in the topological order of all nodes. */
  public int place(int node) {
    return order.place(node);
  }

  public boolean isJob(int node) {
    return !tables.nodes().joins().get(node);
  }

  /** Returns whether the readers of a join node run if at least one of its jobs succeeded. */
  public boolean isLenient(int node) {
    return lenient.get(node);
  }

  /**
   * Returns whether a job has a need with {@code failed: skip}: it runs without the failed
   * instances.
   */
  public boolean skips(int job) {
    for (int i = before().from(job); !lenient.isEmpty() && i < before().to(job); i++) {
      if (lenient.get(before().at(i))) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether a node is a group whose instances are not all known. */
  public boolean isOpen(int node) {
    return node >= 0 && shut.get(node);
  }

  /** Returns whether a node is an open group that gets instances each time an awaited job ends. */
  public boolean grows(int node) {
    return isOpen(node) && open.get(node).grows();
  }

  /** Returns the groups whose instances are not all known, by node. */
  public Map<Integer, Group> open() {
    return open;
  }

  public boolean isWhole() {
    return open.isEmpty();
  }

  /** Returns the name of a job, or the name or pattern that a join node stands for. */
  public String name(int node) {
    return isJob(node) ? names.text(node) : ofJoin(names.text(node));
  }

  /** Returns how messages name a job or an open group: {@code job a}, {@code group each}. */
  public String title(int node) {
    return (isJob(node) ? "job " : "group ") + name(node);
  }

  /** Returns the text that the table of names has for a join node: no job can have that name. */
  static String joinName(int node, String text) {
    return "\0" + node + "\0" + text;
  }

  static String ofJoin(String name) {
    return name.substring(name.indexOf('\0', 1) + 1);
  }

  /**
   * Returns, in order, the jobs that a name stands for: a job, all instances of a group, or the
   * instances with the values in a name like {@code train/lr=0.1}. If more such instances may come,
   * the group's own node is included. Returns null for an unknown name.
   */
  public int[] nodesOf(String name) {
    return sorted(references.get().nodesOf(name));
  }

  /**
   * Returns the same as {@link #nodesOf} for a name in a need. If results decide a group's
   * instances, a part without instances is empty, not unknown.
   */
  public int[] nodesInNeed(String name) {
    return sorted(references.get().nodesInNeed(name));
  }

  /** Returns the jobs that store a value; null if unknown. */
  public int[] makers(Ref.OfData value) {
    return value.job() == null ? null : nodesInNeed(readingOf(value).job());
  }

  /** Returns the reading of a needed value that names an existing job; the longest name wins. */
  public Ref.OfData readingOf(Ref.OfData value) {
    return references.get().readingOf(value);
  }

  private int[] sorted(int[] nodes) {
    if (nodes != null) {
      order.sort(nodes, 0, nodes.length);
    }
    return nodes;
  }

  /** Returns whether a name in a need is a part of a group for which results gave no instances. */
  public boolean isEmptyPart(String name) {
    return !workflow.groups().isEmpty() && references.get().isEmptyPart(name);
  }

  /** Returns whether an open group may get an instance with this name. */
  public boolean mayBeInstance(String name) {
    return open.values().stream()
        .anyMatch(group -> group.name().equals(InstanceName.parse(name).group()));
  }

  /** Returns the message for a name for which {@link #nodesOf} returns null. */
  public String unknown(String name) {
    return references.get().unknown(name, "");
  }

  /** Returns how many different files the needs and products name. */
  public int files() {
    return tables.files().paths().size();
  }

  /** Returns a file's path: relative to the root, or absolute outside it. */
  public String path(int file) {
    return tables.files().paths().text(file);
  }

  /** Passes the stored UTF-8 bytes of a file's path to a taker, and returns the taker's result. */
  public <T> T handPath(int file, StringTable.Taker<T> taker) throws IOException {
    return tables.files().paths().hand(file, taker);
  }

  /** Returns the number of the file with this path; -1 if no job names it. */
  public int fileId(String path) {
    return tables.files().paths().id(path);
  }

  /**
   * Returns the job or open group that makes a path, also as a member of a folder or a match of a
   * glob; -1 for a source.
   */
  public int maker(int file) {
    return tables.files().maker()[file];
  }

  /** Returns whether a job can run if a needed file is missing: by its item, or by the maker's. */
  public boolean isOptional(int job, String path) {
    int maker = makerOf(path);
    return job(job).isOptional(path) || maker >= 0 && isJob(maker) && job(maker).mayLack(path);
  }

  /** Returns the maker of any path, as {@link #maker} does; -1 if there is none. */
  public int makerOf(String path) {
    int file = fileId(path);
    if (Walk.isWay(path)) {
      return -1; // a folder that a name leads through, not a file
    }
    return file >= 0 ? maker(file) : tables.files().plain() ? -1 : makers.get().owner(path);
  }

  /**
   * Returns the maker of a file or folder. The pattern of an open group's folder product matches
   * only paths in that folder, so a path inside {@code path} is tried as well.
   */
  public int makerAt(String path) {
    int maker = makerOf(path);
    int inside = maker < 0 ? makerOf(path + "/_") : maker;
    return isOpen(inside) ? inside : maker;
  }

  /** Returns the folders in which products are declared, and those that are products. */
  public Set<String> productFolders() {
    Set<String> folders = new HashSet<>();
    for (int file = 0; file < files(); file++) {
      if (maker(file) >= 0) {
        String path = path(file);
        folders.add(path.substring(0, Math.max(0, path.lastIndexOf('/'))));
      }
    }
    if (!tables.files().plain()) {
      makers.get().addFolders(folders);
    }
    return folders;
  }

  /** Returns whether a folder product excludes a path that otherwise has no maker. */
  public boolean leavesOut(String path) {
    return !tables.files().plain() && makers.get().leavesOut(path);
  }

  @Override
  public FolderDigest.Excluded excluded(String folder) {
    return tables.files().plain() ? null : makers.get().excluded(folder);
  }

  /**
   * Returns the product patterns of other jobs that can match the same path as {@code produced}, a
   * pattern of this job.
   */
  public List<Glob> rivals(int job, Glob produced) {
    // Other patterns cannot overlap: rule 13 refuses them.
    return produced.mayBeText() ? makers.get().rivals(job, produced) : List.of();
  }

  /** Returns whether a node is one of the makers of a list. */
  public boolean makes(NeedList list, int node) {
    return Collections.binarySearch(list.makers(), node, order::compare) >= 0;
  }

  public boolean makesBelow(String folder) {
    return !makersBelow(folder).isEmpty();
  }

  /** Returns the jobs that make something in a folder, and the open groups that may. */
  public BitSet makersBelow(String folder) {
    BitSet found = new BitSet();
    makers.get().within(folder, List.of(), found::set);
    return found;
  }

  /** Returns the jobs that make files matching a pattern, and the open groups that may. */
  public BitSet makersOf(Glob pattern) {
    BitSet found = new BitSet();
    makers.get().matching(pattern, List.of(), found::set);
    return found;
  }

  /** Returns the files that each job needs by path, ascending by number. */
  public Adjacency needs() {
    return tables.edges().needs();
  }

  /**
   * Returns the lists (globs, folders, jobs) that each job needs, in the order of the build file.
   */
  public Adjacency listNeeds() {
    return tables.edges().listNeeds();
  }

  /** Returns the tables behind this graph, which must not be changed. */
  GraphTables tables() {
    return tables;
  }

  /** Returns the state from which a larger graph starts; null if all groups are expanded. */
  Growth growth() {
    return growth;
  }

  public NeedList list(int id) {
    return tables.lists().get(id);
  }

  /** Returns the needed globs and folders that may match a path that a pattern matches. */
  public BitSet listsLike(Glob pattern) {
    BitSet found = new BitSet();
    listPatterns.get().overlapping(pattern, list -> found.set(list.job()));
    return found;
  }

  private PatternIndex listPatterns() {
    PatternIndex patterns = new PatternIndex();
    for (int list = 0; list < lists(); list++) {
      for (Glob glob : list(list).patterns()) {
        patterns.add(glob, list, Place.NONE);
      }
    }
    return patterns;
  }

  public int lists() {
    return tables.lists().size();
  }

  /** Returns whether a job declares a need for a path, by its name or by a glob or folder. */
  public boolean isNeeded(int job, String path) {
    int file = fileId(path);
    if (file >= 0 && needs().has(job, file)) {
      return true;
    }
    for (int id : listNeeds().row(job)) {
      NeedList list = list(id);
      if (list.covers(path) && !list.excludes(path)) {
        return true;
      }
    }
    return false;
  }

  /** Returns each job's declared files and folders (not globs), in the order of the build file. */
  public Adjacency products() {
    return tables.edges().products();
  }

  public boolean declares(int job, String path) {
    int file = fileId(path);
    return file >= 0 && products().has(job, file);
  }

  /** Returns the nodes that each node waits for, in the order of {@link #inOrder(BitSet)}. */
  public Adjacency before() {
    return tables.edges().before();
  }

  /** Returns the nodes that wait for each node, in the order of {@link #inOrder(BitSet)}. */
  public synchronized Adjacency after() {
    if (after == null) {
      after = before().reversed(order.ranked());
    }
    return after;
  }

  /**
   * Returns the new and changed nodes and {@code more}. Adds the readers of {@code more}, and the
   * readers of each join node in the result.
   */
  public BitSet renewed(BitSet more) {
    BitSet all = (BitSet) renewed.clone();
    all.or(more);
    BitSet places = places(all);
    for (int p = places.nextSetBit(0); p >= 0; p = places.nextSetBit(p + 1)) {
      int node = inOrder(p);
      all.set(node);
      if (tables.nodes().joins().get(node) || more.get(node)) {
        Arrays.stream(after().row(node)).forEach(reader -> places.set(place(reader)));
      }
    }
    return all;
  }

  /** Returns the places of some nodes, from 0, in the topological order of all nodes. */
  public BitSet places(BitSet some) {
    return order.places(some);
  }

  /** Returns whether {@code later} waits for {@code earlier}, directly or through other nodes. */
  public boolean precedes(int earlier, int later) {
    return order.precedes(before(), earlier, later);
  }

  /** Writes the graph without its workflow and jobs; see {@link #read}. */
  public void write(ByteWriter out) {
    tables.write(out);
  }

  /**
   * Reads a graph that {@link #write} wrote. Rarely used data is derived from the jobs on first
   * use.
   */
  public static Graph read(ByteReader in, Supplier<Workflow> of) {
    GraphTables tables = GraphTables.read(in); // before the workflow, which follows it
    return new Graph(of.get(), tables, Map.of(), null, new BitSet());
  }

  private static <T> Supplier<T> once(Supplier<T> make) {
    return new Supplier<>() {
      private T made;

      @Override
      public synchronized T get() {
        if (made == null) {
          made = make.get();
        }
        return made;
      }
    };
  }
}
