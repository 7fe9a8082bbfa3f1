package dev.torc.graph;

import dev.torc.bytes.ByteReader;
import dev.torc.bytes.ByteWriter;
import dev.torc.bytes.StringTable;
import dev.torc.graph.NeedList.ListKind;
import dev.torc.hash.FolderDigest;
import dev.torc.syntax.Glob;
import dev.torc.workflow.Group;
import dev.torc.workflow.InstanceName;
import dev.torc.workflow.Job;
import dev.torc.workflow.PersistentMap;
import dev.torc.workflow.ProductIndex;
import dev.torc.workflow.Ref;
import dev.torc.workflow.Workflow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Which job makes and needs which files: jobs, files and lists as dense numbers, edges in flat
 * arrays. {@link GraphBuilder} builds it from the build file alone; it never looks at the disk, and
 * knows no verdicts. Its nodes are jobs and join nodes. A join node runs nothing: whatever waits
 * for it waits for all that it waits for, so a thousand readers of a thousand jobs cost thousands
 * of edges and not a million. A group whose instances are not all known is an <em>open</em> join
 * node; when it is expanded, a larger graph follows, in which every number stays the same. Numbers
 * do not say in which order jobs can run: {@link NodeOrder} does.
 */
public final class Graph implements FolderDigest.Exclusions {

  /** What a graph with open groups has, so that a larger graph can follow it. */
  record Growth(Makers makers, PersistentMap<Integer> lists, NeedLists.Parts parts) {}

  private final Workflow workflow;
  private final GraphTables tables;
  private final StringTable names;
  private final NodeOrder order;
  private final int[] position; // by node: a job's index in the workflow; null if that is its node
  private final Map<Integer, Group> open;
  private final BitSet shut = new BitSet(); // the nodes of the open groups
  private final Supplier<NameResolver> references;
  private final Growth growth; // null if all groups are expanded
  private final Supplier<ProductIndex> makers;
  private final BitSet renewed; // nodes that are new, or wait for others than before
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
    Makers all =
        new Makers(
            new Makers(),
            tables.jobs().written(),
            this::job,
            Map.of(),
            Set.of(),
            this::name,
            new ArrayList<>());
    return all.products();
  }

  /** Returns this graph with the jobs of another workflow, which say the same as its own. */
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

  /** Returns how many jobs there are. */
  public int jobs() {
    return tables.jobs().written().length;
  }

  public BitSet allJobs() {
    BitSet all = new BitSet(nodes());
    all.set(0, nodes());
    all.andNot(tables.nodes().joins());
    return all;
  }

  public BitSet jobsOf(BitSet some) {
    BitSet found = (BitSet) some.clone();
    found.andNot(tables.nodes().joins());
    return found;
  }

  public Job job(int node) {
    return workflow.jobs().get(index(node));
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

  /** Returns a job's priority: larger first. */
  public int priority(int job) {
    return tables.jobs().priority()[job];
  }

  /** Returns whether only readers want a job's products; reads no packed job. */
  public boolean isTemporary(int job) {
    return tables.jobs().temporary().get(job);
  }

  public boolean hasTemporary() {
    return !tables.jobs().temporary().isEmpty();
  }

  /** Returns whether a job's products are removed once they were read; reads no packed job. */
  public boolean deletes(int job) {
    return tables.jobs().deletes().get(job);
  }

  /** Returns whether any job has products that are removed once they were read. */
  public boolean deletes() {
    return !tables.jobs().deletes().isEmpty();
  }

  /** Returns a job's number by name, -1 if there is none. */
  public int jobId(String name) {
    return names.id(name);
  }

  /** Returns how many nodes there are: jobs, and join nodes. */
  public int nodes() {
    return order.nodes().length;
  }

  /** Returns the node at a place of the topological order of all nodes, from 0. */
  public int inOrder(int place) {
    return order.nodes()[place];
  }

  /** Returns some nodes in topological order, but all jobs before all join nodes. */
  public int[] inOrder(BitSet some) {
    return order.sorted(some);
  }

  /** Compares two nodes by the order of {@link #inOrder(BitSet)}. */
  public int compare(int node, int other) {
    return order.compare(node, other);
  }

  /** Returns the place of a node in the topological order of all nodes, from 0. */
  public int place(int node) {
    return order.place(node);
  }

  public boolean isJob(int node) {
    return !tables.nodes().joins().get(node);
  }

  /** Returns whether readers of a join node run despite failures, if one job of it succeeded. */
  public boolean isLenient(int node) {
    return lenient.get(node);
  }

  /** Returns whether a job runs without the instances that failed, as {@code failed: skip} says. */
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

  /** Returns whether all jobs that an open group waits for give it instances. */
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

  /** Returns the name of a job, or what a join node stands for. */
  public String name(int node) {
    return isJob(node) ? names.text(node) : ofJoin(names.text(node));
  }

  /** Returns a job or an open group in a message: {@code job a}, {@code group each}. */
  public String title(int node) {
    return (isJob(node) ? "job " : "group ") + name(node);
  }

  /** Returns the entry of a join node among the names: no job can have that name. */
  static String joinName(int node, String text) {
    return "\0" + node + "\0" + text;
  }

  static String ofJoin(String name) {
    return name.substring(name.indexOf('\0', 1) + 1);
  }

  /**
   * Returns the jobs of a name, in order: a job, all instances of a group, or those with the values
   * in {@code train/lr=0.1}; with the group's own node if not all instances are known; null if
   * unknown.
   */
  public int[] nodesOf(String name) {
    return sorted(references.get().nodesOf(name));
  }

  /** Returns the jobs of a name in a need, null if unknown; results may leave a part empty. */
  public int[] nodesInNeed(String name) {
    return sorted(references.get().nodesInNeed(name));
  }

  /** Returns the jobs that store a value; null if unknown. */
  public int[] makers(Ref.OfData value) {
    return value.job() == null ? null : nodesInNeed(readingOf(value).job());
  }

  /** Returns a needed value as that of the longest name of a job. */
  public Ref.OfData readingOf(Ref.OfData value) {
    return references.get().readingOf(value);
  }

  private int[] sorted(int[] nodes) {
    if (nodes != null) {
      order.sort(nodes, 0, nodes.length);
    }
    return nodes;
  }

  /** Returns whether a name in a need is that of a part of a group that results left empty. */
  public boolean isEmptyPart(String name) {
    return !workflow.groups().isEmpty() && references.get().isEmptyPart(name);
  }

  /** Returns whether a name may be that of a further instance of an open group. */
  public boolean mayBeInstance(String name) {
    return open.values().stream()
        .anyMatch(group -> group.name().equals(InstanceName.parse(name).group()));
  }

  /** Returns the message for a name for which {@link #nodesOf} returns null. */
  public String unknown(String name) {
    return references.get().unknown(name, "");
  }

  /** Returns how many files are named as needs or products. */
  public int files() {
    return tables.files().paths().size();
  }

  /** Returns a file's path: relative to the root, or absolute outside it. */
  public String path(int file) {
    return tables.files().paths().text(file);
  }

  /** Gives a taker a file's path as it is stored. */
  public <T> T handPath(int file, StringTable.Taker<T> taker) throws IOException {
    return tables.files().paths().hand(file, taker);
  }

  /** Returns a file's number by path, -1 if no job names it. */
  public int fileId(String path) {
    return tables.files().paths().id(path);
  }

  /**
   * Returns the job that makes a file (itself, or in a folder or glob product), or the open group
   * that may; -1 for a source.
   */
  public int maker(int file) {
    return tables.files().maker()[file];
  }

  /** Returns the maker of any path, as {@link #maker} does; -1 if there is none. */
  public int makerOf(String path) {
    int file = fileId(path);
    return file >= 0 ? maker(file) : tables.files().plain() ? -1 : makers.get().owner(path);
  }

  /**
   * Returns the maker of a file or folder. The pattern of an open group's folder matches only what
   * is in the folder, so a path in it is tried as well.
   */
  public int makerAt(String path) {
    int maker = makerOf(path);
    int inside = maker < 0 ? makerOf(path + "/_") : maker;
    return isOpen(inside) ? inside : maker;
  }

  /** Returns whether a path without a maker is in a folder product, from which it is excluded. */
  public boolean leavesOut(String path) {
    return !tables.files().plain() && makers.get().leavesOut(path);
  }

  @Override
  public FolderDigest.Excluded excluded(String folder) {
    return tables.files().plain() ? null : makers.get().excluded(folder);
  }

  /** Returns the patterns of other jobs that can match what a produced pattern of a job matches. */
  public List<Glob> rivals(int job, Glob produced) {
    // Rule 13 refuses other patterns that overlap.
    return produced.mayBeText() ? makers.get().rivals(job, produced) : List.of();
  }

  /** Returns, by node, the same node of an earlier graph, or -1. Both have packed jobs. */
  public int[] sameIn(Graph earlier) {
    return SameJobs.of(earlier, this);
  }

  /** Returns whether a node is among those that make the members of a list. */
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

  /** Returns the jobs that make files which a pattern matches, and the open groups that may. */
  public BitSet makersOf(Glob pattern) {
    BitSet found = new BitSet();
    makers.get().matching(pattern, List.of(), found::set);
    return found;
  }

  /** Returns the files that each job needs by path, ascending by number. */
  public Adjacency needs() {
    return tables.edges().needs();
  }

  /** Returns the lists (globs, folders, jobs) that each job needs, in written order. */
  public Adjacency listNeeds() {
    return tables.edges().listNeeds();
  }

  /** Returns the numbers; not to be changed. */
  GraphTables tables() {
    return tables;
  }

  /** Returns what this graph needs to grow; null if all groups are expanded. */
  Growth growth() {
    return growth;
  }

  public NeedList list(int id) {
    return tables.lists().get(id);
  }

  public int lists() {
    return tables.lists().size();
  }

  /** Returns whether a job says that it needs a path: by its name, or by a glob or folder. */
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

  /** Returns each job's declared files and folders (not globs), in written order. */
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

  /** Returns the renewed nodes and {@code more}, with their readers through join nodes. */
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

  /** Returns the places of some nodes in the topological order of all nodes. */
  public BitSet places(BitSet some) {
    return order.places(some);
  }

  /** Returns whether {@code later} waits for {@code earlier}, directly or through others. */
  public boolean precedes(int earlier, int later) {
    return order.precedes(before(), earlier, later);
  }

  /** Writes the graph without its workflow and jobs; see {@link #read}. */
  public void write(ByteWriter out) {
    tables.write(out);
  }

  /** Reads a graph back. What is seldom needed is derived from the jobs at the first request. */
  public static Graph read(ByteReader in, Supplier<Workflow> of) {
    GraphTables tables = GraphTables.read(in);
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
