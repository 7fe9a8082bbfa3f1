package dev.torc.front.ask;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.JobRecords;
import dev.torc.core.memory.BuildRecord;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.model.Graph;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.Job;
import dev.torc.features.clean.Cleaner;
import dev.torc.features.clean.OtherSettings;
import dev.torc.features.clean.StaleProducts;
import dev.torc.features.clusters.RemoteAttempt.HandedOutAttempt;
import dev.torc.front.buildfile.BuildFile;
import dev.torc.front.session.JobChoice;
import dev.torc.front.session.Project;
import dev.torc.front.session.ProjectFolder;
import dev.torc.front.session.Targets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Decides which recorded products {@code torc clean} removes: those of the jobs that the targets
 * mean, and with {@code --stale} only stale ones. {@link Cleaner} removes them, unless the user has
 * changed them.
 */
final class CleanedProducts {

  private final ProjectFolder given;
  private final List<String> targets;
  private final boolean stale;

  /** The targets that are names. The name of a group also means instances that the graph lacks. */
  private final Set<InstanceName> names = new HashSet<>();

  private final Set<String> jobs = new HashSet<>();

  /** The jobs that are not only in a tag or pattern. */
  private final Set<String> ownNames = new HashSet<>();

  private final Set<String> frozen = new TreeSet<>();

  /** The graph of the project, with instances that results decided; null until it is known. */
  private Graph graph;

  /**
   * Tests whether a target names the file, a folder that contains it, or a glob that matches it.
   */
  private Predicate<String> paths = _ -> false;

  /** How many products are left because no job declares them anymore: they may be sources now. */
  private int undeclared;

  CleanedProducts(ProjectFolder given, List<String> targets, boolean stale) {
    this.given = given;
    this.targets = targets;
    this.stale = stale;
    this.graph = given.project() == null ? null : given.project().graph();
  }

  int undeclared() {
    return undeclared;
  }

  /** Adds the jobs and files that the targets name. The project is null only without targets. */
  void addTargets(Project project) {
    if (targets.isEmpty()) {
      return;
    }
    project.select(targets); // refuses an unknown target
    graph = project.graph();
    for (String target : Targets.apart(graph, targets, project.paths())) {
      BitSet named = Targets.named(graph, target);
      if (named != null) {
        List<String> meant = graph.jobsOf(named).stream().mapToObj(graph::name).toList();
        jobs.addAll(meant);
        if (JobChoice.isOwnName(graph, target)) {
          names.add(InstanceName.parse(target));
          ownNames.addAll(meant);
        }
      }
      if (named == null || Targets.isVague(graph, target, named)) {
        paths = paths.or(project.paths().meant(target));
      }
    }
  }

  private boolean isFrozen(String job) {
    int id = graph == null ? -1 : graph.jobId(job);
    return id >= 0 && graph.having(Job.FROZEN).get(id);
  }

  /** Returns whether products of a job may go; those of a frozen one only if its name is given. */
  boolean wants(String job) {
    return (targets.isEmpty() || jobs.contains(job)) && !isFrozen(job)
        || ownNames.contains(job)
        || names.stream().anyMatch(name -> name.includes(InstanceName.parse(job)));
  }

  /** Returns the frozen jobs whose products stay, although the call means them. */
  Set<String> frozen() {
    return frozen;
  }

  /** Returns whether an attempt at a scheduler may still write chosen products. */
  boolean isWanted(HandedOutAttempt out) {
    return wants(out.key().job())
        || out.products().stream()
            .map(made -> given.project().paths().path(made.path().toString()))
            .anyMatch(paths);
  }

  /**
   * Refuses to continue if a build with other build files, which still exist, made products that
   * seem stale: everything that only those files declare would be removed as stale.
   */
  private void refuseOtherFiles(
      Project project, Cache cache, StaleProducts staleness, OtherSettings others) {
    Map<String, String> paths = new LinkedHashMap<>(); // one path for each job
    cache.eachOwned(
        owned -> {
          if (staleness.test(owned, true) && !others.test(owned)) {
            paths.putIfAbsent(owned.job(), owned.path());
          }
        });
    if (paths.isEmpty()) {
      return;
    }
    for (var path : paths.entrySet()) {
      RunDetails last = cache.details(path.getKey());
      BuildRecord build = last == null ? null : cache.build(last.ran().build());
      List<String> made = build == null ? List.of() : build.files();
      if (!project.fileNames().containsAll(made) && made.stream().allMatch(this::isThere)) {
        throw new BadInput(
            "a build with other build files made %s: say the same, `torc clean --stale -f %s`"
                .formatted(SafeText.name(path.getValue()), String.join(" -f ", made)));
      }
    }
  }

  private boolean isThere(String file) {
    return file.equals(BuildFile.INPUT) || Files.exists(given.place().root().resolve(file));
  }

  /** Returns the choice; the project is null if the build file is refused. */
  Cleaner.Choice choice(Project project, Cache cache) {
    if (project == null) {
      return (_, _) -> true; // all, because it is unknown which are declared
    }
    graph = project.graph();
    StaleProducts staleness =
        new StaleProducts(graph, new JobRecords(graph, cache, Map.of(), false));
    OtherSettings others = new OtherSettings(graph, cache, project.said());
    if (stale) {
      refuseOtherFiles(project, cache, staleness, others);
      return (owned, unaltered) ->
          wants(owned.job()) && staleness.test(owned, unaltered) && !others.test(owned);
    }
    return (owned, _) -> {
      int job = staleness.job(owned.path());
      String maker = job < 0 || graph.isOpen(job) ? owned.job() : graph.name(job);
      boolean meant = targets.isEmpty() || jobs.contains(maker) || paths.test(owned.path());
      if (job >= 0 && meant && isFrozen(maker) && !wants(maker)) {
        frozen.add(maker);
        return false;
      }
      if (!targets.isEmpty()) {
        return job >= 0 && wants(maker) || paths.test(owned.path());
      }
      Path file = given.place().root().resolve(owned.path());
      boolean left = job < 0 && Files.exists(file, LinkOption.NOFOLLOW_LINKS);
      undeclared += left && !others.test(owned) ? 1 : 0;
      return job >= 0;
    };
  }
}
