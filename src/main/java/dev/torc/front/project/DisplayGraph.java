package dev.torc.front.project;

import dev.torc.base.text.Amount;
import dev.torc.core.model.Adjacency;
import dev.torc.core.model.Adjacency.RowCollector;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Workflow.LeftOutJob;
import dev.torc.features.when.LeftOutJobs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;

/**
 * A graph for display. The instances of a group are one vertex or one vertex each, a group that is
 * not expanded yet is a vertex too, and edges bypass join nodes. The commands decide what to show
 * for a vertex.
 */
public final class DisplayGraph {

  /**
   * A vertex: a job, or a group with its jobs in order. {@code open} is the node of a group that is
   * not expanded yet, else -1. The graph does not have the jobs that are left out, by name.
   */
  public record Fold(
      String name, boolean isGroup, List<Integer> jobs, int open, List<String> leftOut) {

    public Fold(String name, boolean isGroup, List<Integer> jobs, int open) {
      this(name, isGroup, jobs, open, List.of());
    }

    /** Returns the number of known jobs. */
    public int size() {
      return jobs.size() + leftOut.size();
    }

    /** Returns whether it stands for a package, whose jobs may be groups and single ones. */
    public boolean isPackage() {
      return isGroup && name.endsWith(":");
    }

    /** Returns the number of known jobs in words: a group has instances. */
    public String amount() {
      return Amount.count(size(), isPackage() ? "job" : "instance");
    }
  }

  /** The most jobs of a package that are shown one by one in a view of the whole. */
  public static final int APART = 10;

  private final Graph graph;
  private final List<Fold> folds;
  private final int[] vertex;
  private final Map<Integer, BitSet> behind = new HashMap<>();
  private final Map<Integer, BitSet> without = new HashMap<>(); // behind jobs that are left out

  private DisplayGraph(Graph graph, List<Fold> folds) {
    this.graph = graph;
    this.folds = folds;
    this.vertex = new int[graph.nodes()];
    Arrays.fill(vertex, -1);
    for (int v = 0; v < folds.size(); v++) {
      for (int job : folds.get(v).jobs) {
        vertex[job] = v;
      }
      if (folds.get(v).open >= 0) {
        vertex[folds.get(v).open] = v;
      }
    }
  }

  /**
   * Returns the graph of some jobs and open groups. With {@code instances}, each instance is a
   * vertex.
   */
  public static DisplayGraph of(Graph graph, BitSet jobs, BitSet open, boolean instances) {
    SequencedMap<String, Fold> folds = new LinkedHashMap<>();
    for (int j : graph.inOrder(jobs)) {
      boolean group = !instances && graph.job(j).group() != null;
      String name = group ? graph.job(j).group() : graph.name(j);
      String key = (group ? "group " : "job ") + name;
      folds.computeIfAbsent(key, _ -> new Fold(name, group, new ArrayList<>(), -1)).jobs.add(j);
    }
    for (int node : graph.inOrder(open)) {
      folds.merge(
          graph.title(node),
          new Fold(graph.name(node), true, List.of(), node),
          (known, _) -> new Fold(known.name, true, known.jobs, node));
    }
    return new DisplayGraph(graph, List.copyOf(folds.values()));
  }

  /**
   * Returns this graph with the vertices of each package that has more than {@link #APART} jobs as
   * one. A package in a package is part of it; a group that is not expanded yet stays apart.
   */
  public DisplayGraph byPackage() {
    Map<String, List<Integer>> jobs = new HashMap<>();
    for (Fold fold : folds) {
      jobs.computeIfAbsent(packageOf(fold), _ -> new ArrayList<>()).addAll(fold.jobs);
    }
    jobs.remove("");
    jobs.values().removeIf(all -> all.size() <= APART);
    SequencedMap<String, Fold> joined = new LinkedHashMap<>();
    for (Fold fold : folds) {
      String name = packageOf(fold);
      if (jobs.containsKey(name)) {
        joined.putIfAbsent(name, new Fold(name, true, jobs.get(name), -1));
      } else {
        joined.put("job " + fold.name, fold);
      }
    }
    return with(List.copyOf(joined.values()));
  }

  /** Returns the outer package of a vertex, with its colon; empty for none and for open groups. */
  private String packageOf(Fold fold) {
    String name = fold.name.substring(0, fold.name.indexOf(':') + 1);
    return fold.open >= 0 || graph.workflow().part(name) == null ? "" : name;
  }

  /** Returns this graph with other vertices, which have the same jobs and open groups. */
  public DisplayGraph with(List<Fold> others) {
    return new DisplayGraph(graph, others);
  }

  /**
   * Returns this graph with the jobs that are left out. Such a job waits for the makers of its
   * needs; no other job waits for it.
   */
  public DisplayGraph with(SortedMap<String, LeftOutJob> leftOut, boolean instances) {
    if (leftOut.isEmpty()) {
      return this;
    }
    SequencedMap<String, Fold> all = new LinkedHashMap<>();
    folds.forEach(fold -> all.put(fold.isGroup + fold.name, fold));
    leftOut.forEach(
        (name, job) -> {
          boolean group = !instances && job.job().group() != null;
          String of = group ? job.job().group() : name;
          Fold known = all.getOrDefault(group + of, new Fold(of, group, List.of(), -1));
          List<String> names = known.leftOut.isEmpty() ? new ArrayList<>() : known.leftOut;
          names.add(name);
          all.put(group + of, new Fold(of, group, known.jobs, known.open, names));
        });
    DisplayGraph more = new DisplayGraph(graph, List.copyOf(all.values()));
    List<Job> jobs = new ArrayList<>();
    List<Integer> vertexOf = new ArrayList<>();
    for (int v = 0; v < more.folds.size(); v++) {
      for (String name : more.folds.get(v).leftOut) {
        jobs.add(leftOut.get(name).job());
        vertexOf.add(v);
      }
    }
    int missing = jobs.size();
    for (int v = 0; v < more.folds.size(); v++) {
      for (int job : more.folds.get(v).jobs) {
        jobs.add(graph.job(job));
        vertexOf.add(v);
      }
    }
    LeftOutJobs.needs(
        jobs,
        (makers, readers) -> {
          BitSet behind = new BitSet();
          makers.forEach(maker -> behind.set(vertexOf.get(maker)));
          for (int reader : readers) {
            if (reader < missing) {
              more.without.computeIfAbsent(vertexOf.get(reader), _ -> new BitSet()).or(behind);
            }
          }
        });
    return more;
  }

  /** Returns the vertices, in the order of their first jobs. */
  public List<Fold> folds() {
    return folds;
  }

  /** Returns, for each vertex, the indexes of the vertices that it waits for, ascending. */
  public Adjacency before() {
    RowCollector rows = new RowCollector();
    for (int v = 0; v < folds.size(); v++) {
      BitSet row = new BitSet();
      for (int job : folds.get(v).jobs) {
        row.or(behind(job));
      }
      if (folds.get(v).open >= 0) {
        row.or(behind(folds.get(v).open));
      }
      row.or(without.getOrDefault(v, new BitSet()));
      row.clear(v);
      row.stream().forEach(rows::add);
      rows.endRow(true);
    }
    return rows.build();
  }

  /** Returns the vertices that a node waits for, directly or through join nodes. */
  private BitSet behind(int node) {
    BitSet found = new BitSet();
    for (int before : graph.before().row(node)) {
      if (vertex[before] >= 0) {
        found.set(vertex[before]);
      } else if (!graph.isJob(before)) {
        BitSet known = behind.get(before);
        if (known == null) {
          known = behind(before);
          behind.put(before, known);
        }
        found.or(known);
      }
    }
    return found;
  }
}
