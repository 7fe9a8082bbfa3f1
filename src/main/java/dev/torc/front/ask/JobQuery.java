package dev.torc.front.ask;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.UserPaths;
import dev.torc.base.text.SafeText;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.model.Graph;
import dev.torc.core.model.InstanceName;
import dev.torc.front.project.Project;
import dev.torc.front.project.ProjectFolder;
import dev.torc.front.project.Targets;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The jobs that a command asks the records about. Names have the same meaning as in all commands;
 * the jobs may be in the build file or only in the records.
 *
 * @param all whether no job was named
 * @param names the names of the jobs if any were named, those in the build file first
 */
record JobQuery(boolean all, Set<String> names) {

  /**
   * Finds the jobs.
   *
   * @param wanted names as given on the command line; none means all jobs
   * @param others names of known jobs besides those with a result
   * @param cache has the jobs with a result, and the job that made each product
   */
  static JobQuery of(
      ProjectFolder folder, List<String> wanted, Collection<String> others, Cache cache) {
    if (wanted.isEmpty()) {
      return new JobQuery(true, Set.of());
    }
    TreeSet<String> known = new TreeSet<>(others);
    cache.eachResult((job, _) -> known.add(job));
    Set<String> names = new LinkedHashSet<>();
    Project project = folder.project();
    for (String want :
        project == null ? wanted : Targets.apart(project.graph(), wanted, project.paths())) {
      int before = names.size();
      boolean named = project != null && addDeclared(project, want, names);
      String home = project == null ? "" : project.paths().home();
      InstanceName part = InstanceName.parse(want);
      InstanceName own = InstanceName.parse(home + want);
      for (String name : known) {
        InstanceName each = InstanceName.parse(name);
        if (name.equals(want)
            || name.equals(home + want)
            || !named && (part.includes(each) || own.includes(each))) {
          names.add(name);
        }
      }
      if (!named && names.size() == before && !names.contains(want)) {
        addMakers(folder, want, cache, names);
        if (names.size() == before) {
          throw unknown(want, project, known);
        }
      }
    }
    return new JobQuery(false, names);
  }

  /**
   * Adds the jobs in the build file that a target names. Returns false if there are none, or if
   * some are not known yet.
   */
  private static boolean addDeclared(Project project, String target, Set<String> names) {
    Graph graph = project.graph();
    BitSet meant = Targets.find(graph, target, project.paths());
    if (meant == null) {
      return false;
    }
    graph.jobsOf(meant).stream().forEach(job -> names.add(graph.name(job)));
    return meant.stream().noneMatch(graph::isOpen);
  }

  /**
   * Adds the job that made a file, or a recorded folder that contains it; otherwise, the jobs that
   * made files in this folder or files that this glob matches.
   */
  private static void addMakers(
      ProjectFolder folder, String file, Cache cache, Collection<String> names) {
    Path root = folder.place().root();
    Project project = folder.project();
    UserPaths paths = project == null ? new UserPaths(root, root) : project.paths();
    String path = paths.path(file);
    OwnedPath made = cache.owned(path);
    while (made == null && path.indexOf('/') > 0) {
      path = UserPaths.parent(path);
      made = cache.owned(path);
    }
    if (made != null) {
      names.add(made.job());
      return;
    }
    Predicate<String> meant = paths.meant(file);
    cache.eachOwned(
        owned -> {
          if (meant.test(owned.path())) {
            names.add(owned.job());
          }
        });
  }

  private static BadInput unknown(String name, Project project, TreeSet<String> known) {
    String hint =
        project == null
            ? NearestName.hint(name, known)
            : Targets.hint(project.graph(), name, project.paths(), false, known);
    return new BadInput(
        "no job " + SafeText.name(name) + (hint.isEmpty() ? "; `torc list` shows the jobs" : hint));
  }

  boolean has(String job) {
    return all || names.contains(job);
  }
}
