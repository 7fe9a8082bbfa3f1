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
 * All that a manifest asks for beside the build file, and the only way to it. The answer is what is
 * there now ({@link NeedContents}) or what was there when a job started ({@link NeedSnapshot});
 * {@link Footprint} answers nothing, and notes what was asked for.
 */
interface InputSource {

  /** Returns what a needed path contains. */
  Content of(String path);

  /**
   * Returns what a file contains that a job's run turned out to read, by its {@link #makerOfFound}.
   */
  default Content of(String path, int maker) {
    return of(path);
  }

  /** Returns the node that makes a file which a job's run turned out to read; -1 for a source. */
  default int makerOfFound(Graph graph, int job, String path) {
    return graph.makerOf(path);
  }

  /** Returns what a needed glob, folder or job contains, as one digest of its members. */
  Content ofList(int list);

  /**
   * Returns whether the files of a list are handed out in another order than its digest has them.
   */
  boolean reordered(int list);

  /** Returns the jobs that a list leaves out, for people only; null where there is none. */
  LeftOut leftOut(int list);

  Content ofData(Ref.OfData value);

  /** Returns what a program of {@code tools} contains; no job makes it. */
  Content ofTool(Tool tool);

  /**
   * Returns which image a step of a job runs in.
   *
   * @param step its number, as the manifest has it
   */
  ImageIdentity ofImage(int job, String step, Image image);

  /**
   * Returns the caller's value of a variable that is declared without one; empty where it is not
   * set.
   */
  Optional<String> ofVariable(String name);

  /** Returns the needed values of a job that are known, by their names as written. */
  default SortedMap<String, String> values(Job job) {
    SortedMap<String, String> known = new TreeMap<>();
    Manifest.data(job)
        .forEach(
            (name, value) -> {
              if (ofData(value) instanceof Content.Value stored) {
                known.put(name, stored.json());
              }
            });
    return known;
  }

  /** Returns the jobs that a job leaves out, for each of its needs that leave any out. */
  default List<LeftOut> leftOut(Graph graph, int job) {
    List<LeftOut> all = new ArrayList<>(0);
    for (int list : graph.listNeeds().row(job)) {
      all.add(leftOut(list));
    }
    for (Ref.OfData data : Manifest.data(graph.job(job)).values()) {
      if (ofData(data) instanceof Content.Value value) {
        all.add(value.leftOut());
      }
    }
    all.removeIf(Objects::isNull);
    return all;
  }
}
