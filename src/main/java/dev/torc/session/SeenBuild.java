package dev.torc.session;

import dev.torc.engine.BuildLoop;
import dev.torc.engine.BuildSetup;
import dev.torc.engine.Event;
import dev.torc.graph.Graph;
import dev.torc.hash.DigestMemo;
import dev.torc.plan.PlanContext;
import dev.torc.rest.JobsAtRest;
import dev.torc.rest.SeenFiles;
import java.util.BitSet;

/** A build of a watch: hands all on, and keeps which files the build saw, and how. */
final class SeenBuild implements BuildWatcher {

  private final Project project;
  private final String id;
  private final BuildWatcher watcher;
  private SeenFiles seen;

  /**
   * @param id of the build
   */
  SeenBuild(Project project, String id, BuildWatcher watcher) {
    this.project = project;
    this.id = id;
    this.watcher = watcher;
  }

  /** What the build saw; null where it did not come to its end. */
  SeenFiles seen() {
    return seen;
  }

  @Override
  public void atRest(Graph graph, BitSet jobs, JobsAtRest rest) {
    seen = SeenFiles.atRest(graph, jobs, rest, project.stamps());
  }

  @Override
  public void over(PlanContext context, DigestMemo digests, JobsAtRest rest, BitSet stayed) {
    seen = SeenFiles.after(context, digests, id, rest, stayed, project.stamps());
  }

  @Override
  public void accept(Event event) {
    watcher.accept(event);
  }

  @Override
  public boolean wantsAll() {
    return watcher.wantsAll();
  }

  @Override
  public boolean wantsCommands() {
    return watcher.wantsCommands();
  }

  @Override
  public void reading(DigestMemo digests) {
    watcher.reading(digests);
  }

  @Override
  public void planning() {
    watcher.planning();
  }

  @Override
  public Watch running(BuildSetup setup, BuildLoop build) {
    return watcher.running(setup, build);
  }
}
