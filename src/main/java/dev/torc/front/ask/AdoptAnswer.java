package dev.torc.front.ask;

import dev.torc.base.digests.DigestMemo;
import dev.torc.base.posix.RandomId;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.text.Amount;
import dev.torc.base.text.Palette;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.Expander;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.decide.JobSelection.Rerun;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.memory.BuildLock;
import dev.torc.core.memory.BuildRecord.BuildId;
import dev.torc.core.model.Graph;
import dev.torc.features.adopt.Adoption;
import dev.torc.features.adopt.Adoption.Adopted;
import dev.torc.front.project.BuildRequest.LockTerms;
import dev.torc.front.project.Project;
import dev.torc.front.session.Exit;
import dev.torc.front.session.Leftovers.OutJobs;
import dev.torc.front.session.ReadSession;
import dev.torc.front.session.WriteSession;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * {@code torc adopt}: accepts existing files as the products of jobs, without running them. {@link
 * Adoption} finds what can be adopted; this class stores all of it, or nothing.
 *
 * @param files whether it is about files, not jobs: see {@link AdoptedSources}
 * @param lines the adopted jobs as they are shown: a line for each group; empty if none is wanted
 * @param adopted names of the jobs whose products were or would be adopted; empty if there are
 *     problems
 * @param upToDate names of jobs that need no adoption
 * @param problems what prevents the adoption, one line each
 */
record AdoptAnswer(
    boolean dryRun,
    boolean files,
    List<String> lines,
    List<String> adopted,
    List<String> upToDate,
    List<Diagnostic> problems)
    implements Answer {

  static int run(Call call) throws IOException {
    AdoptAnswer answer = of(call);
    if (answer != null) {
      answer.problems.stream().map(Exit::line).forEach(call.console()::say);
    }
    return call.print(answer);
  }

  /** Adopts the files; returns null if another build has the lock and the call does not wait. */
  private static AdoptAnswer of(Call call) throws IOException {
    List<String> targets = call.targets();
    Project project = call.project().withoutResults();
    LockTerms lock = call.lock();
    JobSelection selection = project.select(targets);
    project.check(selection.named());
    if (call.has("--dry-run")) {
      try (ReadSession look = ReadSession.at(project, call::warn)) {
        PlanContext seen = look.plan(look.project().select(targets), Rerun.NONE).context();
        BuildId none = new BuildId("", 0);
        return of(adoption(look.project(), targets, seen, look.digests(), none), call);
      }
    }
    String id = RandomId.next();
    BuildLock held = call.takeLock(project.place(), id, "torc adopt", lock);
    if (held == null) {
      return null;
    }
    try (held;
        WriteSession work = WriteSession.open(project, id, lock.gone(), call::warn)) {
      Set<String> named =
          selection.named().stream().mapToObj(project.graph()::name).collect(Collectors.toSet());
      List<String> problems = work.elsewhere(named::contains);
      OutJobs out = OutJobs.of(project.place(), work.cache(), each -> named.contains(each.job()));
      if (problems.isEmpty()) {
        problems = call.cancelOrList(out, project.place(), project.workflow(), work.removal());
      }
      if (!problems.isEmpty()) {
        List<Diagnostic> told = problems.stream().map(Diagnostic::new).toList();
        return new AdoptAnswer(false, false, List.of(), List.of(), List.of(), told);
      }
      PlanContext context = work.context(selection, Rerun.NONE);
      Adopted adoption = adoption(project, targets, context, work.digests(), work.build());
      if (adoption.problems().isEmpty()) {
        work.cache().put(adoption.batch());
        work.storeFresh(adoption.context()); // meanwhile; written on close, after the records
        work.cache().flush();
      }
      return of(adoption, call);
    }
  }

  private static Adopted adoption(
      Project project, List<String> targets, PlanContext context, DigestMemo digests, BuildId id)
      throws IOException {
    Expander expander =
        project.expander(found -> found.select(targets), digests, context.basis().cache()::hasRun);
    return new Adoption(expander.plan(context).context(), expander, digests, id).run();
  }

  private static AdoptAnswer of(Adopted done, Call call) {
    List<String> adopted = done.problems().isEmpty() ? done.jobs() : List.of();
    List<String> lines = call.has("--quiet") ? List.of() : lines(done.context().graph(), adopted);
    return new AdoptAnswer(
        call.has("--dry-run"), false, lines, adopted, done.upToDate(), done.problems());
  }

  /** Returns the names of jobs; several instances of a group share a line, at the first of them. */
  private static List<String> lines(Graph graph, List<String> jobs) {
    Map<String, List<String>> shown = new LinkedHashMap<>();
    for (String name : jobs) {
      String group = graph.labels(graph.jobId(name)).group();
      shown.computeIfAbsent(group == null ? "\0" + name : group, _ -> new ArrayList<>()).add(name);
    }
    List<String> lines = new ArrayList<>();
    shown.forEach(
        (group, each) -> {
          boolean one = each.size() == 1;
          String of = one ? "" : " (%d of %d)".formatted(each.size(), graph.nodesOf(group).length);
          lines.add(SafeText.name(one ? each.getFirst() : group) + of);
        });
    return lines;
  }

  @Override
  public int exit() {
    return problems.isEmpty() ? Exit.DONE : Exit.FAILED;
  }

  @Override
  public String text(Palette palette) {
    String done = dryRun ? "would adopt " : "adopted ";
    return lines.stream().map(line -> done + line + "\n").collect(Collectors.joining());
  }

  private record Fields(
      boolean dryRun, List<String> adopted, List<String> upToDate, List<String> problems) {}

  @Override
  public Object json() {
    return new Fields(
        dryRun, adopted, upToDate, problems.stream().map(Diagnostic::toString).toList());
  }

  @Override
  public List<String> messages() {
    String yours =
        Amount.count(adopted.size(), "file") + (dryRun ? " would be yours" : " now yours");
    String jobs = Amount.count(adopted.size() + upToDate.size(), "job");
    String done = adopted.size() + (dryRun ? " would be adopted" : " adopted");
    String counts = files ? yours : jobs + ": " + done + ", " + upToDate.size() + " up to date";
    return List.of(problems.isEmpty() ? counts : "nothing adopted");
  }
}
