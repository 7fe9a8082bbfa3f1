package dev.torc.session;

import dev.torc.cache.BuildId;
import dev.torc.cache.BuildLock;
import dev.torc.engine.Adoption;
import dev.torc.hash.DigestMemo;
import dev.torc.plan.DiskChecks;
import dev.torc.plan.Expander;
import dev.torc.plan.JobSelection;
import dev.torc.plan.PlanContext;
import dev.torc.plan.Rerun;
import dev.torc.posix.RandomId;
import dev.torc.report.AdoptAnswer;
import dev.torc.syntax.BadInput.Diagnostic;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Asks to take what stands there for the result of jobs. What can be adopted is for {@link
 * Adoption} to find out; here all is stored, or nothing.
 *
 * @param targets names and files, at least one
 * @param dry whether nothing is stored
 * @param force whether what is out at a scheduler is cancelled first
 * @param lock how it takes the build lock
 */
public record AdoptRequest(List<String> targets, boolean dry, boolean force, LockTerms lock) {

  /**
   * Adopts.
   *
   * @param say takes lines on who has the lock
   * @param warn takes warnings
   * @return null where another build has the lock, and this does not wait
   */
  public AdoptAnswer run(Project given, Consumer<String> say, Consumer<String> warn)
      throws IOException {
    Project project = given.withoutResults();
    JobSelection selection = project.select(targets);
    DiskChecks.check(
        project.graph(), project.looking(_ -> null), project.caller().env(), selection.named());
    if (dry) {
      try (ReadSession look = ReadSession.at(project, warn)) {
        PlanContext seen = look.plan(look.project().select(targets), Rerun.NONE).context();
        return answer(adoption(look.project(), seen, look.digests(), new BuildId("", 0)));
      }
    }
    String id = RandomId.next();
    BuildLock held =
        WriteSession.lock(project.caller(), project.place(), id, "torc adopt", lock, say);
    if (held == null) {
      return null;
    }
    try (held;
        WriteSession work = WriteSession.open(project, id, lock.gone(), warn)) {
      Predicate<String> named =
          name -> {
            int job = project.graph().jobId(name);
            return job >= 0 && selection.named().get(job);
          };
      List<String> elsewhere = work.elsewhere(named);
      if (!elsewhere.isEmpty()) {
        return new AdoptAnswer(dry, List.of(), List.of(), elsewhere);
      }
      OutJobs out = OutJobs.of(project.place(), work.cache(), each -> named.test(each.job()));
      if (!force && !out.jobs().isEmpty()) {
        return new AdoptAnswer(dry, List.of(), List.of(), out.lines("adopt"));
      }
      if (!out.jobs().isEmpty()) {
        out.cancel(project.caller(), project.workflow(), id, work.removal(), warn);
      }
      Adoption adoption =
          adoption(project, work.context(selection, Rerun.NONE), work.digests(), work.build());
      if (adoption.problems().isEmpty()) {
        work.cache().put(adoption.batch());
        work.cache().flush();
      }
      return answer(adoption);
    }
  }

  private Adoption adoption(Project project, PlanContext context, DigestMemo digests, BuildId id)
      throws IOException {
    Expander expander =
        project.expander(
            targets,
            (graph, jobs) -> DiskChecks.check(graph, digests, project.caller().env(), jobs));
    return new Adoption(expander.plan(context).context(), expander, digests, id).run();
  }

  private AdoptAnswer answer(Adoption adoption) {
    List<String> problems = adoption.problems().stream().map(Diagnostic::toString).toList();
    return new AdoptAnswer(
        dry, problems.isEmpty() ? adoption.adopted() : List.of(), adoption.upToDate(), problems);
  }
}
