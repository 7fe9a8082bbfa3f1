package dev.torc.front.project;

import dev.torc.base.syntax.UserPaths;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.ProductIndex;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Workflow.LeftOutJob;
import dev.torc.features.groups.JobNames;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The jobs that targets name, or would name if a condition did not leave them out. */
public final class LeftOutTargets {

  private LeftOutTargets() {}

  /**
   * Returns, by name, the jobs that these targets mean and that are left out. Without targets,
   * these are all jobs that are left out except manual ones.
   */
  public static SortedMap<String, LeftOutJob> of(
      Graph graph, List<String> targets, UserPaths paths) {
    SortedMap<String, LeftOutJob> all = graph.workflow().leftOut();
    if (all.isEmpty()) {
      return Collections.emptySortedMap();
    }
    boolean any = ExcludingTargets.areNamed(graph, targets);
    SortedMap<String, LeftOutJob> found = new TreeMap<>();
    all.forEach(
        (name, each) -> {
          Job job = each.job();
          if (any
              ? targets.stream().anyMatch(target -> means(target, job, paths))
              : !job.has(Trait.MANUAL) && job.name().startsWith(paths.home())) {
            found.put(name, each);
          }
        });
    return found;
  }

  private static boolean means(String target, Job job, UserPaths paths) {
    String path = paths.path(target);
    return JobNames.fit(target, job, paths.home())
        || job.productRefs().stream()
            .anyMatch(
                product ->
                    product.text().equals(path)
                        || product instanceof Ref.OfFolder folder && folder.path().equals(path)
                        || ProductIndex.inside(product).matches(path));
  }

  /** Returns why a target that means no job of the graph is left out; null if it is not. */
  static String refusal(Graph graph, String target, UserPaths paths) {
    SortedMap<String, LeftOutJob> found = of(graph, List.of(target), paths);
    if (found.isEmpty()) {
      return null;
    }
    String first = found.firstKey();
    String what = first.equals(paths.home() + target) ? "" : SafeText.name(target) + ": ";
    return what + line(first, found.get(first)) + (found.size() > 1 ? ", and others" : "");
  }

  /** Reports the jobs that are left out, if every job is reported. */
  public static void tell(SortedMap<String, LeftOutJob> jobs, BuildWatcher watcher) {
    if (watcher.wantsAll()) {
      jobs.forEach(
          (name, job) ->
              watcher.accept(
                  new Event.JobEnded(
                      name, JobState.SKIPPED, new Event.Details(job.why(), "", null, 0, -1, -1))));
    }
  }

  public static String line(String name, LeftOutJob job) {
    return SafeText.name(name) + " is skipped: " + SafeText.message(job.why());
  }
}
