package dev.torc.graph;

import dev.torc.bytes.ByteReader;
import dev.torc.bytes.ByteWriter;
import dev.torc.bytes.StringTable;
import dev.torc.syntax.Glob;
import dev.torc.workflow.InstanceName;
import dev.torc.workflow.Job;
import dev.torc.workflow.PackedJobs;
import dev.torc.workflow.Workflow;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Who makes and who needs what: jobs, files and lists as dense numbers, edges in flat arrays. Built
 * by {@link GraphBuilder} from the build file alone; it never looks at the disk, and knows nothing
 * of verdicts. Jobs are numbered in a topological order: whatever a job waits for has a smaller
 * number. Join nodes are nodes too, with the numbers behind those of the jobs.
 */
public final class Graph {

  private final Workflow workflow;
  private final List<Job> jobs;
  private final List<JoinNode> joins;
  private final StringTable names;
  private final Supplier<NameResolver> references;
  private final StringTable paths;
  private final Supplier<Makers> makers;
  private final boolean plain;
  private final int[] maker;
  private final int[] priority;
  private final List<NeedList> lists;
  private final Adjacency needs;
  private final Adjacency listNeeds;
  private final Adjacency products;
  private final Adjacency before;
  private Adjacency after;
  private final int[] order;
  private final int[] place;

  Graph(
      Workflow workflow,
      List<Job> jobs,
      List<JoinNode> joins,
      StringTable names,
      Supplier<NameResolver> references,
      StringTable paths,
      Supplier<Makers> makers,
      boolean plain,
      int[] maker,
      int[] priority,
      List<NeedList> lists,
      Adjacency needs,
      Adjacency listNeeds,
      Adjacency products,
      Adjacency before,
      int[] order) {
    this.workflow = workflow;
    this.jobs = jobs;
    this.joins = joins;
    this.names = names;
    this.references = references;
    this.paths = paths;
    this.makers = makers;
    this.plain = plain;
    this.maker = maker;
    this.priority = priority;
    this.lists = lists;
    this.needs = needs;
    this.listNeeds = listNeeds;
    this.products = products;
    this.before = before;
    this.order = order;
    this.place = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      place[order[i]] = i;
    }
  }

  /** What the graph was built from. */
  public Workflow workflow() {
    return workflow;
  }

  /** How many jobs there are. */
  public int jobs() {
    return jobs.size();
  }

  /** A job by number. */
  public Job job(int id) {
    return jobs.get(id);
  }

  /** A job's priority: larger first. */
  public int priority(int job) {
    return priority[job];
  }

  /** A job's number by name, -1 if there is none. */
  public int jobId(String name) {
    return names.id(name);
  }

  /** How many nodes there are: jobs, and join nodes behind them. */
  public int nodes() {
    return order.length;
  }

  /** The node at a place of the topological order of all nodes, from 0. */
  public int inOrder(int place) {
    return order[place];
  }

  /** Whether a node is a job. */
  public boolean isJob(int node) {
    return node < jobs.size();
  }

  /** A join node by its number as a node. */
  public JoinNode join(int node) {
    return joins.get(node - jobs.size());
  }

  /** Whether a node is a group whose instances are not all known. */
  public boolean isOpen(int node) {
    return node >= jobs.size() && join(node).isOpen();
  }

  /** Whether all instances of all groups are known. */
  public boolean isWhole() {
    return joins.stream().noneMatch(JoinNode::isOpen);
  }

  /** The name of a job, or what a join node stands for. */
  public String name(int node) {
    return isJob(node) ? names.text(node) : join(node).text();
  }

  /**
   * The jobs that a name stands for, ascending: a job, all instances of a group, or those that have
   * the values in {@code train/lr=0.1}; with the node of the group where not all instances are
   * known. Null where nothing has that name.
   */
  public int[] named(String name) {
    return references.get().of(name);
  }

  /** Whether a name may be that of an instance of a group whose instances are not all known. */
  public boolean mayBeInstance(String name) {
    return joins.stream()
        .filter(JoinNode::isOpen)
        .anyMatch(join -> join.text().equals(InstanceName.parse(name).group()));
  }

  /** What to say of a name for which {@link #named} has nothing. */
  public String unknown(String name) {
    return references.get().unknown(name);
  }

  /** How many files are named as needs or products. */
  public int files() {
    return paths.size();
  }

  /** A file's path: relative to the root, or absolute outside it. */
  public String path(int file) {
    return paths.text(file);
  }

  /** Hands over a file's path as it is stored. */
  public <T> T handPath(int file, StringTable.Taker<T> taker) throws IOException {
    return paths.hand(file, taker);
  }

  /** A file's number by path, -1 if no job names it. */
  public int fileId(String path) {
    return paths.id(path);
  }

  /**
   * The job that makes a file (itself, or in a folder or glob product), or the open group that may;
   * -1 for a source.
   */
  public int maker(int file) {
    return maker[file];
  }

  /** Who makes whatever stands at a path, as by {@link #maker}; -1 if nobody does. */
  public int makerOf(String path) {
    int file = fileId(path);
    return file >= 0 ? maker[file] : plain ? -1 : makers.get().of(path);
  }

  /** Whether any job may make something in a folder. */
  public boolean makesBelow(String folder) {
    boolean[] found = new boolean[1];
    makers.get().within(folder, List.of(), _ -> found[0] = true);
    return found[0];
  }

  /** Job to the files that it needs by path, ascending by number. */
  public Adjacency needs() {
    return needs;
  }

  /** Job to the numbers of its globs, folders and jobs among the needs, in written order. */
  public Adjacency listNeeds() {
    return listNeeds;
  }

  /** A glob, folder or job that some job needs. */
  public NeedList list(int id) {
    return lists.get(id);
  }

  /** How many distinct lists are needed. */
  public int lists() {
    return lists.size();
  }

  /** Job to its declared files and folders (not globs), in written order. */
  public Adjacency products() {
    return products;
  }

  /** Whether a job declares a file or folder by that path. */
  public boolean declares(int job, String path) {
    int file = fileId(path);
    return file >= 0 && products.has(job, file);
  }

  /** Node to the nodes that it waits for, ascending. */
  public Adjacency before() {
    return before;
  }

  /** Node to the nodes that wait for it, ascending. */
  public synchronized Adjacency after() {
    if (after == null) {
      after = before.reversed(before.rows());
    }
    return after;
  }

  /** Whether the node {@code later} waits for {@code earlier}, directly or through others. */
  public boolean precedes(int earlier, int later) {
    int from = place[earlier];
    int reach = place[later] - from;
    if (reach <= 0) {
      return false;
    }
    boolean[] seen = new boolean[reach];
    int[] stack = new int[reach + 1];
    int top = 0;
    stack[top++] = later;
    while (top > 0) {
      int node = stack[--top];
      for (int i = before.from(node); i < before.to(node); i++) {
        int p = before.at(i);
        if (p == earlier) {
          return true;
        }
        int at = place[p] - from;
        if (at > 0 && !seen[at]) {
          seen[at] = true;
          stack[top++] = p;
        }
      }
    }
    return false;
  }

  /** The jobs that a job waits for, join nodes seen through; ascending. */
  public int[] jobsBefore(int job) {
    BitSet found = new BitSet();
    ArrayDeque<Integer> nodes = new ArrayDeque<>(List.of(job));
    while (!nodes.isEmpty()) {
      for (int node : before.row(nodes.poll())) {
        if (isJob(node)) {
          found.set(node);
        } else {
          nodes.add(node);
        }
      }
    }
    return found.stream().toArray();
  }

  /** Writes it but for its workflow and jobs; see {@link #read}. */
  public void write(ByteWriter out) {
    out.list(joins, (to, join) -> to.text(join.text()));
    names.write(out);
    paths.write(out);
    out.flag(plain);
    out.ints(maker);
    out.ints(priority);
    out.list(
        lists,
        (to, list) -> {
          to.one(list.kind().ordinal());
          to.text(list.text());
          to.list(list.excludes(), (each, glob) -> each.text(glob.toString()));
          to.ints(list.makers().stream().mapToInt(maker -> maker).toArray());
        });
    needs.write(out);
    listNeeds.write(out);
    products.write(out);
    before.write(out);
    out.ints(order);
    out.ints(workflow.jobs().stream().mapToInt(job -> names.id(job.name())).toArray());
  }

  /**
   * Reads it back. What only few ask for is made again from the jobs when it is asked for.
   *
   * @param jobs by number
   * @param of makes the workflow from its jobs in written order
   */
  public static Graph read(ByteReader in, List<Job> jobs, Function<List<Job>, Workflow> of) {
    List<JoinNode> joins = in.list(from -> new JoinNode(from.text(), null));
    StringTable names = StringTable.read(in);
    StringTable paths = StringTable.read(in);
    boolean plain = in.flag();
    int[] maker = in.ints();
    int[] priority = in.ints();
    List<NeedList> lists = in.list(Graph::list);
    Adjacency needs = Adjacency.read(in);
    Adjacency listNeeds = Adjacency.read(in);
    Adjacency products = Adjacency.read(in);
    Adjacency before = Adjacency.read(in);
    int[] order = in.ints();
    int[] number = in.ints();
    Workflow workflow = of.apply(PackedJobs.pick(jobs, number));
    return new Graph(
        workflow,
        jobs,
        joins,
        names,
        references(workflow, number),
        paths,
        makers(workflow, number),
        plain,
        maker,
        priority,
        lists,
        needs,
        listNeeds,
        products,
        before,
        order);
  }

  private static NeedList list(ByteReader in) {
    NeedList.Kind kind = NeedList.Kind.values()[in.one()];
    String text = in.text();
    List<Glob> excludes = in.list(from -> Glob.of(from.text()));
    List<Integer> makers = Arrays.stream(in.ints()).boxed().toList();
    Glob glob = kind == NeedList.Kind.GLOB ? Glob.of(text) : null;
    return new NeedList(kind, text, glob, excludes, makers);
  }

  /**
   * Who makes what in a workflow whose groups are all expanded, made when it is first asked for.
   *
   * @param number of each job, as written
   */
  static Supplier<Makers> makers(Workflow workflow, int[] number) {
    return once(
        () -> {
          Makers makers = new Makers(workflow.jobs(), List.of(), new ArrayList<>());
          makers.renumber(number);
          return makers;
        });
  }

  /** What names stand for, likewise. */
  static Supplier<NameResolver> references(Workflow workflow, int[] number) {
    return once(
        () -> {
          NameResolver references = new NameResolver(workflow);
          references.renumber(number);
          return references;
        });
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
