package dev.torc.graph;

import java.util.AbstractSet;
import java.util.BitSet;
import java.util.Iterator;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jgrapht.GraphType;
import org.jgrapht.graph.AbstractGraph;
import org.jgrapht.graph.DefaultGraphType;

/**
 * Some vertices of an {@link Adjacency}, such as jobs, as JGraphT sees a graph, so that its
 * algorithms and exporters work on the flat arrays: nothing is copied, and nothing can be changed.
 * Vertices are the jobs' numbers; an edge leads from a job to one that waits for it and is the
 * index of its entry in the rows of what each waits for.
 */
public final class JgraphtView extends AbstractGraph<Integer, Integer> {

  private static final GraphType TYPE =
      new DefaultGraphType.Builder()
          .directed()
          .weighted(false)
          .modifiable(false)
          .allowMultipleEdges(false)
          .allowSelfLoops(false)
          .allowCycles(false)
          .build();

  private final Adjacency before;
  private final Adjacency after;
  private final BitSet jobs;

  /**
   * Shows the given vertices.
   *
   * @param before each vertex's ascending row of those that it waits for
   */
  public JgraphtView(Adjacency before, BitSet vertices) {
    this.before = before;
    this.after = before.reversed();
    this.jobs = vertices;
  }

  /** A set of numbers that is computed when it is asked. */
  private static final class Numbers extends AbstractSet<Integer> {
    private final Supplier<IntStream> all;
    private final IntPredicate has;

    Numbers(Supplier<IntStream> all, IntPredicate has) {
      this.all = all;
      this.has = has;
    }

    @Override
    public Iterator<Integer> iterator() {
      return all.get().iterator();
    }

    @Override
    public int size() {
      return (int) all.get().count();
    }

    @Override
    public boolean contains(Object number) {
      return number instanceof Integer n && has.test(n);
    }
  }

  @Override
  public Set<Integer> vertexSet() {
    return new Numbers(jobs::stream, n -> n >= 0 && jobs.get(n));
  }

  @Override
  public Set<Integer> edgeSet() {
    return new Numbers(() -> jobs.stream().flatMap(this::into), this::hasEdge);
  }

  /** The edges that lead to a job. */
  private IntStream into(int job) {
    return IntStream.range(before.from(job), before.to(job)).filter(e -> jobs.get(before.at(e)));
  }

  /** The edges that lead away from a job. */
  private IntStream outOf(int job) {
    return IntStream.range(after.from(job), after.to(job))
        .map(after::at)
        .filter(jobs::get)
        .map(reader -> find(job, reader));
  }

  private boolean hasEdge(int edge) {
    return edge >= 0
        && edge < before.entries()
        && jobs.get(before.at(edge))
        && jobs.get(reader(edge));
  }

  /** The row of an entry: the last that begins at or before it and is not empty. */
  private int reader(int edge) {
    int low = 0;
    int high = before.rows() - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (before.to(middle) <= edge) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The entry of a pair, -1 if there is none; rows are ascending. */
  private int find(int source, int target) {
    int low = before.from(target);
    int high = before.to(target) - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int there = before.at(middle);
      if (there == source) {
        return middle;
      }
      if (there < source) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  @Override
  public Integer getEdge(Integer source, Integer target) {
    if (!containsVertex(source) || !containsVertex(target)) {
      return null;
    }
    int edge = find(source, target);
    return edge < 0 ? null : edge;
  }

  @Override
  public Set<Integer> getAllEdges(Integer source, Integer target) {
    if (!containsVertex(source) || !containsVertex(target)) {
      return null;
    }
    Integer edge = getEdge(source, target);
    return edge == null ? Set.of() : Set.of(edge);
  }

  @Override
  public boolean containsEdge(Integer edge) {
    return edge != null && hasEdge(edge);
  }

  @Override
  public boolean containsVertex(Integer job) {
    return job != null && job >= 0 && jobs.get(job);
  }

  @Override
  public Set<Integer> incomingEdgesOf(Integer job) {
    assertVertexExist(job);
    return new Numbers(() -> into(job), e -> hasEdge(e) && reader(e) == job);
  }

  @Override
  public Set<Integer> outgoingEdgesOf(Integer job) {
    assertVertexExist(job);
    return new Numbers(() -> outOf(job), e -> hasEdge(e) && before.at(e) == job);
  }

  @Override
  public Set<Integer> edgesOf(Integer job) {
    assertVertexExist(job);
    return new Numbers(
        () -> IntStream.concat(into(job), outOf(job)),
        e -> hasEdge(e) && (reader(e) == job || before.at(e) == job));
  }

  @Override
  public int degreeOf(Integer job) {
    return edgesOf(job).size();
  }

  @Override
  public int inDegreeOf(Integer job) {
    return incomingEdgesOf(job).size();
  }

  @Override
  public int outDegreeOf(Integer job) {
    return outgoingEdgesOf(job).size();
  }

  @Override
  public Integer getEdgeSource(Integer edge) {
    return before.at(edge);
  }

  @Override
  public Integer getEdgeTarget(Integer edge) {
    return reader(edge);
  }

  @Override
  public GraphType getType() {
    return TYPE;
  }

  @Override
  public double getEdgeWeight(Integer edge) {
    return DEFAULT_EDGE_WEIGHT;
  }

  @Override
  public Supplier<Integer> getVertexSupplier() {
    return null;
  }

  @Override
  public Supplier<Integer> getEdgeSupplier() {
    return null;
  }

  private static UnsupportedOperationException refused() {
    return new UnsupportedOperationException("a view of the graph of jobs is only looked at");
  }

  @Override
  public void setEdgeWeight(Integer edge, double weight) {
    throw refused();
  }

  @Override
  public Integer addEdge(Integer source, Integer target) {
    throw refused();
  }

  @Override
  public boolean addEdge(Integer source, Integer target, Integer edge) {
    throw refused();
  }

  @Override
  public Integer addVertex() {
    throw refused();
  }

  @Override
  public boolean addVertex(Integer job) {
    throw refused();
  }

  @Override
  public Integer removeEdge(Integer source, Integer target) {
    throw refused();
  }

  @Override
  public boolean removeEdge(Integer edge) {
    throw refused();
  }

  @Override
  public boolean removeVertex(Integer job) {
    throw refused();
  }
}
