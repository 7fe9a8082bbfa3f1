package dev.torc.engine;

import dev.torc.graph.Graph;
import dev.torc.hash.DigestMemo;
import dev.torc.local.Runner;
import dev.torc.plan.Decider;
import dev.torc.plan.JobRecords;
import dev.torc.plan.NeedContents;
import dev.torc.plan.OccupiedPlaces;
import dev.torc.plan.PlanContext;
import dev.torc.records.BuildId;
import dev.torc.records.StartMarks;
import dev.torc.records.ThisHost;

/** What all attempts of a build share. */
public record AttemptContext(
    Graph graph,
    NeedContents contents,
    Decider decider,
    JobRecords records,
    OccupiedPlaces taken,
    DigestMemo digests,
    ProductRemoval removal,
    LaunchBuilder launches,
    StartMarks marks,
    Runner runner,
    Remotes remotes,
    Tracing tracing,
    BuildId build,
    ThisHost here) {

  /** The same for another graph. */
  AttemptContext over(PlanContext context) {
    return new AttemptContext(
        context.graph(),
        context.contents(),
        context.decider(),
        context.records(),
        new OccupiedPlaces(context.graph(), context.records(), digests),
        digests,
        removal,
        launches.over(context.graph()),
        marks,
        runner,
        remotes,
        tracing,
        build,
        here);
  }
}
