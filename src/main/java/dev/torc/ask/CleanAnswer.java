package dev.torc.ask;

import dev.torc.buildfile.BuildFile;
import dev.torc.cluster.RemoteAttempt.HandedOutAttempt;
import dev.torc.engine.Cleaner;
import dev.torc.engine.Leftovers;
import dev.torc.engine.Leftovers.OutJobs;
import dev.torc.engine.ProductRemoval;
import dev.torc.engine.Remotes;
import dev.torc.graph.Graph;
import dev.torc.graph.NeedList;
import dev.torc.hash.DigestMemo;
import dev.torc.hash.Stamp;
import dev.torc.plan.AllowedRoots;
import dev.torc.plan.JobRecords;
import dev.torc.plan.JobSelection;
import dev.torc.posix.OwnFile;
import dev.torc.posix.RandomId;
import dev.torc.records.BuildLock;
import dev.torc.records.Cache;
import dev.torc.records.CachePlace;
import dev.torc.records.JobResult;
import dev.torc.records.JobResult.RunDetails;
import dev.torc.records.RecordedProduct.OwnedPath;
import dev.torc.records.StartMarks;
import dev.torc.results.KeptResults;
import dev.torc.session.BuildRequest.LockTerms;
import dev.torc.session.Caller;
import dev.torc.session.Exit;
import dev.torc.session.Project;
import dev.torc.session.ProjectFolder;
import dev.torc.session.ReadSession;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Glob;
import dev.torc.syntax.Place;
import dev.torc.text.Amount;
import dev.torc.text.Palette;
import dev.torc.text.SafeText;
import dev.torc.workflow.Workflow;
import dev.torc.workflow.Workflow.Stores;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * {@code torc clean}: which products that torc made are to go; {@link Cleaner} takes them away.
 * Without targets it works from the records even where the build file is refused (rule 13).
 */
final class CleanAnswer implements Cleaner.Listener {
  private final Call call;
  private final LockTerms lock;
  private final boolean dry;
  private final boolean force;
  private final boolean stale;
  private final boolean kept;
  private final boolean all;
  private final ProjectFolder given;
  private final CachePlace place;
  private final Wanted wanted;
  private final List<String> removed = new ArrayList<>();
  private final Map<String, Kept> staying = new LinkedHashMap<>();

  /** How much was left because no job declares it any more: it may be a source by now. */
  private int undeclared;

  private CleanAnswer(Call call) throws IOException {
    this.call = call;
    this.dry = call.has("--dry-run");
    this.force = call.has("--force");
    this.stale = call.has("--stale");
    this.kept = call.has("--kept");
    this.all = call.has("--all");
    boolean some = !call.targets().isEmpty();
    if (kept && some) {
      throw Call.usage("--kept takes no TARGET: what was set aside goes as a whole");
    }
    if (all && (stale || some)) {
      throw Call.usage("--all takes neither --stale nor a TARGET");
    }
    this.lock = call.lock();
    this.given = call.folder(stale || some).withoutResults();
    this.place = given.place();
    this.wanted = Wanted.of(given.project(), call.targets());
  }

  /** Removes, and tells each path as it goes; null where it may not wait for another build. */
  static Answer of(Call call) throws IOException {
    return new CleanAnswer(call).run();
  }

  private record Kept(String path, String why) {}

  private record Fields(boolean dryRun, List<String> removed, List<Kept> kept) {}

  /**
   * What stands at the end; each path had its line as it went.
   *
   * @param exit the status of the command
   */
  private record Cleaned(Fields json, int exit) implements Answer {

    @Override
    public String text(Palette palette) {
      return "";
    }

    @Override
    public List<String> beside() {
      boolean nothing = json.removed.isEmpty() && json.kept.isEmpty() && exit != Exit.FAILED;
      return nothing ? List.of("nothing to remove") : List.of();
    }
  }

  /** What targets name: jobs with all their products, and single files; without one, all. */
  private record Wanted(boolean all, Set<String> jobs, Set<String> paths) {
    static Wanted of(Project project, List<String> targets) {
      boolean all = targets.isEmpty() || project == null;
      Wanted wanted = new Wanted(all, new HashSet<>(), new HashSet<>());
      for (String target : all ? List.<String>of() : targets) {
        BitSet named = project.select(List.of(target)).named();
        if (JobSelection.isName(project.graph(), target)) {
          named.stream().forEach(job -> wanted.jobs.add(project.graph().name(job)));
        } else {
          wanted.paths.add(project.paths().path(target));
        }
      }
      return wanted;
    }

    boolean has(String job) {
      return all || jobs.contains(job);
    }
  }

  @Override
  public void removed(String path) {
    removed.add(path);
    if (!call.json()) {
      try {
        call.console().print((dry ? "would remove " : "removed ") + SafeText.name(path) + "\n");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void kept(String path, String why) {
    staying.put(path, new Kept(path, why));
    call.warn("kept " + SafeText.name(path) + ": " + SafeText.line(why));
  }

  private Answer answer(int exit) {
    return new Cleaned(new Fields(dry, removed, List.copyOf(staying.values())), exit);
  }

  private Answer run() throws IOException {
    int exit = Exit.DONE;
    if (dry) {
      try (Cache cache = Cache.look(place, call::warn)) {
        exit = clean(cache);
      }
      if (all) {
        cleaner(given, null).memory(place, kept);
      }
    } else if (Files.isDirectory(place.folder())) {
      try (BuildLock held = call.take(place, RandomId.next(), "torc clean", lock)) {
        if (held == null) {
          return null;
        }
        try (Cache cache = Cache.open(place, call::warn)) {
          Caller caller = call.caller();
          var on =
              Leftovers.end(caller.env(), caller.stamps(place), cache, lock.gone(), call::warn);
          if (isOut(on, cache)) {
            return answer(Exit.FAILED); // a job is out that makes it
          }
          exit = clean(cache);
        }
        if (all) {
          cleaner(given, null).memory(call.caller().place(place.root()), kept);
        }
      }
      if (all && place.isShared()) {
        // A network file system keeps what is removed under another name while it is open.
        OwnFile.removeEmpty(place.folder());
      }
    } else if (kept) {
      // Nothing is recorded, and no cache is made only to find that out.
      cleaner(given, null).kept();
    }
    return answer(exit);
  }

  /** Whether a job may still write what is to go; each is told. With force it is cancelled. */
  private boolean isOut(List<StartMarks.Mark> on, Cache cache) throws IOException {
    if (kept && !all && !stale) {
      return false;
    }
    List<String> elsewhere = Leftovers.elsewhere(on, place, wanted::has);
    elsewhere.forEach(call::warn);
    OutJobs out = OutJobs.of(place, cache, job -> isWanted(job.place()));
    if (elsewhere.isEmpty() && force && !out.jobs().isEmpty()) {
      Workflow workflow = given.project() == null ? null : given.project().workflow();
      Remotes remotes =
          call.caller().remotes(place, workflow, RandomId.next(), (_, _) -> {}, call::warn);
      out.cancel(remotes, removal(given, cache, call::warn));
      return false;
    }
    if (elsewhere.isEmpty()) {
      out.lines("clean").forEach(call::warn);
    }
    return !elsewhere.isEmpty() || !out.jobs().isEmpty();
  }

  private boolean isWanted(HandedOutAttempt out) {
    return wanted.has(out.key().job())
        || out.products().stream()
            .map(made -> given.project().paths().path(made.path().toString()))
            .anyMatch(wanted.paths::contains);
  }

  /** Takes it away, and returns the exit status. */
  private int clean(Cache cache) throws IOException {
    ProjectFolder folder =
        given.project() == null
            ? given
            : given.with(ReadSession.expand(given.project(), cache, call::warn));
    Cleaner cleaner = cleaner(folder, cache);
    boolean well = true;
    if (all || stale || !kept) {
      well = cleaner.products(choice(folder, cache));
      if (!dry) {
        forgetResults(folder, cache);
      }
      if (undeclared > 0) {
        String left = "left " + Amount.count(undeclared, "product") + " that no job declares";
        String next = "`torc clean --stale` removes what none needs";
        call.warn(left + " any more; " + (all ? "from now on they are yours" : next));
      }
    }
    if (kept) {
      cleaner.kept();
    }
    return well ? Exit.DONE : Exit.TROUBLE;
  }

  /** What was made and is to go is not put back either. */
  private void forgetResults(ProjectFolder folder, Cache cache) throws IOException {
    KeptResults results = new KeptResults(cache, Stores.UNSAID, false);
    Graph graph = folder.project() == null ? null : folder.project().graph();
    results.forget(
        each ->
            wanted.has(each.job()) && !(stale && graph != null && graph.jobId(each.job()) >= 0));
    results.end();
  }

  /** The cleaner; without a cache it knows no products. */
  private Cleaner cleaner(ProjectFolder folder, Cache cache) throws IOException {
    ProductRemoval removal = cache == null ? null : removal(folder, cache, _ -> {});
    return new Cleaner(place, roots(folder), cache, removal, force, dry, this);
  }

  private static List<Path> roots(ProjectFolder folder) {
    return folder.project() == null ? List.of() : folder.project().workflow().roots();
  }

  private ProductRemoval removal(ProjectFolder folder, Cache cache, Consumer<String> note)
      throws IOException {
    DigestMemo digests =
        DigestMemo.looking(place.root(), call.caller().stamps(place), cache::stamp);
    AllowedRoots allowed = new AllowedRoots(place.root(), roots(folder));
    return new ProductRemoval(place, allowed, "", cache, digests, null, note);
  }

  /**
   * What another build file declares would all seem to be stale: the files of the builds that made
   * the products are asked for, as far as they are there.
   */
  private void refuseOtherFiles(Project project, Cache cache, StaleProducts staleness) {
    Map<String, String> paths = new LinkedHashMap<>(); // one of each job
    cache.eachOwned(
        owned -> {
          if (staleness.test(owned, true)) {
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
      List<String> made = last == null ? List.of() : files.getOrDefault(last.number(), List.of());
      if (!project.fileNames().containsAll(made) && made.stream().allMatch(this::isThere)) {
        throw new BadInput(
            Place.NONE,
            "a build with other build files made %s: say the same, `torc clean --stale -f %s`"
                .formatted(SafeText.name(path.getValue()), String.join(" -f ", made)));
      }
    }
  }

  private boolean isThere(String file) {
    return file.equals(BuildFile.INPUT) || Files.exists(place.root().resolve(file));
  }

  private Cleaner.Choice choice(ProjectFolder folder, Cache cache) {
    if (folder.project() == null) {
      return (_, _) -> true; // what is declared is not known
    }
    Wanted now = Wanted.of(folder.project(), call.targets());
    Graph graph = folder.project().graph();
    StaleProducts staleness =
        new StaleProducts(graph, new JobRecords(graph, cache, Map.of(), false));
    if (stale) {
      refuseOtherFiles(folder.project(), cache, staleness);
      return (owned, unaltered) -> now.has(owned.job()) && staleness.test(owned, unaltered);
    }
    return (owned, _) -> {
      int job = staleness.job(owned.path());
      if (!now.all) {
        return job >= 0 && now.has(graph.name(job)) || now.paths.contains(owned.path());
      }
      Path file = place.root().resolve(owned.path());
      undeclared += job < 0 && Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? 1 : 0;
      return job >= 0;
    };
  }

  /**
   * Tells recorded products that no job declares any more and none needs (rule 15) from those that
   * belong to a job of the build file. It does not say whether they may be deleted.
   */
  static final class StaleProducts {

    private final Graph graph;
    private final Map<String, Integer> depfiles = new HashMap<>();
    private final Set<String> found =
        new HashSet<>(); // by depfiles, and by groups that read tables
    private final TreeSet<String> paths = new TreeSet<>();

    /**
     * Looks at the declarations of a graph, its groups' tables, and what depfiles named in the last
     * runs.
     */
    public StaleProducts(Graph graph, JobRecords records) {
      this.graph = graph;
      for (int f = 0; f < graph.files(); f++) {
        paths.add(graph.path(f));
      }
      for (int j : graph.inOrder(graph.allJobs())) {
        if (graph.job(j).depfile() != null) {
          depfiles.put(graph.job(j).depfile(), j);
          paths.add(graph.job(j).depfile());
        }
        JobResult result = records.result(j);
        if (result != null) {
          found.addAll(result.found());
        }
      }
      graph.workflow().groups().forEach(group -> found.addAll(group.tables()));
      paths.addAll(found);
    }

    /** The job, or open group, that declares a path as its product or depfile, -1 if none does. */
    public int job(String path) {
      int maker = graph.makerOf(path);
      return maker >= 0 ? maker : depfiles.getOrDefault(path, -1);
    }

    /**
     * Whether a recorded product is neither declared nor needed.
     *
     * @param unaltered whether it stands as torc made it: no needed glob or folder counts such a
     *     file
     */
    public boolean test(OwnedPath owned, boolean unaltered) {
      String path = owned.path();
      if (graph.mayBeInstance(owned.job())) {
        return false; // not all instances of its group are known
      }
      if (job(path) >= 0 || graph.fileId(path) >= 0 || found.contains(path) || holds(path)) {
        return false;
      }
      if (owned.kind() == Stamp.FileKind.FILE && unaltered && !owned.adopted()) {
        return true;
      }
      Glob inside = Glob.of(Glob.escape(path) + "/**");
      for (int i = 0; i < graph.lists(); i++) {
        NeedList list = graph.list(i);
        boolean needed =
            switch (list.kind()) {
              case GLOB -> list.glob().matches(path) || list.glob().overlaps(inside);
              case FOLDER ->
                  list.text().equals(".") || within(path, list.text()) || within(list.text(), path);
              case JOB, SOME -> false;
            };
        if (needed && !list.excludes(path)) {
          return false;
        }
      }
      return true;
    }

    /** Whether something that is declared or needed lies below a path, which was a folder once. */
    private boolean holds(String path) {
      String below = paths.ceiling(path + "/");
      return below != null && below.startsWith(path + "/") || graph.makesBelow(path);
    }

    private static boolean within(String path, String folder) {
      return path.equals(folder) || path.startsWith(folder + "/");
    }
  }
}
