package dev.torc.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.torc.cache.JobResult;
import dev.torc.cache.RunDetails;
import dev.torc.engine.LaunchBuilder;
import dev.torc.graph.DisplayGraph;
import dev.torc.graph.Graph;
import dev.torc.machine.Amount;
import dev.torc.machine.SafeText;
import dev.torc.machine.TextWidth;
import dev.torc.plan.JobSelection;
import dev.torc.plan.Manifest;
import dev.torc.plan.Plan;
import dev.torc.plan.Verdict;
import dev.torc.report.Palette;
import dev.torc.report.TimeText;
import dev.torc.session.Exit;
import dev.torc.session.Project;
import dev.torc.session.ReadSession;
import dev.torc.session.RunningJobs;
import dev.torc.workflow.Job;
import dev.torc.workflow.Resources;
import dev.torc.workflow.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.UnaryOperator;

/** {@code torc list}: the jobs, one on a line. Why they run is for {@code torc why}. */
final class ListCommand extends Command {

  private final List<String> targets = new ArrayList<>();

  private boolean instances;

  /** Code points of a command that is shown whole. */
  private static final int COMMAND = 60;

  /** One line of text; the first columns are padded to the same width. */
  private record Line(List<String> columns, UnaryOperator<String> colour) {}

  @Override
  String description() {
    return "show the jobs and groups with state, times and command";
  }

  @Override
  void declare(Options options) {
    options.words(
        "TARGET",
        "job, group, instance, tag or produced file; all jobs without one",
        0,
        targets::add);
    options.flag(
        "--instances", "show each instance of a group on its own line", () -> instances = true);
  }

  @Override
  int run(Console console) throws IOException {
    try (ReadSession look = ReadSession.at(project(console), console::warn)) {
      Project project = look.project();
      JobSelection selection = project.select(targets);
      Plan plan = look.plan(selection, false);
      Set<String> running = RunningJobs.of(project.place(), look.cache()).running();
      if (common.json()) {
        JsonPrinter.print(
            console,
            out -> {
              out.writeArrayFieldStart("jobs");
              BitSet named = selection.named();
              for (int j = named.nextSetBit(0); j >= 0; j = named.nextSetBit(j + 1)) {
                out.writeStartObject();
                json(out, project, look, plan, j, running);
                out.writeEndObject();
              }
              out.writeEndArray();
            });
      } else {
        print(console, project, look, plan, running);
      }
    }
    return Exit.DONE;
  }

  private void print(
      Console console, Project project, ReadSession look, Plan plan, Set<String> running)
      throws IOException {
    Graph graph = project.graph();
    Palette palette = console.outPalette(common.color());
    DisplayGraph shown = project.folded(targets, instances);
    boolean images = graph.workflow().jobs().stream().anyMatch(job -> !image(job).isEmpty());
    List<Line> lines = new ArrayList<>();
    for (DisplayGraph.Fold fold : shown.folds()) {
      lines.add(
          fold.isGroup() && (targets.isEmpty() || fold.jobs().size() != 1)
              ? group(fold, JobCounts.of(fold, plan, look.records()), graph, look, images, palette)
              : job(fold.jobs().getFirst(), graph, look, plan, running, images, palette));
    }
    int[] widths = new int[images ? 6 : 5];
    for (Line line : lines) {
      for (int c = 0; c < widths.length; c++) {
        widths[c] = Math.max(widths[c], TextWidth.of(line.columns.get(c)));
      }
    }
    for (Line line : lines) {
      StringBuilder text = new StringBuilder();
      for (int c = 0; c < widths.length; c++) {
        String column = line.columns.get(c);
        text.append(c == 1 ? line.colour.apply(column) : c == 0 ? palette.bold(column) : column)
            .append(" ".repeat(widths[c] - TextWidth.of(column) + 2));
      }
      console.print(text.append(line.columns.getLast()).append('\n').toString());
    }
  }

  private static Line job(
      int id,
      Graph graph,
      ReadSession look,
      Plan plan,
      Set<String> running,
      boolean images,
      Palette palette) {
    Job job = graph.job(id);
    JobResult result = look.records().result(id);
    RunDetails details = look.records().details(job.name());
    boolean ran = result != null && details != null && details.started() > 0 && !isAdopted(result);
    String state = state(plan.verdict(id), result, running.contains(job.name()));
    return line(
        job.name(),
        state,
        ran ? TimeText.local(details.started()) : "-",
        ran ? Amount.time(result.wall()) : "-",
        resources(job.resources()),
        images ? image(job) : null,
        SafeText.line(job.command(), COMMAND),
        colour(state, palette));
  }

  private static boolean isAdopted(JobResult result) {
    return result != null && result.outcome() == JobResult.Outcome.ADOPTED;
  }

  /** A group in one line: when the last of its instances began, how long all took together. */
  private static Line group(
      DisplayGraph.Fold fold,
      JobCounts standing,
      Graph graph,
      ReadSession look,
      boolean images,
      Palette palette) {
    long last = 0;
    long all = 0;
    for (int id : fold.jobs()) {
      RunDetails details = look.records().details(graph.name(id));
      JobResult result = look.records().result(id);
      last = Math.max(last, details == null || isAdopted(result) ? 0 : details.started());
      all += result == null ? 0 : result.wall();
    }
    Job first = fold.jobs().isEmpty() ? null : graph.job(fold.jobs().getFirst());
    UnaryOperator<String> colour =
        standing.failed() > 0
            ? palette::red
            : standing.verdict().equals("up_to_date") ? palette::green : palette::yellow;
    return line(
        fold.name(),
        standing.words(),
        last > 0 ? TimeText.local(last) : "-",
        last > 0 ? Amount.time(all) : "-",
        first == null ? "-" : resources(first.resources()),
        images ? first == null ? "-" : image(first) : null,
        first == null ? "-" : "[" + Amount.count(fold.jobs().size(), "instance") + "]",
        colour);
  }

  private static Line line(
      String name,
      String state,
      String started,
      String elapsed,
      String resources,
      String image,
      String command,
      UnaryOperator<String> colour) {
    List<String> columns =
        new ArrayList<>(List.of(SafeText.name(name), state, started, elapsed, resources));
    if (image != null) {
      columns.add(image.isEmpty() ? "-" : SafeText.name(image));
    }
    columns.add(command);
    return new Line(List.copyOf(columns), colour);
  }

  /** The images of a job's steps, each once. */
  private static String image(Job job) {
    return String.join(
        ", ", job.steps().stream().map(Step::image).filter(Objects::nonNull).distinct().toList());
  }

  /** The verdict in words; a failure is told by how the last run ended. */
  private static String state(Verdict verdict, JobResult result, boolean running) {
    if (running) {
      return "running";
    }
    if (result != null) {
      switch (result.outcome()) {
        case FAILED, TIMED_OUT, OUT_OF_MEMORY, INTERRUPTED -> {
          return JsonPrinter.lower(result.outcome()).replace('_', ' ');
        }
        case OK, ADOPTED -> {}
      }
    }
    return switch (verdict) {
      case Verdict.UpToDate _ -> "up to date";
      case Verdict.WillRun _ -> "will run";
      case Verdict.WillFail _ -> "will fail";
      case Verdict.MayRun _ -> "may run";
    };
  }

  private static UnaryOperator<String> colour(String state, Palette palette) {
    return switch (state) {
      case "up to date" -> palette::green;
      case "running", "will run", "may run", "interrupted" -> palette::yellow;
      default -> palette::red;
    };
  }

  private static String resources(Resources resources) {
    StringJoiner out = new StringJoiner(", ");
    out.add(Amount.count(resources.cpus(), "cpu"));
    if (resources.memory() > 0) {
      out.add(Amount.size(resources.memory()));
    }
    if (resources.gpus() > 0) {
      out.add(Amount.count(resources.gpus(), "gpu"));
    }
    resources.counters().forEach((name, amount) -> out.add(amount + " " + name));
    return out.toString();
  }

  private static void json(
      JsonGenerator out, Project project, ReadSession look, Plan plan, int id, Set<String> running)
      throws IOException {
    Graph graph = project.graph();
    Job job = graph.job(id);
    out.writeStringField("job", job.name());
    out.writeStringField("group", job.group());
    out.writeStringField("place", job.place().toString());
    out.writeStringField("description", job.description());
    JsonPrinter.texts(out, "tags", job.tags());
    out.writeStringField("command", job.command());
    out.writeStringField("image", image(job).isEmpty() ? null : image(job));
    JsonPrinter.texts(out, "needs", Manifest.needs(job));
    JsonPrinter.texts(out, "produces", Manifest.products(job));
    JsonPrinter.texts(
        out,
        "waits_for",
        Arrays.stream(graph.jobsBefore(id)).mapToObj(j -> graph.job(j).name()).toList());
    Resources resources = job.resources();
    out.writeObjectFieldStart("resources");
    out.writeNumberField("cpus", resources.cpus());
    JsonPrinter.number(out, "memory", resources.memory(), resources.memory() > 0);
    out.writeNumberField("gpus", resources.gpus());
    JsonPrinter.seconds(out, "runtime", resources.runtime() > 0 ? resources.runtime() : -1);
    for (var counter : resources.counters().entrySet()) {
      out.writeNumberField(counter.getKey(), counter.getValue());
    }
    out.writeEndObject();
    out.writeNumberField("priority", job.priority());
    out.writeBooleanField("running", running.contains(job.name()));
    DryRun.verdict(out, graph, plan.verdict(id));
    Path log = LaunchBuilder.log(project.place(), job.name());
    out.writeStringField("log", Files.exists(log) ? log.toString() : null);
    JsonPrinter.lastRun(
        out, look.records().result(id), look.records().details(job.name()), _ -> {});
  }
}
