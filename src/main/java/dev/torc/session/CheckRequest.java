package dev.torc.session;

import dev.torc.plan.CommandWarnings;
import dev.torc.plan.DiskChecks;
import dev.torc.plan.JobSelection;
import dev.torc.plan.PlanContext;
import dev.torc.plan.Reason;
import dev.torc.report.CheckAnswer;
import dev.torc.report.ImageUse;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.BadInput.Diagnostic;
import dev.torc.workflow.Group;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Asks for all that can be told of a build file without running anything. */
public record CheckRequest(ProjectOptions options) {

  /** Looks; {@code warn} takes lines that are about no place in the build file. */
  public CheckAnswer answer(Caller caller, Consumer<String> warn) throws IOException {
    List<Diagnostic> errors = new ArrayList<>();
    List<Diagnostic> warnings = new ArrayList<>();
    List<ImageUse> images = List.of();
    Project project = null;
    try {
      project = Project.load(caller, options);
      List<String> notes = new ArrayList<>();
      try (ReadSession look = ReadSession.at(project, notes::add)) {
        project = look.project();
        BitSet all = project.select(List.of()).jobs();
        try {
          warnings.addAll(
              DiskChecks.check(project.graph(), look.digests(), project.caller().env(), all));
          warnings.addAll(Advice.scripts(project, look.digests(), all));
          look.taken().refuse(all);
        } finally {
          images = ImageUse.of(look.context(), project.graph().inOrder(all));
          warnings.addAll(unavailable(look.context(), project.graph().inOrder(all)));
          warnings.addAll(
              new CommandWarnings(true).of(look.context(), project.graph().inOrder(all)));
        }
      } catch (BadInput refused) {
        errors.addAll(refused.diagnostics());
      }
      try {
        new SharedAccess(project).check();
      } catch (BadInput refused) {
        errors.addAll(refused.diagnostics());
        refused.diagnostics().forEach(problem -> notes.remove(problem.toString()));
      }
      for (Group group : project.workflow().groups()) {
        errors.addAll(group.problems());
        group.problems().forEach(problem -> notes.remove(problem.toString()));
      }
      notes.forEach(warn);
      JobSelection all = project.select(List.of());
      warnings.addAll(project.workflow().warnings());
      warnings.addAll(Advice.emptyGroups(project, all, List.of()));
      warnings.addAll(Advice.emptyGlobs(project, all.jobs()));
    } catch (BadInput refused) {
      errors.addAll(refused.diagnostics());
    }
    return project == null
        ? new CheckAnswer(null, 0, images, errors, warnings)
        : new CheckAnswer(
            project.workflow().files().getFirst().getFileName().toString(),
            project.graph().jobs(),
            images,
            errors,
            warnings);
  }

  /** Images that a look shows not to be had here, each once. */
  private static Collection<Diagnostic> unavailable(PlanContext context, int[] jobs) {
    Map<String, Diagnostic> found = new LinkedHashMap<>();
    for (int id : jobs) {
      for (Reason lack : context.contents().around().lacking(context.graph(), id)) {
        found.putIfAbsent(
            lack.lack(), new Diagnostic(context.graph().job(id).place(), lack.lack()));
      }
    }
    return found.values();
  }
}
