package dev.torc.front.ask;

import dev.torc.base.digests.DigestMemo;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.posix.RandomId;
import dev.torc.base.text.Amount;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.RemovedOrSetAside;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.ProductRoots;
import dev.torc.core.memory.BuildLock;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.StartMark;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Workflow;
import dev.torc.core.model.Workflow.Stores;
import dev.torc.features.clean.Cleaner;
import dev.torc.features.forced.ForcedJobs;
import dev.torc.features.packages.InnerRecords;
import dev.torc.features.stores.LocalStore;
import dev.torc.front.project.BuildRequest.LockTerms;
import dev.torc.front.project.Caller;
import dev.torc.front.project.Project;
import dev.torc.front.project.ProjectFolder;
import dev.torc.front.session.Exit;
import dev.torc.front.session.Leftovers;
import dev.torc.front.session.Leftovers.OutJobs;
import dev.torc.front.session.MadeFirst;
import dev.torc.front.session.ReadSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * {@code torc clean}: {@link CleanedProducts} decides which products to remove, {@link Cleaner}
 * removes them. Without targets and {@code --stale}, it works from the records even if the build
 * file is refused (rule 13).
 */
final class CleanAnswer implements Cleaner.Listener {
  private final Call call;
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
  private final CleanedProducts chosen;

  private final List<String> removed = new ArrayList<>();
  private final Map<String, Staying> staying = new LinkedHashMap<>();

  /** Whether torc stopped at a mount point. */
  private boolean mounted;

  private CleanAnswer(Call call) throws IOException {
    this.call = call;
    List<String> targets = call.targets();
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
    if (stale && given.project() != null) {
      MadeFirst.refuseForgotten(given.project());
    }
    if (ProjectFolder.isPart(call.caller(), call.options(), place)) {
      refuseForWhole();
      targets = products && targets.isEmpty() ? List.of("*") : targets; // all of the package
    }
    Graph graph =
        given.project() == null
            ? Project.lastGraph(call.caller(), call.options())
            : given.project().graph();
    InnerRecords inner = new InnerRecords(place.root(), call.caller()::place, call::warn);
    this.chosen = new CleanedProducts(given, graph, targets, stale, inner);
  }

  /** Refuses, in a package, what concerns the whole or needs its build file. */
  private void refuseForWhole() {
    if (all || kept || stale) {
      Path root = call.caller().cwd().relativize(place.root());
      throw Call.usage(
          "--%s is for the whole project, of which this folder is a part: pass -C %s"
              .formatted(all ? "all" : kept ? "kept" : "stale", SafeText.name("" + root)));
    } else if (given.refused() != null) {
      throw Call.usage(
          "which products are those of this package is unknown until the build file can be read");
    }
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
    chosen.addTargets(given.project());
    List<String> problems =
        Leftovers.elsewhere(on, place, job -> environments || chosen.wants(job));
    if (problems.isEmpty()) {
      OutJobs out = OutJobs.of(place, cache, job -> environments || chosen.isWanted(job.place()));
      Workflow workflow = given.project() == null ? null : given.project().workflow();
      problems = call.cancelOrList(out, place, workflow, removal(cache, call::warn));
    }
    problems.forEach(call::warn);
    return !problems.isEmpty();
  }

  /** Removes the chosen files, and returns the exit status. */
  private int clean(Cache cache) throws IOException {
    Cleaner cleaner = cleaner(cache);
    boolean well = true;
    if (!Files.isDirectory(place.folder())) {
      chosen.addTargets(given.project()); // refuses unknown targets before the first build, too
    } else if (products) {
      PlanContext context =
          given.project() == null ? null : ReadSession.context(given.project(), cache, call::warn);
      Project project = context == null ? null : given.project().with(context.graph());
      chosen.addTargets(project);
      cleaner.removal().digests().exclude(project == null ? null : project.graph());
      well = cleaner.products(chosen.choice(context, this));
      if (!dry) {
        forgetResults(project, cache);
      }
      if (!chosen.frozen().isEmpty()) {
        String names = SafeText.names(List.copyOf(chosen.frozen()), 3);
        call.warn("products of frozen jobs stay: " + names + "; to remove them, name the job");
      }
      if (chosen.undeclared() > 0) {
        String left =
            "left " + Amount.count(chosen.undeclared(), "product") + " that no job declares";
        String it = chosen.undeclared() == 1 ? "it" : "them";
        String next = "`torc clean --stale` removes " + it;
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
    results.forget(
        each -> chosen.wants(each.job()) && !(stale && project.graph().jobId(each.job()) >= 0));
    results.end();
    ForcedJobs.leave(place, job -> !stale && chosen.wants(job));
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
}
