package dev.torc.graph;

import dev.torc.workflow.InstanceName;
import dev.torc.workflow.Job;
import dev.torc.workflow.Workflow;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/**
 * Who makes and who needs what: jobs, files and lists as dense numbers, edges in flat arrays. Built
 * by {@link GraphBuilder} from the build file alone; it never looks at the disk, and knows nothing
 * of verdicts. Jobs are numbered in a topological order: whatever a job waits for has a smaller
 * number. Gates are nodes too, with the numbers behind those of the jobs.
 */
public final class Graph {

  private final Workflow workflow;
  private final List<Job> jobs;
  private final List<Gate> gates;
  private final References references;
  private final List<String> paths;
  private final Map<String, Integer> fileIds;
  private final Makers makers;
  private final int[] maker;
  private final List<NeedList> lists;
  private final Adjacency needs;
  private final Adjacency listNeeds;
  private final Adjacency products;
  private final Adjacency before;
  private final Adjacency after;
  private final int[] order;
  private final int[] place;

  Graph(
      Workflow workflow,
      List<Job> jobs,
      List<Gate> gates,
      References references,
      List<String> paths,
      Map<String, Integer> fileIds,
      Makers makers,
      int[] maker,
      List<NeedList> lists,
      Adjacency needs,
      Adjacency listNeeds,
      Adjacency products,
      Adjacency before,
      int[] order) {
    this.workflow = workflow;
    this.jobs = jobs;
    this.gates = gates;
    this.references = references;
    this.paths = paths;
    this.fileIds = fileIds;
    this.makers = makers;
    this.maker = maker;
    this.lists = lists;
    this.needs = needs;
    this.listNeeds = listNeeds;
    this.products = products;
    this.before = before;
    this.after = before.reversed(before.rows());
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

  /** A job's number by name, -1 if there is none. */
  public int jobId(String name) {
    return references.job(name);
  }

  /** How many nodes there are: jobs, and gates behind them. */
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

  /** A gate by its number as a node. */
  public Gate gate(int node) {
    return gates.get(node - jobs.size());
  }

  /** Whether a node is a group whose instances are not all known. */
  public boolean isOpen(int node) {
    return node >= jobs.size() && gate(node).isOpen();
  }

  /** The name of a job, or what a gate stands for. */
  public String name(int node) {
    return isJob(node) ? job(node).name() : gate(node).text();
  }

  /**
   * The jobs that a name stands for, ascending: a job, all instances of a group, or those that have
   * the values in {@code train/lr=0.1}; with the node of the group where not all instances are
   * known. Null where nothing has that name.
   */
  public int[] named(String name) {
    return references.of(name);
  }

  /** Whether a name may be that of an instance of a group whose instances are not all known. */
  public boolean mayBeInstance(String name) {
    return gates.stream()
        .filter(Gate::isOpen)
        .anyMatch(gate -> gate.text().equals(InstanceName.parse(name).group()));
  }

  /** What to say of a name for which {@link #named} has nothing. */
  public String unknown(String name) {
    return references.unknown(name);
  }

  /** Whether two nodes are the same, or of the same group. */
  public boolean isKin(int one, int other) {
    return one == other
        || (one >= 0 && other >= 0 && group(one) != null && group(one).equals(group(other)));
  }

  /** The group that a job belongs to or that an open gate stands for; null if there is none. */
  private String group(int node) {
    return isJob(node) ? job(node).group() : gate(node).isOpen() ? gate(node).text() : null;
  }

  /** How many files are named as needs or products. */
  public int files() {
    return paths.size();
  }

  /** A file's path: relative to the root, or absolute outside it. */
  public String path(int file) {
    return paths.get(file);
  }

  /** A file's number by path, -1 if no job names it. */
  public int fileId(String path) {
    return fileIds.getOrDefault(path, -1);
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
    return file >= 0 ? maker[file] : makers.of(path);
  }

  /** Whether any job may make something in a folder. */
  public boolean makesBelow(String folder) {
    boolean[] found = new boolean[1];
    makers.within(folder, _ -> found[0] = true);
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

  /** Node to the nodes that it waits for, ascending. */
  public Adjacency before() {
    return before;
  }

  /** Node to the nodes that wait for it, ascending. */
  public Adjacency after() {
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

  /** The jobs that a job waits for, gates seen through; ascending. */
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
}
