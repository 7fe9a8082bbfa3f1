package dev.torc.build;

import dev.torc.cache.BuildId;
import dev.torc.cache.Marks;
import dev.torc.exec.Runner;
import dev.torc.graph.Graph;
import dev.torc.hash.Digests;
import dev.torc.plan.Contents;
import dev.torc.plan.Scene;

/** What all attempts of a build share. */
public record Shop(
    Graph graph,
    Contents contents,
    Digests digests,
    Clearing clearing,
    Launches launches,
    Marks marks,
    Runner runner,
    BuildId build) {

  /** The same for another graph. */
  Shop over(Scene scene) {
    return new Shop(
        scene.graph(),
        scene.contents(),
        digests,
        clearing,
        launches.over(scene.graph()),
        marks,
        runner,
        build);
  }
}
