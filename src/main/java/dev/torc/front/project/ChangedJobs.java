package dev.torc.front.project;

import dev.torc.base.syntax.Paths;
import dev.torc.base.text.SafeText;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.JobResult;
import dev.torc.core.model.Downstream;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Group;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.Workflow.PackageFile;
import dev.torc.features.past.GitChanges;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The jobs that {@code --since} means: those downstream of sources that {@link GitChanges} finds.
 * It only selects: whether a job runs is decided as always. Where it cannot know what a job reads,
 * it selects the job and says so.
 */
public final class ChangedJobs {

  /** The most files that a line names. */
  private static final int NAMED = 5;

  private final Graph graph;
  private final String revision;
  private final SortedSet<String> paths = new TreeSet<>(); // in the form of the graph's
  private final BitSet jobs = new BitSet();

  private ChangedJobs(Graph graph, String revision) {
    this.graph = graph;
    this.revision = revision;
  }

  /**
   * Returns the names of these jobs, and of groups that are not expanded yet.
   *
   * @param say receives which files differ, and which jobs are selected without being sure
   */
  public static List<String> names(
      Project project, String revision, Cache cache, Consumer<String> say) {
    ChangedJobs changed = new ChangedJobs(project.graph(), revision);
    Path root = project.place().root();
    for (Path file : GitChanges.since(root, project.caller().env(), revision)) {
      changed.paths.add(Paths.named(root, file));
    }
    changed.find(root, cache, say);
    List<String> names = new ArrayList<>();
    Downstream.with(changed.graph, changed.jobs).stream()
        .filter(Targets.all(changed.graph)::get)
        .forEach(node -> names.add(changed.graph.name(node)));
    return names;
  }

  private void find(Path root, Cache cache, Consumer<String> say) {
    if (paths.isEmpty()) {
      say.accept("nothing differs from " + SafeText.name(revision));
      return;
    }
    say.accept("differs from " + SafeText.name(revision) + ": " + some(paths));
    SortedSet<String> read = new TreeSet<>();
    for (Path file : graph.workflow().settings().files()) {
      read.add(Paths.named(root, file));
    }
    read.retainAll(paths);
    for (PackageFile each : graph.workflow().settings().packages()) {
      String file = Paths.named(root, each.file());
      if (each.apart() && read.remove(file)) {
        say.accept(
            "every job of %s may follow from %s, so these are selected"
                .formatted(SafeText.name(each.name()), SafeText.name(file)));
        graph.allJobs().stream()
            .filter(job -> graph.name(job).startsWith(each.prefix()))
            .forEach(jobs::set);
      }
    }
    if (!read.isEmpty()) {
      say.accept("every job may follow from " + some(read) + ", so all are selected");
      jobs.or(Targets.all(graph));
      return;
    }
    for (Group group : graph.workflow().groups()) {
      if (group.sources().tables().stream().anyMatch(this::differs)) {
        jobs.or(JobChoice.nodes(graph, List.of(group.name())));
      }
    }
    BitSet lists = new BitSet();
    for (int list = 0; list < graph.lists(); list++) {
      lists.set(list, differs(graph.list(list)));
    }
    SortedSet<String> unsure = new TreeSet<>();
    for (int job : graph.inOrder(graph.allJobs())) {
      JobResult last = cache.result(graph.name(job));
      if (reads(job, lists, last)) {
        jobs.set(job);
      } else if (last == null && isFoundOut(graph.job(job))) {
        jobs.set(job);
        unsure.add(graph.name(job));
      }
    }
    if (!unsure.isEmpty()) {
      say.accept("selected, since only a run here shows what they read: " + some(unsure));
    }
  }

  private static String some(SortedSet<String> names) {
    return SafeText.names(List.copyOf(names), NAMED);
  }

  private boolean reads(int job, BitSet lists, JobResult last) {
    return Arrays.stream(graph.needs().row(job))
            .anyMatch(file -> graph.maker(file) < 0 && differs(graph.path(file)))
        || Arrays.stream(graph.listNeeds().row(job)).anyMatch(lists::get)
        || graph.job(job).links().tools().stream()
            .anyMatch(tool -> tool.isPath() && tool.paths().stream().anyMatch(this::differs))
        || last != null && last.needs().found().stream().anyMatch(this::differs);
  }

  private static boolean isFoundOut(Job job) {
    return job.links().depfile() != null || job.has(Trait.TRACE);
  }

  /** Returns whether a file differs, or a submodule in which it lies. */
  private boolean differs(String path) {
    for (int end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (paths.contains(path.substring(0, end))) {
        return true;
      }
    }
    return false;
  }

  private boolean differs(NeedList list) {
    return !list.ofJobs()
        && paths.stream()
            .anyMatch(
                path ->
                    list.covers(path) && !list.excludes(path)
                        || list.liesIn(path)
                        || list.covers(path + "/x"));
  }
}
