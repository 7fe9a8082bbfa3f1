package dev.torc.front.session;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.Io;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.decide.JobSelection.Rerun;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.Verdict;
import dev.torc.core.model.Downstream;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Workflow.MadeFile;
import dev.torc.features.intents.Probes;
import dev.torc.features.reading.BuildFile;
import dev.torc.front.project.BuildRequest;
import dev.torc.front.project.JobChoice;
import dev.torc.front.project.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a build does first if jobs make build files of the project (section 3, <em>Packages</em>):
 * builds these jobs, then reads the whole again, once. {@link dev.torc.front.show.BuildPhases}
 * joins what both phases report.
 */
public final class MadeFirst {

  /** The error of a build in which a build file changed after it had been read. */
  static final String TWICE =
      "a build file that a job makes changed after it was read, and a build reads it again only"
          + " once; build again";

  private MadeFirst() {}

  /** Returns the request for the makers of build files; null if no job makes one. */
  static BuildRequest request(Project project, BuildRequest request) {
    Graph graph = project.graph();
    BitSet makers = new BitSet();
    List<String> targets = new ArrayList<>();
    for (MadeFile made : graph.workflow().settings().made()) {
      makers.set(maker(graph, made));
      targets.add(graph.workflow().root().resolve(made.path()).toString());
    }
    if (targets.isEmpty()) {
      return null;
    }
    Rerun rerun = Rerun.NONE;
    if (request.rerun() == Rerun.ALL) { // what is forced at all must be forced now
      BitSet forced = forced(project, request);
      BitSet others = (BitSet) makers.clone();
      others.andNot(forced);
      if (others.isEmpty()) {
        rerun = Rerun.ALL;
        forced.and(JobSelection.of(graph, makers, true).jobs());
        forced.stream().forEach(job -> targets.add(graph.name(job)));
      }
    }
    return request.with(JobChoice.of(targets, false), rerun);
  }

  private static int maker(Graph graph, MadeFile made) {
    int maker = graph.makerOf(made.path());
    if (maker < 0) {
      throw new BadInput(
          made.place(),
          "no job makes %s; name it in produces of a job, or leave out made"
              .formatted(SafeText.name(made.path())));
    }
    return maker;
  }

  private static BitSet forced(Project project, BuildRequest request) {
    try {
      return project.select(request).asked(project.graph(), request.rerun());
    } catch (BadInput unknown) { // a target that a build file may have which is not made yet
      return new BitSet();
    }
  }

  /** Refuses build files that are in error or missing although their makers are up to date. */
  static void refuseUnread(Project project) {
    List<Diagnostic> problems = new ArrayList<>(project.buildFiles().made().problems());
    for (MadeFile made : unread(project)) {
      if (problems.stream().noneMatch(each -> each.place().file().equals(made.path()))) {
        String next =
            " is not made yet, and a build reads build files again only once; build again";
        problems.add(new Diagnostic(made.place(), SafeText.name(made.path()) + next));
      }
    }
    BadInput.refuse(problems);
  }

  /** Returns the errors in build files if their makers are up to date: no build mends them. */
  public static List<Diagnostic> lasting(ReadSession look) throws IOException {
    Project project = look.project();
    List<Diagnostic> problems = project.buildFiles().made().problems();
    BitSet makers = new BitSet();
    for (MadeFile made : problems.isEmpty() ? List.<MadeFile>of() : unread(project)) {
      makers.set(maker(project.graph(), made));
    }
    return makers.isEmpty()
            || look.plan(JobSelection.of(project.graph(), makers, true), Rerun.NONE).isQuiet()
        ? problems
        : List.of();
  }

  private static List<MadeFile> unread(Project project) {
    List<MadeFile> all = new ArrayList<>(project.workflow().settings().made());
    all.removeIf(MadeFile::read);
    return all;
  }

  static boolean isAnyUnread(Project project) {
    return !project.workflow().settings().isAllRead();
  }

  /** Returns a line for each build file that is not read. */
  public static List<Diagnostic> unknown(Project project) {
    List<Diagnostic> lines = new ArrayList<>(project.buildFiles().made().problems());
    boolean last = !project.buildFiles().made().jobs().isEmpty(); // of any file: most have one
    for (MadeFile made : unread(project)) {
      String maker = SafeText.name(project.graph().title(maker(project.graph(), made)));
      boolean wrong = lines.stream().anyMatch(each -> each.place().file().equals(made.path()));
      String until = wrong ? "while it has errors" : "until " + maker + " has run";
      String now = last ? "; those of the last build stand for them" : "";
      String jobs = "the jobs of " + SafeText.name(made.path()) + " are not known ";
      lines.add(new Diagnostic(jobs + until + now));
    }
    return lines;
  }

  /** Refuses what needs all jobs, if those of a build file are not known at all. */
  public static void refuseForgotten(Project project) {
    if (project.buildFiles().made().areForgotten()) {
      throw new BadInput(unknown(project));
    }
  }

  /** Returns a line for each build file that is read and that a build would make again. */
  public static List<Diagnostic> renewed(Plan plan) {
    Graph graph = plan.context().graph();
    List<Diagnostic> lines = new ArrayList<>();
    for (MadeFile made : graph.workflow().settings().made()) {
      int maker = graph.makerOf(made.path());
      Verdict verdict = maker < 0 ? null : plan.verdict(maker);
      if (made.read() && verdict != null && !verdict.isIdle()) {
        lines.add(
            new Diagnostic(
                "the jobs of %s may change when %s has run"
                    .formatted(SafeText.name(made.path()), SafeText.name(graph.title(maker)))));
      }
    }
    return lines;
  }

  /** Returns whether a build file that a job makes differs from what was read. */
  static boolean changed(Project project) {
    for (MadeFile made : project.workflow().settings().made()) {
      for (BuildFile.Read read : project.buildFiles().read().sources()) {
        var file = project.workflow().root().resolve(made.path());
        if (read.file().equals(file)
            && !Io.or(() -> Digest.ofBytes(Files.readAllBytes(file)), Digest.ofText(""))
                .equals(read.digest())) {
          return true;
        }
      }
    }
    return false;
  }

  /** Returns the jobs that both phases select. */
  static List<String> same(PlanContext first, FastPath second) {
    Graph graph = second.project().graph();
    return first.selection().jobs().stream()
        .mapToObj(first.graph()::name)
        .filter(name -> graph.jobId(name) >= 0 && second.selection().jobs().get(graph.jobId(name)))
        .toList();
  }

  /**
   * Returns the begin of the second phase. What the first phase did although it was up to date,
   * such as a forced job, counts as done.
   */
  static FastPath from(PlanContext first, Project next, BuildRequest request) throws IOException {
    FastPath all = FastPath.none(request.choice().give(next), request);
    Graph graph = all.project().graph();
    BitSet done = (BitSet) all.selection().asked(graph, request.rerun()).clone();
    done.or(graph.having(Probes.KEY));
    for (int job : all.selection().jobs().stream().toArray()) {
      done.set(job, done.get(job) || graph.job(job).has(Trait.ALWAYS));
    }
    BitSet well = new BitSet();
    for (String name : same(first, all)) {
      well.set(graph.jobId(name), first.records().isSettled(first.graph().jobId(name)));
    }
    done.and(well);
    all.dirty().andNot(done);
    return new FastPath(all.project(), all.selection().without(done), null, all.dirty(), null);
  }

  /**
   * Returns the jobs of a request that cannot be built since the first phase failed, each with the
   * job that blocks it: those that wait for what it could not build.
   */
  static SortedMap<String, String> blocked(PlanContext first, JobSelection wanted) {
    Graph graph = first.graph();
    SortedMap<String, String> blocked = new TreeMap<>();
    for (int job : graph.inOrder(first.selection().jobs())) {
      if (!first.records().isSettled(job)) {
        BitSet one = new BitSet();
        one.set(job);
        Downstream.with(graph, one).stream()
            .filter(wanted.jobs()::get)
            .filter(each -> !first.selection().jobs().get(each))
            .forEach(each -> blocked.putIfAbsent(graph.name(each), graph.name(job)));
      }
    }
    return blocked;
  }

  /** Returns a request without jobs that are blocked or that the first phase could not build. */
  static BuildRequest beside(
      PlanContext first, JobSelection wanted, Map<String, String> blocked, BuildRequest request) {
    Graph graph = first.graph();
    List<String> names = new ArrayList<>();
    for (int job : wanted.named().stream().toArray()) {
      boolean lacks = first.selection().jobs().get(job) && !first.records().isSettled(job);
      if (!lacks && !blocked.containsKey(graph.name(job))) {
        names.add(graph.name(job));
      }
    }
    return request.with(request.choice().since(names));
  }
}
