package dev.torc.front.cli;

import dev.torc.base.syntax.UserPaths;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Group;
import dev.torc.core.model.Job.Resources;
import dev.torc.core.model.Workflow.PackageFile;
import dev.torc.front.project.Caller;
import dev.torc.front.project.Project;
import dev.torc.front.project.ProjectOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The names that a shell completion offers. They come from the graph that the last build stored or,
 * if that is out of date, from the build file, and from nothing else.
 */
final class CompletionNames {

  /**
   * Shortens names of jobs to those of their packages.
   *
   * @param home the text before the names of the jobs that are not shortened to it; empty for none
   */
  private record PackageFold(List<PackageFile> packages, String home) {

    /** Returns a name as it is written in the package in which the call is made. */
    String inside(String name) {
      return name.startsWith(home) ? name.substring(home.length()) : name;
    }

    /**
     * Returns the outermost package of a name of which the user has not typed the whole name yet;
     * the name itself if there is none.
     */
    String next(String name, String typed) {
      String best = name;
      for (PackageFile each : name.indexOf(':') < 0 ? List.<PackageFile>of() : packages) {
        String prefix = inside(each.prefix());
        boolean outer = !prefix.isEmpty() && name.startsWith(prefix) && !typed.startsWith(prefix);
        best = outer && prefix.length() < best.length() ? prefix : best;
      }
      return best;
    }
  }

  private CompletionNames() {}

  /**
   * Returns the jobs, groups, tags, packages and produced files (with {@code sources}, all files)
   * whose names start with {@code prefix}. The jobs of a package are included like instances.
   * Instances are included if the prefix contains the whole name of a group, or if that group is
   * the only match: then the shell does not end the word after the group's name.
   */
  static Set<String> beginning(
      Caller caller, ProjectOptions options, String prefix, boolean sources) throws IOException {
    Project project = Project.load(caller, options);
    Graph graph = project.graph();
    UserPaths user = project.paths();
    List<Group> groups = graph.workflow().groups();
    PackageFold fold = new PackageFold(graph.workflow().settings().packages(), user.home());
    Set<String> instances = new HashSet<>();
    groups.forEach(group -> instances.addAll(group.instances()));
    List<String> jobs = new ArrayList<>();
    groups.forEach(group -> jobs.add(fold.inside(group.name())));
    for (int node = 0; node < graph.nodes(); node++) {
      if (graph.isJob(node) && !instances.contains(graph.name(node))) {
        jobs.add(fold.inside(graph.name(node)));
      }
    }
    Set<String> found = new TreeSet<>(project.tags());
    for (int file = 0; file < graph.files(); file++) {
      if (sources || graph.maker(file) >= 0) {
        found.add(user.named(graph.path(file)));
      }
    }
    found.removeIf(name -> !name.startsWith(prefix));
    jobs.removeIf(name -> !name.startsWith(prefix));
    jobs.forEach(name -> found.add(fold.next(name, prefix)));
    if (found.size() == 1 && found.stream().allMatch(name -> name.endsWith(":"))) {
      String whole = found.iterator().next(); // else the shell would end the word there
      jobs.forEach(name -> found.add(fold.next(name, whole)));
    }
    if (groups.stream()
        .map(group -> fold.inside(group.name()))
        .anyMatch(group -> prefix.startsWith(group) || found.equals(Set.of(group)))) {
      instances.stream()
          .map(fold::inside)
          .filter(name -> name.startsWith(prefix))
          .forEach(found::add);
    }
    return found;
  }

  /** Returns the executors that a job can have: {@code local} and those of the project. */
  static SortedSet<String> executors(Caller caller, ProjectOptions options) throws IOException {
    SortedSet<String> names = new TreeSet<>(List.of("local"));
    Project.load(caller, options)
        .workflow()
        .settings()
        .executors()
        .forEach(each -> names.add(each.name()));
    return names;
  }

  /** Returns the resources that can have limits: the machine's and the project's counters. */
  static SortedSet<String> limits(Caller caller, ProjectOptions options) throws IOException {
    SortedSet<String> names = new TreeSet<>(Resources.MACHINE);
    names.addAll(Project.load(caller, options).workflow().settings().limits().keySet());
    names.remove(Resources.GPU_SHARES);
    return names;
  }
}
