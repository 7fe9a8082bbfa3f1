package dev.torc.features.finds;

import dev.torc.base.digests.Stamp;
import dev.torc.base.posix.JobTrace;
import dev.torc.core.attempt.AttemptPart;
import dev.torc.core.attempt.FoundNeeds;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.here.Launch;
import dev.torc.core.model.Graph;
import java.io.IOException;
import java.util.Set;

/** Finds the needs of one attempt, by the job's depfile and by a trace of its processes. */
public final class FindingPart implements AttemptPart {

  private final Tracing tracing;
  private final PlanContext plan;
  private final Graph graph;
  private final int id;
  private final String executor;
  private boolean traced;
  private JobTrace trace; // null before the start, and if it is not traced

  /**
   * @param executor the attempt's; null for this machine
   */
  public FindingPart(Tracing tracing, PlanContext plan, int id, String executor) {
    this.executor = executor;
    this.tracing = tracing;
    this.plan = plan;
    this.graph = plan.graph();
    this.id = id;
  }

  @Override
  public void prepare(NeedSnapshot snapshot) {
    traced = tracing.traces(graph, graph.job(id), executor);
  }

  @Override
  public boolean needsStart() {
    return traced || graph.job(id).finds();
  }

  @Override
  public Launch begin(Launch launch, NeedSnapshot snapshot, Stamp begin) {
    if (!traced) {
      return launch;
    }
    trace = tracing.of(plan, id, snapshot, begin);
    return launch.traced(trace);
  }

  @Override
  public void end(NeedSnapshot snapshot) {
    if (trace != null) {
      snapshot.ignore(Tracing.names(graph, trace.returned()));
    }
  }

  @Override
  public void find(FoundNeeds needs, NeedSnapshot snapshot, Stamp begin, String message)
      throws IOException {
    FoundNeeds found = DiscoveredNeeds.read(graph, id, snapshot, begin, trace);
    needs.add(found);
    if (trace != null) {
      tracing.report(plan, id, trace, found, message);
      tracing.reportWrites(graph, id, trace, found);
    }
  }

  @Override
  public String hint(String missing) {
    return missing == null ? Tracing.refused(graph, trace) : "";
  }

  @Override
  public Set<String> wrote() {
    return trace == null ? Set.of() : Tracing.names(graph, trace.wrote());
  }

  @Override
  public boolean sawAll() {
    return trace != null && trace.blind() == null;
  }
}
