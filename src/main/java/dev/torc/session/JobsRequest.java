package dev.torc.session;

import dev.torc.cache.BuildLock;
import dev.torc.cache.BuildRecord;
import dev.torc.cache.Cache;
import dev.torc.cache.OwnedPath;
import dev.torc.cache.RunDetails;
import dev.torc.engine.LaunchBuilder;
import dev.torc.graph.DisplayGraph;
import dev.torc.graph.Graph;
import dev.torc.machine.SafeText;
import dev.torc.plan.Causes;
import dev.torc.plan.Decider;
import dev.torc.plan.DiskChecks;
import dev.torc.plan.JobRecords;
import dev.torc.plan.JobSelection;
import dev.torc.plan.NearestResult;
import dev.torc.plan.PathReaders;
import dev.torc.plan.Plan;
import dev.torc.plan.Rerun;
import dev.torc.plan.StaleProducts;
import dev.torc.plan.Verdict;
import dev.torc.report.LastRun;
import dev.torc.report.ListAnswer;
import dev.torc.report.StatusAnswer;
import dev.torc.report.WhyAnswer;
import dev.torc.report.WhyAnswer.Question;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Asks about jobs without running any: how it stands with them, what they are, why they run. How
 * the answers read is for {@code report}.
 *
 * @param targets names and files; none for all jobs
 * @param instances whether each instance of a group is told of by itself
 */
public record JobsRequest(List<String> targets, boolean instances) {

  /** Of more jobs at once nobody reads which earlier result was nearest. */
  private static final int FEW = 20;

  /**
   * How it stands with the jobs. Where the build file is refused the records answer (rule 13).
   *
   * @param warn takes lines for people
   * @param refused takes what a build would refuse, which is no reason not to tell the rest
   */
  public StatusAnswer status(
      ProjectFolder folder, Consumer<String> warn, Consumer<BadInput> refused) throws IOException {
    Path root = folder.place().root();
    if (folder.project() == null) {
      try (Cache cache = Cache.look(folder.place(), warn)) {
        return new StatusAnswer(root, null, List.of(), past(folder, cache, null), 0);
      }
    }
    try (ReadSession look = ReadSession.at(folder.project(), warn)) {
      Project project = look.project();
      JobSelection selection = project.selectToBuild(targets);
      try {
        DiskChecks.check(project.graph(), look.digests(), project.caller().env(), selection.jobs());
        look.taken().refuse(selection.jobs());
      } catch (BadInput bad) {
        refused.accept(bad);
      }
      return new StatusAnswer(
          root,
          look.plan(selection, Rerun.of(targets, false)),
          project.folded(selection, instances).folds(),
          past(folder.with(project), look.cache(), selection),
          targets.isEmpty() ? stale(project.graph(), look) : 0);
    }
  }

  /** How many products {@code clean --stale} would take, but for what the user altered. */
  private static int stale(Graph graph, ReadSession look) {
    List<OwnedPath> undeclared = new ArrayList<>();
    look.cache()
        .eachOwned(
            owned -> {
              int file = graph.fileId(owned.path());
              if (!owned.adopted() && (file < 0 || graph.maker(file) < 0)) {
                undeclared.add(owned);
              }
            });
    if (undeclared.isEmpty()) {
      return 0;
    }
    StaleProducts stale = new StaleProducts(graph, look.records());
    Path root = graph.workflow().root();
    return (int)
        undeclared.stream()
            .filter(owned -> stale.test(owned, true))
            .filter(owned -> Files.exists(root.resolve(owned.path()), LinkOption.NOFOLLOW_LINKS))
            .count();
  }

  private StatusAnswer.Past past(ProjectFolder folder, Cache cache, JobSelection selection)
      throws IOException {
    List<String> names = new ArrayList<>();
    cache.eachResult(
        (job, result) -> {
          if (!result.outcome().isGood() && isAsked(folder.project(), job, selection)) {
            names.add(job);
          }
        });
    RunningJobs running = RunningJobs.of(folder.place(), cache);
    TreeMap<String, String> failed = new TreeMap<>();
    for (String job : names) {
      RunDetails details = cache.details(job);
      if (details != null && !running.running().contains(job)) {
        failed.put(job, details.what());
      }
    }
    List<BuildRecord> builds = cache.builds(1);
    BuildLock.Holder holder = running.holder().orElse(null);
    return new StatusAnswer.Past(
        builds.isEmpty() ? null : builds.getFirst(),
        failed,
        holder,
        running.running().stream().sorted().toList(),
        DiskUse.of(folder.place(), cache));
  }

  private boolean isAsked(Project project, String job, JobSelection selection) {
    int id = project == null ? -1 : project.graph().jobId(job);
    return project == null || id >= 0 && selection.named().get(id);
  }

  /** The jobs, one by one; {@code warn} takes lines for people. */
  public ListAnswer list(Project given, Consumer<String> warn) throws IOException {
    try (ReadSession look = ReadSession.at(given, warn)) {
      Project project = look.project();
      JobSelection selection = project.select(targets);
      Plan plan = look.plan(selection, Rerun.of(targets, false));
      RunningJobs running = RunningJobs.of(project.place(), look.cache());
      JobRecords records = look.records();
      IntFunction<String> commands = look.commands();
      SequencedMap<Integer, ListAnswer.Known> jobs = new LinkedHashMap<>();
      for (int id : project.graph().inOrder(selection.named())) {
        String name = project.graph().name(id);
        jobs.put(
            id,
            new ListAnswer.Known(
                LastRun.of(records.result(id), records.details(name)),
                running.running().contains(name),
                commands.apply(id),
                LaunchBuilder.log(project.place(), name)));
      }
      return new ListAnswer(
          plan,
          jobs,
          project.folded(selection, instances).folds(),
          targets.isEmpty(),
          running.isBuild() ? project.selectToBuild(List.of()).jobs() : new BitSet());
    }
  }

  /** Why they run or ran, and who needs files; good until the session is closed. */
  public WhyAnswer why(ReadSession look) throws IOException {
    Project project = look.project();
    PathReaders readers = new PathReaders(project.graph(), look.records(), look.contents());
    List<Question> questions = new ArrayList<>();
    BitSet jobs = new BitSet();
    for (String target : targets) {
      Question question = question(project, readers, target);
      questions.add(question);
      jobs.or(question.jobs());
      if (question.fold() != null && question.fold().open() >= 0) {
        jobs.set(question.fold().open());
      }
    }
    JobSelection asked = JobSelection.of(project.graph(), jobs);
    if (asked.jobs().stream().anyMatch(j -> project.graph().job(j).temporary())) {
      JobSelection all = project.select(List.of()); // what reads its products decides too
      asked = new JobSelection(all.jobs(), asked.named(), all.open(), asked.namedOpen(), false);
    }
    Plan plan = look.plan(asked, Rerun.MANUAL);
    return new WhyAnswer(
        plan,
        near(look, plan, jobs),
        look.records(),
        look.contents(),
        new Causes(project.graph(), look.records()),
        RunningJobs.of(project.place(), look.cache()).running(),
        questions,
        instances);
  }

  /** What is nearest to jobs that will run, where that could have stood for them. */
  private static Map<Integer, NearestResult> near(ReadSession look, Plan plan, BitSet jobs) {
    Project project = look.project();
    Map<Integer, NearestResult> near = new HashMap<>();
    if (jobs.cardinality() > FEW || !project.restores()) {
      return near;
    }
    for (int job : project.graph().inOrder(jobs)) {
      if (plan.verdict(job) instanceof Verdict.WillRun will && Decider.mayRestore(will.reasons())) {
        NearestResult found = NearestResult.of(plan.context(), job, will, look.asked());
        if (found != null) {
          near.put(job, found);
        }
      }
    }
    return near;
  }

  private static Question question(Project project, PathReaders readers, String target) {
    Graph graph = project.graph();
    String path = project.paths().path(target);
    if (!JobSelection.isName(graph, target) && graph.makerOf(path) < 0) {
      List<PathReaders.Use> uses = readers.of(path);
      if (uses.isEmpty()) {
        throw new BadInput(
            Place.NONE,
            "no job makes or needs "
                + SafeText.name(target)
                + ", and no job or tag has that name"
                + JobSelection.hint(graph, target, project.paths(), true, List.of()));
      }
      return new Question(target, new BitSet(), null, path, uses);
    }
    BitSet jobs = JobSelection.of(graph, List.of(target), project.paths()).named();
    int open = open(graph, target, path);
    boolean group = open >= 0 || graph.named(target) != null && graph.jobId(target) < 0;
    DisplayGraph.Fold fold =
        group
            ? new DisplayGraph.Fold(
                target, true, Arrays.stream(graph.inOrder(jobs)).boxed().toList(), open)
            : null;
    return new Question(target, jobs, fold, "", List.of());
  }

  /** The group without known instances that a name or file means, -1 for none. */
  private static int open(Graph graph, String target, String path) {
    int[] nodes = graph.named(target);
    if (nodes == null) {
      return graph.isOpen(graph.makerOf(path)) ? graph.makerOf(path) : -1;
    }
    return Arrays.stream(nodes).filter(graph::isOpen).findFirst().orElse(-1);
  }
}
