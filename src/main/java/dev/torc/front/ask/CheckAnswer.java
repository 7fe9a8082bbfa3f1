package dev.torc.front.ask;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.text.Amount;
import dev.torc.base.text.Palette;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.Reason;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.features.fetch.Fetch;
import dev.torc.features.finds.Tracing;
import dev.torc.features.remarks.PatternReadings;
import dev.torc.features.remarks.ReadingRemarks;
import dev.torc.features.remarks.Remark;
import dev.torc.features.remarks.RemarkedJob;
import dev.torc.features.remarks.Remarks;
import dev.torc.features.remarks.ValueRemarks;
import dev.torc.features.sandbox.Sandbox;
import dev.torc.front.project.JobChoice;
import dev.torc.front.project.Project;
import dev.torc.front.session.Exit;
import dev.torc.front.session.MadeFirst;
import dev.torc.front.session.ReadSession;
import dev.torc.front.session.SharedAccess;
import dev.torc.front.show.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * {@code torc check}: all errors and warnings that can be found without running anything. {@code
 * file} is the name of the build file; null if it cannot be read.
 */
record CheckAnswer(
    String file,
    int jobs,
    int leftOut,
    List<ImageUse> images,
    List<Diagnostic> errors,
    List<Diagnostic> warnings)
    implements Answer {

  /** Prints warnings and errors to standard error, the line of counts to standard output. */
  static int run(Call call) throws IOException {
    CheckAnswer answer = of(call);
    if (!call.json()) {
      call.console().tellAll(answer.lines(call.errPalette()));
    }
    return call.print(answer);
  }

  private static CheckAnswer of(Call call) throws IOException {
    List<Diagnostic> errors = new ArrayList<>();
    List<Diagnostic> warnings = new ArrayList<>();
    List<ImageUse> images = List.of();
    Project project = null;
    try {
      project = call.project();
      List<Diagnostic> notes = new ArrayList<>();
      try (ReadSession look = ReadSession.at(project, notes::add)) {
        project = look.project();
        Graph graph = project.graph();
        List<Diagnostic> unknown = MadeFirst.unknown(project);
        List<Diagnostic> lasting = MadeFirst.lasting(look);
        unknown.removeAll(lasting);
        unknown.forEach(call::warn);
        errors.addAll(lasting);
        project.select(JobChoice.of(List.of(), false)); // refuses an unknown default
        JobSelection all = project.select(List.of());
        int[] jobs = graph.inOrder(all.jobs());
        try {
          look.check(all.jobs(), warnings::add);
        } finally {
          warnings.addAll(Remarks.made(look.context()));
          images = ImageUse.of(look.context(), jobs);
          warnings.addAll(Remarks.check(look.context(), jobs, own(look)));
          warnings.addAll(ReadingRemarks.ofNoJob(graph));
          warnings.addAll(ValueRemarks.of(graph, all, List.of()));
          warnings.addAll(PatternReadings.ofReport(graph));
        }
      } catch (BadInput refused) {
        errors.addAll(refused.diagnostics());
      }
      errors.addAll(new SharedAccess(project).troubles());
      project.workflow().groups().forEach(group -> errors.addAll(group.further().problems()));
      notes.removeAll(errors);
      notes.forEach(call::warn);
    } catch (BadInput refused) {
      errors.addAll(refused.diagnostics());
    }
    String file =
        project == null
            ? null
            : project.workflow().settings().files().getFirst().getFileName().toString();
    int jobs = project == null ? 0 : project.graph().jobs();
    int leftOut = project == null ? 0 : project.workflow().leftOut().size();
    return new CheckAnswer(file, jobs, leftOut, images, errors, warnings);
  }

  /** Returns what only this command asks about a job; equal lines are told once. */
  private static List<Remark> own(ReadSession look) {
    List<Function<RemarkedJob, List<String>>> questions =
        List.of(
            of -> unavailable(of.context(), of.id()),
            of -> traced(look, of.id()),
            of -> Fetch.lacking(of.job(), look.records().result(of.id())),
            of -> Sandbox.linking(of.context(), of.id()));
    return questions.stream().map(Remark::lines).toList();
  }

  /**
   * Returns lines about files that the last traced run of a job read beyond its needs. They name
   * the job's group, so that lines of its instances are equal.
   */
  private static List<String> traced(ReadSession look, int id) {
    Graph graph = look.project().graph();
    Job job = graph.job(id);
    String name = SafeText.name(job.group() == null ? job.name() : job.group());
    return Tracing.lines(graph, id, look.records().details(job.name())).stream()
        .map(line -> "job " + name + " " + line)
        .toList();
  }

  /** Returns lines about images that seem to be missing, and values that files lack. */
  private static List<String> unavailable(PlanContext context, int id) {
    List<Reason> lacking = new ArrayList<>(context.contents().lackingImages(id));
    lacking.addAll(context.contents().unreadableParts(id));
    return lacking.stream().map(Reason::lack).toList();
  }

  @Override
  public int exit() {
    return errors.isEmpty() ? Exit.DONE : Exit.USAGE;
  }

  @Override
  public String text(Palette palette) {
    if (file == null) {
      return "";
    }
    String bad = errors.isEmpty() ? "" : ", " + Amount.count(errors.size(), "error");
    String without = leftOut == 0 ? "" : " and " + leftOut + " skipped";
    String counts = Amount.count(jobs, "job") + without + bad;
    return images.stream().map(image -> image.line() + "\n").collect(Collectors.joining())
        + (SafeText.name(file) + ": " + counts)
        + (", " + Amount.count(warnings.size(), "warning") + "\n");
  }

  /**
   * Returns the lines for standard error: the place, then {@code warning:} or {@code error:}, as
   * compilers write it.
   */
  private List<String> lines(Palette palette) {
    List<String> lines = new ArrayList<>();
    warnings.forEach(said -> lines.add(said.line(palette.yellow("warning:"))));
    errors.forEach(said -> lines.add(said.line(palette.red("error:"))));
    return lines;
  }

  @Override
  public Object json() {
    Optional<Integer> skipped = leftOut > 0 ? Optional.of(leftOut) : Optional.empty();
    return new Fields(
        jobs, skipped, Json.unlessEmpty(images), Json.places(errors), Json.places(warnings));
  }

  private record Fields(
      int jobs,
      Optional<Integer> skipped,
      Optional<List<ImageUse>> images,
      List<?> errors,
      List<?> warnings) {}
}
