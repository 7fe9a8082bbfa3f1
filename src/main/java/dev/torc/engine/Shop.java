package dev.torc.engine;

import dev.torc.cache.BuildId;
import dev.torc.cache.Marks;
import dev.torc.exec.Runner;
import dev.torc.graph.Graph;
import dev.torc.hash.Digests;
import dev.torc.plan.Contents;
import dev.torc.plan.Scene;
import dev.torc.plan.Taken;

/** What all attempts of a build share. */
public record Shop(
    Graph graph,
    Contents contents,
    Taken taken,
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
        new Taken(scene.graph(), scene.records(), digests),
        digests,
        clearing,
        launches.over(scene.graph()),
        marks,
        runner,
        build);
  }
}
