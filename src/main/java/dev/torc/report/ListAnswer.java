package dev.torc.report;

import dev.torc.cache.JobResult;
import dev.torc.graph.DisplayGraph;
import dev.torc.graph.Graph;
import dev.torc.machine.Amount;
import dev.torc.machine.SafeText;
import dev.torc.machine.TextWidth;
import dev.torc.plan.Manifest;
import dev.torc.plan.Plan;
import dev.torc.plan.Verdict;
import dev.torc.workflow.Group;
import dev.torc.workflow.Image;
import dev.torc.workflow.Job;
import dev.torc.workflow.Resources;
import dev.torc.workflow.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.StringJoiner;
import java.util.function.UnaryOperator;

/**
 * What {@code torc list} says: the jobs, one on a line. Why they run is for {@link WhyAnswer}.
 *
 * @param jobs the jobs that are asked about by their numbers, ascending
 * @param shown the same as they are shown
 * @param all whether nobody was named, so that a group of one instance is still a group
 */
public record ListAnswer(
    Plan plan, SequencedMap<Integer, Known> jobs, List<DisplayGraph.Fold> shown, boolean all)
    implements Answer {

  /** Code points of a command that is shown whole where there is no window to fit. */
  private static final int COMMAND = 60;

  /** Columns that the command has in the narrowest of windows. */
  private static final int LEAST = 20;

  /**
   * What is known of a job beside its verdict.
   *
   * @param command as it would run now
   * @param log where its log is, if it has one
   */
  public record Known(LastRun last, boolean running, String command, Path log) {}

  /** One line of text; the first columns are padded to the same width, the last one is cut. */
  private record Line(List<String> columns, UnaryOperator<String> colour) {}

  private Graph graph() {
    return plan.context().graph();
  }

  @Override
  public String text(Palette palette) {
    return text(palette, 0);
  }

  /** The text for a window of so many columns; 0 where there is none. */
  public String text(Palette palette, int columns) {
    boolean images = graph().workflow().jobs().stream().anyMatch(job -> !names(job).isEmpty());
    List<Line> lines = new ArrayList<>();
    for (DisplayGraph.Fold fold : shown) {
      lines.add(
          fold.isGroup() && (all || fold.jobs().size() != 1)
              ? group(fold, images, palette)
              : job(fold.jobs().getFirst(), images, palette));
    }
    int[] widths = new int[images ? 6 : 5];
    for (Line line : lines) {
      for (int c = 0; c < widths.length; c++) {
        widths[c] = Math.max(widths[c], TextWidth.of(line.columns.get(c)));
      }
    }
    int used = 0;
    for (int width : widths) {
      used += width + 2;
    }
    int room = Math.max(LEAST, columns - used);
    StringBuilder text = new StringBuilder();
    for (Line line : lines) {
      for (int c = 0; c < widths.length; c++) {
        String column = line.columns.get(c);
        text.append(c == 1 ? line.colour.apply(column) : c == 0 ? palette.bold(column) : column)
            .append(" ".repeat(widths[c] - TextWidth.of(column) + 2));
      }
      String last = line.columns.getLast();
      text.append(
              columns > 0 ? TextWidth.fit(SafeText.line(last), room) : SafeText.line(last, COMMAND))
          .append('\n');
    }
    return text.toString();
  }

  private Line job(int id, boolean images, Palette palette) {
    Job job = graph().job(id);
    Known known = jobs.get(id);
    JobResult result = known.last.result();
    boolean ran = result != null && known.last.started() > 0;
    String state = state(plan.verdict(id), result, known.running);
    return line(
        job.name(),
        state,
        ran ? TimeText.local(known.last.started()) : "-",
        ran ? Amount.time(result.wall()) : "-",
        resources(job.resources()),
        images ? image(id) : null,
        job.description().isEmpty() ? SafeText.line(known.command, COMMAND) : job.description(),
        colour(state, palette));
  }

  /** A group in one line: when the last of its instances began, how long all took together. */
  private Line group(DisplayGraph.Fold fold, boolean images, Palette palette) {
    long last = 0;
    long total = 0;
    for (int id : fold.jobs()) {
      LastRun run = jobs.get(id).last;
      last = Math.max(last, run.started());
      total += run.result() == null ? 0 : run.result().wall();
    }
    JobCounts counts = JobCounts.of(fold, plan, id -> jobs.get(id).last.result());
    Job first = fold.jobs().isEmpty() ? null : graph().job(fold.jobs().getFirst());
    UnaryOperator<String> colour =
        counts.failed() > 0
            ? palette::red
            : counts.verdict().equals("up_to_date") ? palette::green : palette::yellow;
    return line(
        fold.name(),
        counts.words(),
        last > 0 ? TimeText.local(last) : "-",
        last > 0 ? Amount.time(total) : "-",
        first == null ? "-" : resources(first.resources()),
        images ? first == null ? "-" : image(fold.jobs().getFirst()) : null,
        first == null
            ? "-"
            : ("[" + Amount.count(fold.jobs().size(), "instance") + "] " + first.description())
                .strip(),
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
      columns.add(image);
    }
    columns.add(command);
    return new Line(List.copyOf(columns), colour);
  }

  /** What a job runs in. */
  private String image(int id) {
    List<ImageUse> images = ImageUse.of(plan.context(), id);
    return images.isEmpty() ? "-" : ImageUse.shown(images);
  }

  /** The images of a job's steps, each once. */
  private static String names(Job job) {
    return String.join(
        ", ",
        job.steps().stream()
            .map(Step::image)
            .filter(Objects::nonNull)
            .map(Image::name)
            .distinct()
            .toList());
  }

  /** The verdict in words; a failure is told by how the last run ended. */
  private static String state(Verdict verdict, JobResult result, boolean running) {
    if (running) {
      return "running";
    }
    if (result != null) {
      switch (result.outcome()) {
        case FAILED, TIMED_OUT, OUT_OF_MEMORY, INTERRUPTED -> {
          return JsonWriter.lower(result.outcome()).replace('_', ' ');
        }
        case OK, ADOPTED -> {}
      }
    }
    return switch (verdict) {
      case Verdict.UpToDate _ -> "up to date";
      case Verdict.WillRun _ -> "will run";
      case Verdict.WillRestore _ -> "will be restored";
      case Verdict.WillFail _ -> "will fail";
      case Verdict.MayRun _ -> "may run";
    };
  }

  private static UnaryOperator<String> colour(String state, Palette palette) {
    return switch (state) {
      case "up to date" -> palette::green;
      case "running", "will run", "will be restored", "may run", "interrupted" -> palette::yellow;
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

  /** The groups of these alone. */
  public ListAnswer groups() {
    return new ListAnswer(
        plan, jobs, shown.stream().filter(DisplayGraph.Fold::isGroup).toList(), true);
  }

  /** The fields of the document that tells of groups alone. */
  public void groupsJson(JsonWriter out) {
    List<Group> groups =
        graph().workflow().groups().stream()
            .filter(group -> shown.stream().anyMatch(fold -> fold.name().equals(group.name())))
            .toList();
    out.objects(
        "groups",
        groups,
        group ->
            out.text("group", group.name())
                .text("place", group.place().toString())
                .texts("parameters", group.parameters())
                .number("instances", group.instances().size())
                .flag("expanded", group.awaits().isEmpty()));
  }

  @Override
  public void json(JsonWriter out) {
    out.objects("jobs", jobs.entrySet(), each -> json(out, each.getKey(), each.getValue()));
  }

  private void json(JsonWriter out, int id, Known known) {
    Job job = graph().job(id);
    Resources resources = job.resources();
    out.text("job", job.name())
        .text("group", job.group())
        .text("place", job.place().toString())
        .text("description", job.description())
        .texts("tags", job.tags())
        .text("command", known.command)
        .text("dir", job.steps().getFirst().dir())
        .text("image", names(job).isEmpty() ? null : names(job));
    ImageUse.json(out, plan.context(), id);
    out.texts("needs", Manifest.needs(job))
        .texts("produces", Manifest.products(job))
        .texts(
            "waits_for",
            Arrays.stream(graph().jobsBefore(id)).mapToObj(j -> graph().job(j).name()).toList())
        .object(
            "resources",
            true,
            () -> {
              out.number("cpus", resources.cpus())
                  .number("memory", resources.memory(), resources.memory() > 0)
                  .number("gpus", resources.gpus())
                  .seconds("runtime", resources.runtime() > 0 ? resources.runtime() : -1);
              resources.counters().forEach(out::number);
            })
        .number("priority", job.priority())
        .flag("running", known.running);
    JobJson.verdict(out, graph(), plan.verdict(id));
    out.text("log", Files.exists(known.log) ? known.log.toString() : null);
    known.last.json(out, () -> {});
  }
}
