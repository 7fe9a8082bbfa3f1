package dev.torc.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.torc.machine.Amount;
import dev.torc.machine.SafeText;
import dev.torc.plan.DiskChecks;
import dev.torc.plan.JobSelection;
import dev.torc.report.Palette;
import dev.torc.session.Advice;
import dev.torc.session.Exit;
import dev.torc.session.Project;
import dev.torc.session.ReadSession;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.BadInput.Diagnostic;
import dev.torc.workflow.Group;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code torc check}: all that can be told of a build file without running anything. Warnings and
 * errors go to standard error, the line that counts them to standard output.
 */
final class CheckCommand extends Command {

  @Override
  String description() {
    return "read the build file and say what is wrong";
  }

  @Override
  int run(Console console) throws IOException {
    List<Diagnostic> errors = new ArrayList<>();
    List<Diagnostic> warnings = new ArrayList<>();
    Project project = null;
    try {
      project = project(console);
      List<String> notes = new ArrayList<>();
      try (ReadSession look = ReadSession.at(project, notes::add)) {
        project = look.project();
        warnings.addAll(
            DiskChecks.check(project.graph(), look.digests(), project.select(List.of()).jobs()));
        look.taken().refuse(project.select(List.of()).jobs());
      } catch (BadInput refused) {
        errors.addAll(refused.diagnostics());
      }
      for (Group group : project.workflow().groups()) {
        errors.addAll(group.problems());
        group.problems().forEach(problem -> notes.remove(problem.toString()));
      }
      notes.forEach(console::warn);
      JobSelection all = project.select(List.of());
      warnings.addAll(Advice.on(project, all.jobs()));
      warnings.addAll(Advice.emptyGroups(project, all, List.of()));
      warnings.addAll(Advice.emptyGlobs(project, all.jobs()));
    } catch (BadInput refused) {
      errors.addAll(refused.diagnostics());
    }
    int jobs = project == null ? 0 : project.graph().jobs();
    if (common.json()) {
      JsonPrinter.print(console, out -> json(out, jobs, errors, warnings));
    } else {
      Palette palette = console.errPalette(common.color());
      for (Diagnostic warning : warnings) {
        console.tell(line(warning, palette.yellow("warning: ")));
      }
      for (Diagnostic error : errors) {
        console.tell(line(error, palette.red("error: ")));
      }
      if (project != null) {
        console.print(summary(project, jobs, errors.size(), warnings.size()) + "\n");
      }
    }
    return errors.isEmpty() ? Exit.DONE : Exit.USAGE;
  }

  /** Place first, then how bad it is, as compilers have it. */
  private static String line(Diagnostic said, String word) {
    String place = said.place().toString();
    return (place.isEmpty() ? "torc" : SafeText.line(place))
        + ": "
        + word
        + SafeText.line(said.message());
  }

  private static String summary(Project project, int jobs, int errors, int warnings) {
    return SafeText.name(project.workflow().files().getFirst().getFileName().toString())
        + ": "
        + Amount.count(jobs, "job")
        + (errors > 0 ? ", " + Amount.count(errors, "error") : "")
        + ", "
        + Amount.count(warnings, "warning");
  }

  private static void json(
      JsonGenerator out, int jobs, List<Diagnostic> errors, List<Diagnostic> warnings)
      throws IOException {
    out.writeNumberField("jobs", jobs);
    diagnostics(out, "errors", errors);
    diagnostics(out, "warnings", warnings);
  }

  private static void diagnostics(JsonGenerator out, String name, List<Diagnostic> all)
      throws IOException {
    out.writeArrayFieldStart(name);
    for (Diagnostic said : all) {
      out.writeStartObject();
      out.writeStringField("file", said.place().file());
      out.writeNumberField("line", said.place().line());
      out.writeNumberField("column", said.place().column());
      out.writeStringField("message", said.message());
      out.writeEndObject();
    }
    out.writeEndArray();
  }
}
