package dev.torc.front.ask;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.text.Amount;
import dev.torc.base.text.Palette;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.decide.JobSelection.Rerun;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.StaleFiles;
import dev.torc.core.decide.Verdict;
import dev.torc.core.memory.BuildLock;
import dev.torc.core.memory.BuildRecord;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.JobResult.Outcome;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.memory.StartMark;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Workflow.LeftOutJob;
import dev.torc.core.model.Workflow.Stores;
import dev.torc.features.clean.StaleProducts;
import dev.torc.features.stores.LocalStore;
import dev.torc.front.project.DisplayGraph;
import dev.torc.front.project.JobChoice;
import dev.torc.front.project.LeftOutTargets;
import dev.torc.front.project.Project;
import dev.torc.front.project.ProjectFolder;
import dev.torc.front.session.Exit;
import dev.torc.front.session.MadeFirst;
import dev.torc.front.session.ReadSession;
import dev.torc.front.session.RunningJobs;
import dev.torc.front.show.AttemptText;
import dev.torc.front.show.Json;
import dev.torc.front.show.ReasonText;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * {@code torc status}: what is up to date and what is not, how the last build ended, and what runs
 * now. If the build file is refused, it answers from the records (rule 13).
 *
 * @param plan the verdicts; null if the build file is refused
 * @param shown the selected jobs, folded into groups for display; empty without a plan
 * @param leftOut the jobs whose condition does not hold, by name
 * @param stale how many existing products no job declares or needs anymore
 * @param build the last build, null if there was none
 * @param failed for each failed job, how it failed, in one phrase
 * @param holder the running build, null for none
 * @param running the jobs that run now, with the time since they started and that of their last run
 */
record StatusAnswer(
    Path root,
    Plan plan,
    List<DisplayGraph.Fold> shown,
    int stale,
    BuildRecord build,
    SortedMap<String, String> failed,
    BuildLock.Holder holder,
    SequencedMap<String, JobTime> running,
    Disk disk,
    SortedMap<String, LeftOutJob> leftOut)
    implements Answer {

  /**
   * The size of torc's own folder, in bytes: {@code store} is the size of earlier results, {@code
   * setAside} that of the user's files that torc moved away, and {@code records} that of records
   * and logs.
   */
  record Disk(long store, long setAside, long records) {

    /** The most files whose sizes are added up, so that the answer does not take long. */
    private static final int MOST = 10_000;

    private static Disk of(CachePlace place, Cache cache) throws IOException {
      long store = new LocalStore(cache, Stores.UNSAID, false).size();
      long records = Files.exists(place.data()) ? Files.size(place.data()) : 0;
      return new Disk(store, below(place.setAside()), records + below(place.logs()));
    }

    private static long below(Path folder) throws IOException {
      long[] sum = new long[2];
      if (Files.isDirectory(folder)) {
        Files.walkFileTree(
            folder,
            new SimpleFileVisitor<>() {
              @Override
              public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                sum[0] += attributes.size();
                return ++sum[1] < MOST ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
              }

              @Override
              public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE; // removed, or another user's
              }
            });
      }
      return sum[0];
    }

    private long all() {
      return store + setAside + records;
    }
  }

  /**
   * The times of a running job.
   *
   * @param since nanoseconds since it started; negative if unknown
   * @param last the duration of its last successful run in nanoseconds; negative if there was none
   */
  record JobTime(long since, long last) {

    private static SequencedMap<String, JobTime> of(RunningJobs working, Cache cache) {
      SequencedMap<String, JobTime> all = new LinkedHashMap<>();
      long now = System.currentTimeMillis();
      for (StartMark mark : working.here().values()) {
        long since = mark.started() == 0 ? -1 : Math.max(0, now - mark.started());
        long last = BuildFollower.took(cache.result(mark.job()));
        all.put(mark.job(), new JobTime(since * 1_000_000, last));
      }
      return all;
    }

    private String text() {
      return since < 0 ? "" : Amount.time(since) + AttemptText.expected(since, last);
    }
  }

  /** The most jobs that a line names. */
  private static final int APART = 8;

  /** The size of torc's folder, in bytes, above which a line reports it. */
  private static final long LARGE = 1_000_000_000;

  static int run(Call call) throws IOException {
    if (call.has("--follow")) {
      return BuildFollower.run(call);
    }
    StatusAnswer answer = of(call);
    call.print(answer);
    if (!call.has("--exit-code")) {
      return Exit.DONE;
    }
    // If the verdicts are unknown, the exit status must not say that nothing would run.
    boolean quiet = answer.plan != null && answer.plan.isQuiet();
    return answer.plan == null ? Exit.USAGE : quiet ? Exit.DONE : Exit.FAILED;
  }

  private static StatusAnswer of(Call call) throws IOException {
    List<String> targets = call.targets();
    ProjectFolder folder = call.folder(!targets.isEmpty());
    if (folder.project() == null) {
      try (Cache cache = Cache.look(folder.place(), call::warn)) {
        return of(folder, null, List.of(), 0, cache, Collections.emptySortedMap());
      }
    }
    try (ReadSession look = ReadSession.at(folder.project(), call::warn)) {
      Project project = look.project();
      JobChoice choice = JobChoice.of(targets, call.has("--all"));
      JobSelection selection = call.chosen(look, project.select(choice));
      try {
        look.check(selection.jobs(), _ -> {});
      } catch (BadInput bad) {
        // Show the status even if a build would refuse something.
        Exit.of(bad).lines().forEach(call.console()::say);
      }
      List<BadInput.Diagnostic> lasting = MadeFirst.lasting(look);
      if (!lasting.isEmpty()) { // a build would refuse all
        Exit.of(new BadInput(lasting)).lines().forEach(call.console()::say);
        return of(folder, null, List.of(), 0, look.cache(), Collections.emptySortedMap());
      }
      List<String> meant = choice.targets(project.graph(), project.paths());
      Plan plan = look.plan(selection, Rerun.of(meant, false));
      MadeFirst.unknown(project).forEach(call::warn);
      MadeFirst.renewed(plan).forEach(call::warn);
      return of(
          folder,
          plan,
          project.folded(selection, call.has("--instances")).folds(),
          targets.isEmpty() && !call.has("--failed") ? stale(project.graph(), look) : 0,
          look.cache(),
          call.has("--failed")
              ? Collections.emptySortedMap()
              : LeftOutTargets.of(project.graph(), meant, project.paths()));
    }
  }

  /**
   * Returns how many products {@code clean --stale} would remove if the user has changed none of
   * them. Does not read the products.
   */
  private static int stale(Graph graph, ReadSession look) {
    StaleFiles files = look.context().contents().stale();
    StaleProducts products = new StaleProducts(graph, look.records());
    Path root = graph.workflow().root();
    int stale = 0;
    for (String path : files.undeclared()) {
      OwnedPath owned = look.records().owned(path);
      boolean goes =
          owned != null
              && products.test(owned, true)
              && Files.exists(root.resolve(path), LinkOption.NOFOLLOW_LINKS)
              && !files.isOfOtherSettings(owned)
              && !files.isTracked(path);
      stale += goes ? 1 : 0;
    }
    return stale;
  }

  /** Returns whether the targets select a job; true for every job if the build file is refused. */
  private static boolean isAsked(Plan plan, String job) {
    int id = plan == null ? -1 : plan.context().graph().jobId(job);
    return plan == null || id >= 0 && plan.context().selection().named().get(id);
  }

  private static StatusAnswer of(
      ProjectFolder folder,
      Plan plan,
      List<DisplayGraph.Fold> shown,
      int stale,
      Cache cache,
      SortedMap<String, LeftOutJob> leftOut)
      throws IOException {
    RunningJobs working = RunningJobs.of(folder.place(), cache, Set.of());
    SortedMap<String, String> failed = new TreeMap<>();
    cache.eachResult(
        (job, result) -> {
          boolean asked = isAsked(plan, job) && !working.running().containsKey(job);
          boolean bad = !result.outcome().isGood() && result.outcome() != Outcome.SKIPPED;
          RunDetails last = asked && bad ? cache.details(job) : null;
          if (last != null) {
            failed.put(job, last.what());
          }
        });
    return new StatusAnswer(
        folder.place().root(),
        plan,
        shown,
        stale,
        cache.builds(1).stream().findFirst().orElse(null),
        failed,
        working.holder().orElse(null),
        JobTime.of(working, cache),
        Disk.of(folder.place(), cache),
        leftOut);
  }

  @Override
  public String text(Palette palette) {
    List<String> out = new ArrayList<>();
    if (plan != null) {
      out.add(palette.bold(counts().line()));
      Map<JobStanding, List<String>> lines = lines();
      lines.put(JobStanding.RUNNING, runs());
      List<String> skipped = lines.computeIfAbsent(JobStanding.SKIPPED, _ -> new ArrayList<>());
      LeftOutLines.of(leftOut, false).forEach((name, why) -> skipped.add(line(name, why)));
      for (JobStanding each : JobStanding.VERDICTS) {
        list(out, each.paint(each.words() + ":", palette), lines.getOrDefault(each, List.of()));
      }
    }
    List<String> bad = new ArrayList<>();
    failed.forEach((job, what) -> bad.add(line(SafeText.name(job), SafeText.message(what))));
    list(out, palette.red("failed:"), bad);
    if (stale > 0) {
      out.add(
          "stale: %s that no job declares anymore; `torc clean --stale` removes %s"
              .formatted(Amount.count(stale, "product"), stale == 1 ? "it" : "them"));
    }
    if (holder != null) {
      boolean apart = plan == null && !running.isEmpty();
      String runs = apart ? ", runs " + SafeText.names(List.copyOf(running.keySet()), APART) : "";
      out.add(
          "build running: process " + holder.pid() + ", " + SafeText.line(holder.what()) + runs);
    }
    if (disk.all() > LARGE) {
      out.add(large());
    }
    out.add(build == null ? "no build yet" : last());
    return String.join("\n", out) + "\n";
  }

  private static void list(List<String> out, String head, List<String> lines) {
    if (!lines.isEmpty()) {
      out.add(head);
      out.addAll(lines);
    }
  }

  private static String line(String name, String what) {
    return "  " + name + (what.isEmpty() ? "" : ": " + what);
  }

  private JobCounts counts() {
    List<Integer> nodes = named().stream().boxed().toList();
    return JobCounts.of(nodes, this::standing, false).with(leftOut.size());
  }

  private JobStanding standing(int node) {
    boolean runs = running.containsKey(plan.context().graph().name(node));
    return runs ? JobStanding.RUNNING : JobStanding.of(plan.verdict(node));
  }

  /** Returns the lines about the selected jobs that are running. */
  private List<String> runs() {
    List<String> lines = new ArrayList<>();
    running.forEach(
        (job, run) -> {
          if (isAsked(plan, job)) {
            Verdict verdict = plan.verdict(plan.context().graph().jobId(job));
            String why = ReasonText.brief(Reason.causes(verdict.reasons()));
            lines.add(line(SafeText.name(job), run.text() + (why.isEmpty() ? "" : ": " + why)));
          }
        });
    return lines;
  }

  /** Returns the lines about the selected jobs that are not running, by standing. */
  private Map<JobStanding, List<String>> lines() {
    Map<JobStanding, List<String>> all = new EnumMap<>(JobStanding.class);
    for (DisplayGraph.Fold fold : shown) {
      Graph graph = plan.context().graph();
      List<Integer> others =
          fold.jobs().stream().filter(job -> !running.containsKey(graph.name(job))).toList();
      DisplayGraph.Fold rest =
          new DisplayGraph.Fold(fold.name(), fold.isGroup(), others, fold.open());
      for (VerdictLine line : VerdictLine.of(rest, plan, fold.jobs().size())) {
        JobStanding standing = JobStanding.of(line.verdict());
        String at = standing == JobStanding.SUBMITTED ? " to " + line.out() : "";
        List<String> lines = all.computeIfAbsent(standing, _ -> new ArrayList<>());
        lines.add(line(line.name() + at, line.brief()));
      }
    }
    return all;
  }

  private String large() {
    String all = ".torc takes " + Amount.size(disk.all());
    long most = Math.max(disk.store, disk.setAside);
    String what =
        most == disk.store
            ? "earlier results; `torc store --prune SIZE` removes the oldest"
            : "files that torc set aside; look at .torc/kept, then remove it";
    return most <= disk.records ? all : "%s, %s of it %s".formatted(all, Amount.size(most), what);
  }

  private String last() {
    BuildLine line = line();
    String end = line.isOver() ? " after " + line.time() + ": " + line.counts() : "";
    return "last build: %d, %s, %s%s"
        .formatted(build.id().number(), line.started(), line.end(), end);
  }

  private BuildLine line() {
    return new BuildLine(build, holder == null ? "" : holder.build());
  }

  /** Returns the selected jobs, and a node for each group that is not expanded yet. */
  private BitSet named() {
    BitSet named = (BitSet) plan.context().selection().named().clone();
    named.or(plan.context().selection().namedOpen());
    return named;
  }

  private record Failed(String job, String what) {}

  private record Working(
      long process, String host, String build, String what, List<String> running) {
    static Working of(BuildLock.Holder holder, List<String> running) {
      String host = holder.host().isEmpty() ? null : holder.host();
      return new Working(holder.pid(), host, holder.build(), holder.what(), running);
    }
  }

  @Override
  public Object json() {
    return new Fields(
        root,
        plan != null,
        plan == null ? Optional.empty() : Optional.of(planned()),
        failed.entrySet().stream().map(e -> new Failed(e.getKey(), e.getValue())).toList(),
        holder == null ? null : Working.of(holder, running.keySet().stream().sorted().toList()),
        disk.all(),
        build == null ? null : new Build(line().json()));
  }

  private Planned planned() {
    Stream<?> jobs = JobFields.verdicts(plan, named(), false).map(this::now);
    return new Planned(
        Counts.of(counts()), Stream.concat(jobs, LeftOutLines.json(leftOut)).toList(), stale);
  }

  private JobFields.JudgedNode now(JobFields.JudgedNode node) {
    return running.containsKey(node.name().job())
        ? new JobFields.JudgedNode(node.name(), node.images(), node.judged().running())
        : node;
  }

  private record Fields(
      Path root,
      boolean accepted,
      Optional<Planned> planned,
      List<Failed> failed,
      Working atWork,
      long torcBytes,
      Build lastBuild) {}

  private record Build(BuildLine.BuildFields build) {}

  /** What is known only if the build file is accepted. */
  private record Planned(Counts counts, List<?> jobs, int stale) implements Json.Inline {}

  private record Counts(
      int willFail, int willRun, int willRestore, int mayRun, int upToDate, int frozen, int skipped)
      implements Json.Inline {
    static Counts of(JobCounts counts) {
      return new Counts(
          counts.count(JobStanding.WILL_FAIL),
          counts.count(JobStanding.WILL_RUN)
              + counts.count(JobStanding.SUBMITTED)
              + counts.count(JobStanding.RUNNING),
          counts.count(JobStanding.WILL_RESTORE),
          counts.count(JobStanding.MAY_RUN),
          counts.count(JobStanding.UP_TO_DATE) + counts.count(JobStanding.NOT_PROBED),
          counts.count(JobStanding.FROZEN),
          counts.count(JobStanding.SKIPPED));
    }
  }
}
