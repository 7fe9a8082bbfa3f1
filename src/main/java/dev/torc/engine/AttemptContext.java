package dev.torc.engine;

import dev.torc.graph.Graph;
import dev.torc.hash.DigestMemo;
import dev.torc.local.Runner;
import dev.torc.plan.Decider;
import dev.torc.plan.JobRecords;
import dev.torc.plan.NeedContents;
import dev.torc.plan.OccupiedPlaces;
import dev.torc.plan.PlanContext;
import dev.torc.records.BuildRecord.BuildId;
import dev.torc.records.StartMarks;
import dev.torc.records.ThisHost;

/** What all attempts of a build share, as long as its graph is the same. */
public record AttemptContext(
    PlanContext plan,
    OccupiedPlaces taken,
    ProductRemoval removal,
    LaunchBuilder launches,
    StartMarks marks,
    Runner runner,
    Remotes remotes,
    Tracing tracing,
    BuildId build,
    ThisHost here) {

  /** The graph that numbers its jobs. */
  Graph graph() {
    return plan.graph();
  }

  /** What jobs need, by their numbers. */
  NeedContents contents() {
    return plan.contents();
  }

  /** What is known of jobs. */
  JobRecords records() {
    return plan.records();
  }

  /** What decides about jobs. */
  Decider decider() {
    return plan.decider();
  }

  /** What is known of files. */
  DigestMemo digests() {
    return plan.basis().digests();
  }

  /** The same for another graph. */
  AttemptContext over(PlanContext context) {
    return new AttemptContext(
        context, context.taken(), removal, launches, marks, runner, remotes, tracing, build, here);
  }
}
