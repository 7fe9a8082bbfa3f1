package dev.torc.front.ask;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.StaleFiles;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.model.Extra;
import dev.torc.core.model.Graph;
import dev.torc.core.model.InstanceName;
import dev.torc.features.clean.Cleaner;
import dev.torc.features.clean.StaleProducts;
import dev.torc.features.clusters.RemoteAttempt.HandedOutAttempt;
import dev.torc.features.packages.InnerRecords;
import dev.torc.front.project.Project;
import dev.torc.front.project.ProjectFolder;
import dev.torc.front.project.Targets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
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

  /**
   * The graph of the project, with instances that results decided, or of the last accepted build
   * file while this one is refused; null if neither is known.
   */
  private Graph graph;

  /**
   * Tests whether a target names the file, a folder that contains it, or a glob that matches it.
   */
  private Predicate<String> paths = _ -> false;

  /** How many products are left because no job declares them anymore: they may be sources now. */
  private int undeclared;

  private final InnerRecords inner;

  CleanedProducts(
      ProjectFolder given, Graph graph, List<String> targets, boolean stale, InnerRecords inner) {
    this.inner = inner;
    this.given = given;
    this.targets = targets;
    this.stale = stale;
    this.graph = graph;
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
      BitSet named = Targets.named(graph, target, project.paths());
      if (named != null) {
        List<String> meant = graph.jobsOf(named).stream().mapToObj(graph::name).toList();
        jobs.addAll(meant);
        String name = Targets.name(graph, target, project.paths());
        if (name != null) {
          names.add(InstanceName.parse(name));
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
    return id >= 0 && graph.having(Extra.STAYS).get(id);
  }

  /** Returns whether products of a job may go; those of a frozen one only if its name is given. */
  boolean wants(String job) {
    return (targets.isEmpty() || jobs.contains(job)) && !isFrozen(job)
        || ownNames.contains(job)
        || names.stream().anyMatch(name -> name.includes(InstanceName.parse(job)));
  }

  private boolean stays(String job) {
    boolean stays = isFrozen(job) && !wants(job);
    if (stays) {
      frozen.add(job);
    }
    return stays;
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
  private static void refuseOtherFiles(Cache cache, StaleProducts staleness, StaleFiles files) {
    cache.eachOwned(
        owned -> {
          boolean goes = staleness.test(owned, true) && !files.isOfOtherSettings(owned);
          List<String> made = goes ? files.otherFiles(owned) : null;
          if (made != null) {
            throw new BadInput(
                "a build with other build files made %s: say the same, `torc clean --stale -f %s`"
                    .formatted(SafeText.name(owned.path()), String.join(" -f ", made)));
          }
        });
  }

  /** Returns the choice; the context is null if the build file is refused. */
  Cleaner.Choice choice(PlanContext context, Cleaner.Listener listener) {
    if (context == null) {
      return (owned, _) -> !stays(owned.job()); // it is unknown which are declared
    }
    graph = context.graph();
    StaleProducts staleness = new StaleProducts(graph, context.records());
    StaleFiles files = context.contents().stale();
    if (stale) {
      refuseOtherFiles(context.basis().cache(), staleness, files);
      return (owned, unaltered) ->
          wants(owned.job())
              && staleness.test(owned, unaltered)
              && !files.isOfOtherSettings(owned)
              && !inner.have(owned.path())
              && !isUsers(owned, files, listener);
    }
    return (owned, _) -> {
      int job = staleness.job(owned.path());
      String maker = job < 0 || graph.isOpen(job) ? owned.job() : graph.name(job);
      boolean meant = targets.isEmpty() || jobs.contains(maker) || paths.test(owned.path());
      if (job >= 0 && meant && stays(maker)) {
        return false;
      }
      if (!targets.isEmpty()) {
        return job >= 0 && wants(maker)
            || paths.test(owned.path()) && !(job < 0 && isUsers(owned, files, listener));
      }
      undeclared += job < 0 && isThere(owned) && !files.isOfOtherSettings(owned) ? 1 : 0;
      return job >= 0;
    };
  }

  /** Returns whether git tracks an undeclared product, so that it stays, and says so. */
  private boolean isUsers(OwnedPath owned, StaleFiles files, Cleaner.Listener listener) {
    boolean users = isThere(owned) && files.isTracked(owned.path());
    if (users) {
      listener.stays(owned.path(), "git tracks it, so it is yours");
    }
    return users;
  }

  private boolean isThere(OwnedPath owned) {
    Path file = given.place().root().resolve(owned.path());
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }
}
