package dev.torc.core.manifest;

import dev.torc.core.manifest.MachineInputs.ImageSource.Loaded;
import dev.torc.core.manifest.ManifestWriter.Content;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Tool;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Step.Image;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Gives a manifest all its inputs besides the build file. There is no other way to get them. {@code
 * NeedContents} gives the present state, and {@code NeedSnapshot} the state when a job started.
 * {@link Footprint} only records which inputs were asked for.
 */
public interface InputSource {

  Content of(String path);

  /** Returns the contents of a found file, given its {@link #makerOfFound}. */
  default Content of(String path, int maker) {
    return of(path);
  }

  /** Returns the node that makes a found file; -1 for a source. */
  default int makerOfFound(Graph graph, int job, String path) {
    return graph.makerOf(path);
  }

  /** Returns the contents of a needed glob, folder or job, as one digest of its members. */
  Content ofList(int list);

  /** Returns whether a job gets a list's files in another order than the digest covers. */
  default boolean reordered(int list) {
    return false;
  }

  /** Returns the jobs that a list leaves out; null for none. The digest does not cover them. */
  default LeftOut leftOut(int list) {
    return null;
  }

  Content ofData(Ref.OfData value);

  /** Returns a value in a file of which a job needs a part. */
  Content ofKey(int job, String path, String key);

  /** Returns whether the lock of a job's environment stands for a tool that no job makes. */
  default boolean isLocked(Job job, Tool tool) {
    return false;
  }

  /** Returns what a job's environment loads from the machine; null if it is made. */
  Loaded ofLoaded(Job job);

  /** Returns the contents of another program of {@code tools} that no job makes. */
  Content ofTool(Job job, Tool tool);

  /** Returns the identity of a step's image; {@code step} is the step's number in the manifest. */
  ImageIdentity ofImage(int job, String step, Image image);

  /** Returns the caller's value of a variable declared without a value; empty if it is not set. */
  Optional<String> ofVariable(String name);

  /** Returns the needed values by their names in the build file. */
  static SortedMap<String, Ref.OfData> neededValues(Job job) {
    SortedMap<String, Ref.OfData> data = new TreeMap<>();
    for (Ref ref : job.needRefs()) {
      if (ref instanceof Ref.OfData value) {
        data.put(value.written(), value);
      }
    }
    return data;
  }

  /** Returns the known values that a job needs, as JSON, by name in the build file. */
  default SortedMap<String, String> values(Job job) {
    SortedMap<String, String> known = new TreeMap<>();
    neededValues(job)
        .forEach(
            (name, value) -> {
              if (ofData(value) instanceof Content.Value stored) {
                known.put(name, stored.json());
              }
            });
    return known;
  }

  /** Returns the jobs that a job leaves out, one entry for each need that leaves out any. */
  default List<LeftOut> leftOut(Graph graph, int job) {
    List<LeftOut> all = new ArrayList<>(0);
    for (int list : graph.listNeeds().row(job)) {
      all.add(leftOut(list));
    }
    for (Ref.OfData data : neededValues(graph.job(job)).values()) {
      if (ofData(data) instanceof Content.Value value) {
        all.add(value.leftOut());
      }
    }
    all.removeIf(Objects::isNull);
    return all;
  }
}
