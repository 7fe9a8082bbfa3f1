package dev.torc.plan;

import dev.torc.graph.Graph;
import dev.torc.plan.ManifestWriter.Content;
import dev.torc.workflow.Job;
import dev.torc.workflow.Job.Tool;
import dev.torc.workflow.Ref;
import dev.torc.workflow.Step.Image;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All inputs of a manifest besides the build file, and the only way to them. {@link NeedContents}
 * answers with the present state, and {@link NeedSnapshot} with the state at a job's start; {@link
 * Footprint} only notes what was asked for.
 */
interface InputSource {

  Content of(String path);

  /** Returns what a found file contains, given its {@link #makerOfFound}. */
  default Content of(String path, int maker) {
    return of(path);
  }

  /** Returns the node that makes a found file; -1 for a source. */
  default int makerOfFound(Graph graph, int job, String path) {
    return graph.makerOf(path);
  }

  /** Returns what a needed glob, folder or job contains, as one digest of its members. */
  Content ofList(int list);

  /** Returns whether a list hands out its files in another order than its digest has them. */
  boolean reordered(int list);

  /** Returns the jobs that a list leaves out, for people only; null for none. */
  LeftOut leftOut(int list);

  Content ofData(Ref.OfData value);

  /** Returns what a program of {@code tools} contains that no job makes. */
  Content ofTool(Tool tool);

  /** Returns the image of a step with a number as in the manifest. */
  ImageIdentity ofImage(int job, String step, Image image);

  /** Returns the caller's value of a variable that is declared without one; empty if unset. */
  Optional<String> ofVariable(String name);

  /** Returns the known values that a job needs, as JSON by their names as written. */
  default SortedMap<String, String> values(Job job) {
    SortedMap<String, String> known = new TreeMap<>();
    NeedValues.needed(job)
        .forEach(
            (name, value) -> {
              if (ofData(value) instanceof Content.Value stored) {
                known.put(name, stored.json());
              }
            });
    return known;
  }

  /** Returns the jobs that a job leaves out, one entry for each need that leaves any out. */
  default List<LeftOut> leftOut(Graph graph, int job) {
    List<LeftOut> all = new ArrayList<>(0);
    for (int list : graph.listNeeds().row(job)) {
      all.add(leftOut(list));
    }
    for (Ref.OfData data : NeedValues.needed(graph.job(job)).values()) {
      if (ofData(data) instanceof Content.Value value) {
        all.add(value.leftOut());
      }
    }
    all.removeIf(Objects::isNull);
    return all;
  }
}
