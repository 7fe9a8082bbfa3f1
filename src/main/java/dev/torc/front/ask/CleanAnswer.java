package dev.torc.front.ask;

import dev.torc.base.digests.DigestMemo;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.posix.RandomId;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.text.Amount;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.JobRecords;
import dev.torc.core.decide.ProductRoots;
import dev.torc.core.memory.BuildLock;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.memory.StartMark;
import dev.torc.core.model.Graph;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.Job;
import dev.torc.core.model.Workflow;
import dev.torc.core.model.Workflow.Stores;
import dev.torc.core.run.RemovedOrSetAside;
import dev.torc.features.clean.Cleaner;
import dev.torc.features.clean.OtherSettings;
import dev.torc.features.clean.StaleProducts;
import dev.torc.features.clusters.RemoteAttempt.HandedOutAttempt;
import dev.torc.features.forced.ForcedJobs;
import dev.torc.features.stores.LocalStore;
import dev.torc.front.buildfile.BuildFile;
import dev.torc.front.session.BuildRequest.LockTerms;
import dev.torc.front.session.Caller;
import dev.torc.front.session.Exit;
import dev.torc.front.session.Leftovers;
import dev.torc.front.session.Leftovers.OutJobs;
import dev.torc.front.session.Project;
import dev.torc.front.session.ProjectFolder;
import dev.torc.front.session.ReadSession;
import dev.torc.front.session.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * {@code torc clean}: decides which products to remove; {@link Cleaner} removes them. Without
 * targets and {@code --stale}, it works from the records even if the build file is refused (rule
 * 13).
 */
final class CleanAnswer implements Cleaner.Listener {
  private final Call call;
  private final List<String> targets;
  private final LockTerms lock;
  private final boolean dry;
  private final boolean force;
  private final boolean stale;
  private final boolean kept;
  private final boolean all;
  private final boolean environments;
  private final boolean products; // whether to remove any products
  private final ProjectFolder given;
  private final CachePlace place;

  /** The targets that are names. The name of a group also means instances that the graph lacks. */
  private final Set<InstanceName> names = new HashSet<>();

  private final Set<String> jobs = new HashSet<>();

  /**
   * Tests whether a target names the file, a folder that contains it, or a glob that matches it.
   */
  private Predicate<String> paths = _ -> false;

  private final List<String> removed = new ArrayList<>();
  private final Map<String, Staying> staying = new LinkedHashMap<>();

  /** Whether torc stopped at a mount point. */
  private boolean mounted;

  /** How many products are left because no job declares them anymore: they may be sources now. */
  private int undeclared;

  private CleanAnswer(Call call) throws IOException {
    this.call = call;
    this.targets = call.targets();
    this.dry = call.has("--dry-run");
    this.force = call.has("--force");
    this.stale = call.has("--stale");
    this.kept = call.has("--kept");
    this.all = call.has("--all");
    this.environments = call.has("--environments");
    this.products = all || stale || !kept && !environments;
    if (kept && !targets.isEmpty()) {
      throw Call.usage("--kept takes no TARGET: what was set aside goes as a whole");
    }
    if (all && (stale || !targets.isEmpty())) {
      throw Call.usage("--all takes neither --stale nor a TARGET");
    }
    if (!environments && call.value("--unused") != null) {
      throw Call.usage("--unused is for --environments");
    }
    if (environments && !targets.isEmpty()) {
      throw Call.usage("--environments takes no TARGET: jobs name the ones that stay");
    }
    this.lock = call.lock();
    this.given = call.folder(stale || environments || !targets.isEmpty()).withoutResults();
    this.place = given.place();
  }

  /**
   * Removes the files and prints each path; returns null if another build has the lock and the call
   * does not wait.
   */
  static Answer of(Call call) throws IOException {
    return new CleanAnswer(call).run();
  }

  private record Staying(String path, String why) {}

  private record Fields(boolean dryRun, List<String> removed, List<Staying> kept) {}

  /** The answer at the end. Each path was printed when its file was removed. */
  private record Cleaned(Fields json, int exit) implements Answer {

    @Override
    public List<String> messages() {
      boolean nothing = json.removed.isEmpty() && json.kept.isEmpty() && exit != Exit.FAILED;
      return nothing ? List.of("nothing to remove") : List.of();
    }
  }

  /** Adds the jobs and files that the targets name. The project is null only without targets. */
  private void addTargets(Project project) {
    if (targets.isEmpty()) {
      return;
    }
    project.select(targets); // refuses an unknown target
    for (String target : Targets.apart(project.graph(), targets, project.paths())) {
      Graph graph = project.graph();
      BitSet named = Targets.named(graph, target);
      if (named != null) {
        names.add(InstanceName.parse(target));
        graph.jobsOf(named).stream().forEach(job -> jobs.add(graph.name(job)));
      }
      if (named == null || Targets.isVague(graph, target, named)) {
        paths = paths.or(project.paths().meant(target));
      }
    }
  }

  private boolean isFrozen(String job) {
    Graph graph = given.project() == null ? null : given.project().graph();
    int id = graph == null ? -1 : graph.jobId(job);
    return id >= 0 && graph.job(id).conditions().containsKey(Job.FROZEN);
  }

  private boolean wants(String job) {
    return targets.isEmpty() && !isFrozen(job)
        || jobs.contains(job)
        || names.stream().anyMatch(name -> name.includes(InstanceName.parse(job)));
  }

  @Override
  public void removed(String path) {
    removed.add(path);
    if (!call.json()) {
      String does = dry ? "would remove " : "removed ";
      Io.unchecked(() -> call.console().print(does + SafeText.name(path) + "\n"));
    }
  }

  @Override
  public void stays(String path, String why) {
    staying.put(path, new Staying(path, why));
    call.warn(SafeText.name(path) + " not removed: " + SafeText.line(why));
  }

  @Override
  public void mounted(String path, String why) {
    mounted = true;
    stays(path, why);
  }

  private Answer answer(int found) {
    int exit = found == Exit.DONE && mounted ? Exit.FAILED : found;
    return new Cleaned(new Fields(dry, removed, List.copyOf(staying.values())), exit);
  }

  private Answer run() throws IOException {
    if (dry || !Files.isDirectory(place.folder())) { // do not create a cache to read it
      try (Cache cache = Cache.look(place, call::warn)) {
        int exit = clean(cache);
        if (all && dry) {
          cleaner(cache).memory(place, kept);
        }
        return answer(exit);
      }
    }
    int exit;
    Cleaner memory;
    try (BuildLock held = call.takeLock(place, RandomId.next(), "torc clean", lock)) {
      if (held == null) {
        return null;
      }
      try (Cache cache = Cache.open(place, call::warn)) {
        if (isOut(cache)) {
          return answer(Exit.FAILED); // a job may still write these files
        }
        exit = clean(cache);
        memory = cleaner(cache);
      }
      if (all) {
        memory.memory(call.caller().place(place.root()), kept);
      }
    }
    if (all && place.isNetworkRoot()) {
      // On a network file system, an open file that is removed keeps another name until it is
      // closed.
      OwnFile.removeEmpty(place.folder());
    }
    return answer(exit);
  }

  /**
   * Returns whether jobs may still write the files to be removed, and warns about each such job.
   * With {@code --force}, first cancels the jobs at a scheduler.
   */
  private boolean isOut(Cache cache) throws IOException {
    Caller caller = call.caller();
    List<StartMark> on =
        Leftovers.end(caller.env(), caller.stamps(place), cache, lock.gone(), call::warn);
    if (!products && !environments) {
      return false;
    }
    addTargets(given.project());
    List<String> problems = Leftovers.elsewhere(on, place, job -> environments || wants(job));
    if (problems.isEmpty()) {
      OutJobs out = OutJobs.of(place, cache, job -> environments || isWanted(job.place()));
      Workflow workflow = given.project() == null ? null : given.project().workflow();
      problems = call.cancelOrList(out, place, workflow, removal(cache, call::warn));
    }
    problems.forEach(call::warn);
    return !problems.isEmpty();
  }

  private boolean isWanted(HandedOutAttempt out) {
    return wants(out.key().job())
        || out.products().stream()
            .map(made -> given.project().paths().path(made.path().toString()))
            .anyMatch(paths);
  }

  /** Removes the chosen files, and returns the exit status. */
  private int clean(Cache cache) throws IOException {
    Cleaner cleaner = cleaner(cache);
    boolean well = true;
    if (!Files.isDirectory(place.folder())) {
      addTargets(given.project()); // refuses unknown targets before the first build, too
    } else if (products) {
      Project project =
          given.project() == null ? null : ReadSession.expand(given.project(), cache, call::warn);
      addTargets(project);
      cleaner.removal().digests().exclude(project == null ? null : project.graph());
      well = cleaner.products(choice(project, cache));
      if (!dry) {
        forgetResults(project, cache);
      }
      if (undeclared > 0) {
        String left = "left " + Amount.count(undeclared, "product") + " that no job declares";
        String next = "`torc clean --stale` removes what none needs";
        call.warn(left + " anymore; " + (all ? "from now on they are yours" : next));
      }
    }
    if (kept) {
      cleaner.removeSetAside();
    }
    if (environments && Files.isDirectory(place.folder())) {
      well &= new EnvironmentCleaning(call, dry, this).run(given.project(), cache);
    }
    return well ? Exit.DONE : Exit.TROUBLE;
  }

  /** Forgets the results of jobs whose products are removed, so that no build restores them. */
  private void forgetResults(Project project, Cache cache) throws IOException {
    LocalStore results = new LocalStore(cache, Stores.UNSAID, false);
    results.forget(each -> wants(each.job()) && !(stale && project.graph().jobId(each.job()) >= 0));
    results.end();
    ForcedJobs.leave(place, job -> !stale && wants(job));
  }

  private Cleaner cleaner(Cache cache) throws IOException {
    return new Cleaner(roots(), removal(cache, call::warn), force, dry, this);
  }

  private List<Path> roots() {
    return given.project() == null ? List.of() : given.project().workflow().settings().roots();
  }

  private RemovedOrSetAside removal(Cache cache, Consumer<String> note) throws IOException {
    DigestMemo digests =
        given.project() == null
            ? DigestMemo.readOnly(place.root(), call.caller().stamps(place), cache::stamp)
            : given.project().looking(cache::stamp);
    ProductRoots allowed = new ProductRoots(place.root(), roots());
    String build = Long.toString(cache.nextBuildNumber()); // names the folder of set-aside files
    return new RemovedOrSetAside(place, allowed, build, cache, digests, null, note);
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
    Map<Long, List<String>> files = new HashMap<>();
    cache.builds(Integer.MAX_VALUE).forEach(b -> files.put(b.id().number(), b.files()));
    for (var path : paths.entrySet()) {
      RunDetails last = cache.details(path.getKey());
      List<String> made =
          last == null ? List.of() : files.getOrDefault(last.ran().build(), List.of());
      if (!project.fileNames().containsAll(made) && made.stream().allMatch(this::isThere)) {
        throw new BadInput(
            "a build with other build files made %s: say the same, `torc clean --stale -f %s`"
                .formatted(SafeText.name(path.getValue()), String.join(" -f ", made)));
      }
    }
  }

  private boolean isThere(String file) {
    return file.equals(BuildFile.INPUT) || Files.exists(place.root().resolve(file));
  }

  private Cleaner.Choice choice(Project project, Cache cache) {
    if (project == null) {
      return (_, _) -> true; // all, because it is unknown which are declared
    }
    Graph graph = project.graph();
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
      if (!targets.isEmpty()) {
        boolean made = job >= 0 && wants(graph.isOpen(job) ? owned.job() : graph.name(job));
        return made || paths.test(owned.path());
      }
      Path file = place.root().resolve(owned.path());
      boolean left = job < 0 && Files.exists(file, LinkOption.NOFOLLOW_LINKS);
      undeclared += left && !others.test(owned) ? 1 : 0;
      return job >= 0;
    };
  }
}
