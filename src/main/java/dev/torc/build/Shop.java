package dev.torc.build;

import dev.torc.cache.Marks;
import dev.torc.exec.Runner;
import dev.torc.graph.Graph;
import dev.torc.hash.Digests;
import dev.torc.plan.Contents;

/**
 * What all attempts of a build share.
 *
 * @param build the random id of the build
 */
public record Shop(
    Graph graph,
    Contents contents,
    Digests digests,
    Clearing clearing,
    Launches launches,
    Marks marks,
    Runner runner,
    String build) {}
