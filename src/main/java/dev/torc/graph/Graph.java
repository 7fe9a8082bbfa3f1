package dev.torc.graph;

import dev.torc.workflow.Job;
import dev.torc.workflow.Workflow;
import java.util.List;
import java.util.Map;

/**
 * Who makes and who needs what: jobs, files and lists as dense numbers, edges in flat arrays. Built
 * by {@link GraphBuilder} from the build file alone; it never looks at the disk, and knows nothing
 * of verdicts. Jobs are numbered in a topological order: whatever a job waits for has a smaller
 * number.
 */
public final class Graph {

  private final Workflow workflow;
  private final List<Job> jobs;
  private final Map<String, Integer> jobIds;
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

  Graph(
      Workflow workflow,
      List<Job> jobs,
      Map<String, Integer> jobIds,
      List<String> paths,
      Map<String, Integer> fileIds,
      Makers makers,
      int[] maker,
      List<NeedList> lists,
      Adjacency needs,
      Adjacency listNeeds,
      Adjacency products,
      Adjacency before) {
    this.workflow = workflow;
    this.jobs = jobs;
    this.jobIds = jobIds;
    this.paths = paths;
    this.fileIds = fileIds;
    this.makers = makers;
    this.maker = maker;
    this.lists = lists;
    this.needs = needs;
    this.listNeeds = listNeeds;
    this.products = products;
    this.before = before;
    this.after = before.reversed(jobs.size());
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
    return jobIds.getOrDefault(name, -1);
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

  /** The job that makes a file (itself, or in a folder or glob product), -1 for a source. */
  public int maker(int file) {
    return maker[file];
  }

  /** The job that makes whatever stands at a path, -1 if none does. */
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

  /** Job to the jobs that it waits for. */
  public Adjacency before() {
    return before;
  }

  /** Job to the jobs that wait for it. */
  public Adjacency after() {
    return after;
  }

  /** Whether {@code later} waits for {@code earlier}, directly or through others. */
  public boolean precedes(int earlier, int later) {
    if (earlier >= later) {
      return false;
    }
    boolean[] seen = new boolean[later - earlier + 1];
    int[] stack = new int[later - earlier + 1];
    int top = 0;
    stack[top++] = later;
    while (top > 0) {
      int job = stack[--top];
      for (int i = before.from(job); i < before.to(job); i++) {
        int p = before.at(i);
        if (p == earlier) {
          return true;
        }
        if (p > earlier && !seen[p - earlier]) {
          seen[p - earlier] = true;
          stack[top++] = p;
        }
      }
    }
    return false;
  }
}
