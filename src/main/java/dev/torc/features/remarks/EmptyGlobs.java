package dev.torc.features.remarks;

import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.base.syntax.MissHint;
import dev.torc.base.syntax.NearestPath;
import dev.torc.base.syntax.Place;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.model.Graph;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.Ref;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Finds needed globs that match neither a file on disk nor a product, and needed folders that are
 * empty: likely a typo, or a disk that is not mounted. Each list's folders are walked only once,
 * even if many jobs need the list. Instances that an expansion adds are not looked at.
 */
final class EmptyGlobs implements Remark {

  private final Graph graph;
  private final Map<Integer, Set<Integer>> makers = new HashMap<>(); // by list

  EmptyGlobs(Graph graph) {
    this.graph = graph;
  }

  @Override
  public Due due() {
    return Due.RUN;
  }

  @Override
  public void of(RemarkedJob job) throws IOException {
    Map<Place, Integer> alike = new HashMap<>(0); // a variable may give several items there
    boolean may = !job.run().isLate() && mayLack(job);
    for (Ref ref : may ? emptyNeeds(job.id()) : List.<Ref>of()) {
      String key = ref.place() + " " + alike.merge(ref.place(), 1, Integer::sum);
      if (!job.counts(key) && !hadLeftovers(job, ref)) {
        String line = " needs %s, which matches nothing: %s";
        job.say(key, ref.place(), "job ", line.formatted(ref.text(), hint(ref)));
      }
    }
  }

  /** Returns whether a list may be empty: all but globs whose members are known already. */
  private boolean mayLack(RemarkedJob job) {
    for (int id : graph.listNeeds().row(job.id())) {
      boolean glob = graph.list(id).glob() != null && graph.list(id).makers().isEmpty();
      if (!glob || job.contents().members(id).files().isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether the plan found leftovers, which a job that started since may have moved. */
  private boolean hadLeftovers(RemarkedJob job, Ref ref) {
    return IntStream.of(graph.listNeeds().row(job.id()))
        .filter(id -> graph.list(id).written().equals(ref.text()))
        .anyMatch(id -> !job.contents().members(id).stale().isEmpty());
  }

  /** Says which needed parts of groups have no instances. */
  static void parts(RemarkedJob job) {
    Graph graph = job.graph();
    for (Ref ref : job.job().needRefs()) {
      String name =
          ref instanceof Ref.OfJob made
              ? made.job()
              : ref instanceof Ref.OfData value ? graph.readingOf(value).job() : null;
      if (name != null && graph.isEmptyPart(name)) {
        String key = "part of " + InstanceName.parse(name).group();
        job.say(key, ref.place(), "", " reads nothing: " + graph.unknown(name));
      }
    }
  }

  /** Returns the needed globs and folders of a job that match nothing, in the order written. */
  List<Ref> emptyNeeds(int job) {
    if (graph.listNeeds().count(job) == 0) {
      return List.of();
    }
    List<Ref> empty = new ArrayList<>();
    for (Ref ref : graph.job(job).needRefs()) {
      boolean list = ref instanceof Ref.OfFolder || ref instanceof Ref.OfGlob of && !of.optional();
      if (list && givesNothing(job, ref)) {
        empty.add(ref);
      }
    }
    return empty;
  }

  String hint(Ref empty) throws IOException {
    NearestPath near = JobSelection.likelyPaths(graph);
    return empty instanceof Ref.OfGlob glob
        ? MissHint.pattern(near, Glob.of(glob.pattern()))
        : MissHint.folder(near, ((Ref.OfFolder) empty).path());
  }

  private boolean givesNothing(int job, Ref ref) {
    for (int id : graph.listNeeds().row(job)) {
      NeedList list = graph.list(id);
      if (!list.ofJobs() && list.written().equals(ref.text())) {
        Set<Integer> found = makers.computeIfAbsent(id, _ -> makers(list));
        return found.isEmpty() || found.equals(Set.of(job)); // a job's own products do not count
      }
    }
    return false;
  }

  /** Returns the makers of a list's matches; -1 means that it has, or may get, other matches. */
  private Set<Integer> makers(NeedList list) {
    Path root = graph.workflow().root();
    if (!list.makers().isEmpty()) {
      return Set.of(-1);
    }
    try {
      if (list.kind() == NeedList.ListKind.GLOB) {
        return GlobWalk.find(root, list.glob(), list.excludes()).files().stream()
            .map(graph::makerOf)
            .collect(Collectors.toSet());
      }
      // a missing folder is an error, reported elsewhere
      boolean empty = Files.isDirectory(root.resolve(list.text()));
      return empty && !MissHint.folder(JobSelection.likelyPaths(graph), list.text()).isEmpty()
          ? Set.of()
          : Set.of(-1);
    } catch (IOException e) {
      return Set.of(-1); // something is there: its reader reports what is wrong
    }
  }
}
