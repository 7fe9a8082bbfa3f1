package dev.torc.report;

import dev.torc.cache.JobResult;
import dev.torc.graph.DisplayGraph;
import dev.torc.graph.Graph;
import dev.torc.machine.Amount;
import dev.torc.machine.SafeText;
import dev.torc.plan.Manifest;
import dev.torc.plan.Plan;
import dev.torc.plan.Reason;
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
import java.util.BitSet;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.UnaryOperator;

/**
 * What {@code torc list} says: the jobs, one on a line. Why they run is for {@link WhyAnswer}.
 *
 * @param jobs the jobs that are asked about by their numbers, ascending
 * @param shown the same as they are shown
 * @param all whether no target was named, so that a group of one instance is still a group
 * @param waiting the jobs that have to wait for a build that is at work, as far as they are to run
 */
public record ListAnswer(
    Plan plan,
    SequencedMap<Integer, Known> jobs,
    List<DisplayGraph.Fold> shown,
    boolean all,
    BitSet waiting)
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

  /** How it stands with a job; a failure is told by how the last run ended. */
  private enum State {
    UP_TO_DATE,
    RUNNING,
    WAITING,
    WILL_RUN,
    WILL_BE_RESTORED,
    WILL_FAIL,
    MAY_RUN,
    FAILED,
    TIMED_OUT,
    OUT_OF_MEMORY,
    INTERRUPTED;

    String words() {
      return JsonWriter.lower(this).replace('_', ' ');
    }
  }

  private static final Set<State> TO_COME =
      EnumSet.of(State.WILL_RUN, State.WILL_BE_RESTORED, State.MAY_RUN);

  private static final Set<State> BAD =
      EnumSet.of(State.WILL_FAIL, State.FAILED, State.TIMED_OUT, State.OUT_OF_MEMORY);

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
    State state = state(id);
    return line(
        job.name(),
        state.words(),
        ran ? TimeText.local(known.last.started()) : "-",
        ran ? Amount.time(result.wall()) : "-",
        resources(job.resources()),
        images ? image(id) : null,
        job.description().isEmpty() ? SafeText.line(known.command, COMMAND) : job.description(),
        colour(Set.of(state), palette));
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
    Map<State, Integer> states = states(fold);
    Job first = fold.jobs().isEmpty() ? null : graph().job(fold.jobs().getFirst());
    return line(
        fold.name(),
        words(fold, states),
        last > 0 ? TimeText.local(last) : "-",
        last > 0 ? Amount.time(total) : "-",
        first == null ? "-" : resources(first.resources()),
        images ? first == null ? "-" : image(fold.jobs().getFirst()) : null,
        first == null
            ? "-"
            : ("[" + Amount.count(fold.jobs().size(), "instance") + "] " + first.description())
                .strip(),
        colour(states.keySet(), palette));
  }

  /** How many instances are in each state; what is not known yet of a group counts as one. */
  private Map<State, Integer> states(DisplayGraph.Fold fold) {
    Map<State, Integer> states = new EnumMap<>(State.class);
    fold.jobs().forEach(id -> states.merge(state(id), 1, Integer::sum));
    if (fold.open() >= 0) {
      states.merge(State.MAY_RUN, 1, Integer::sum);
    }
    return states;
  }

  /** The numbers in words: {@code 15 of 20 up to date, 2 running, 3 waiting}. */
  private static String words(DisplayGraph.Fold fold, Map<State, Integer> states) {
    if (fold.jobs().isEmpty()) {
      return "may run, instances not known yet";
    }
    StringJoiner out = new StringJoiner(", ");
    int upToDate = states.getOrDefault(State.UP_TO_DATE, 0);
    out.add("%d of %d up to date".formatted(upToDate, fold.jobs().size()));
    states.forEach(
        (state, count) -> {
          if (state != State.UP_TO_DATE) {
            out.add(count + " " + state.words());
          }
        });
    return out.toString();
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

  private State state(int id) {
    Known known = jobs.get(id);
    if (known.running) {
      return State.RUNNING;
    }
    JobResult result = known.last.result();
    if (result != null) {
      switch (result.outcome()) {
        case FAILED, TIMED_OUT, OUT_OF_MEMORY, INTERRUPTED -> {
          return State.valueOf(result.outcome().name());
        }
        case OK, ADOPTED -> {}
      }
    }
    State state =
        switch (plan.verdict(id)) {
          case Verdict.UpToDate _ -> State.UP_TO_DATE;
          case Verdict.WillRun will -> wasKilled(will) ? State.INTERRUPTED : State.WILL_RUN;
          case Verdict.WillRestore _ -> State.WILL_BE_RESTORED;
          case Verdict.WillFail _ -> State.WILL_FAIL;
          case Verdict.MayRun _ -> State.MAY_RUN;
        };
    return waiting.get(id) && TO_COME.contains(state) ? State.WAITING : state;
  }

  /** Of a job that was killed together with torc there is no record, but a mark. */
  private static boolean wasKilled(Verdict.WillRun will) {
    return will.reasons().stream().anyMatch(each -> each.kind() == Reason.Kind.INTERRUPTED);
  }

  private static UnaryOperator<String> colour(Set<State> states, Palette palette) {
    return states.stream().anyMatch(BAD::contains)
        ? palette::red
        : states.equals(Set.of(State.UP_TO_DATE)) ? palette::green : palette::yellow;
  }

  private static String resources(Resources resources) {
    StringJoiner out = new StringJoiner(", ");
    out.add(Amount.count(resources.cpus(), "cpu"));
    if (resources.memory() > 0) {
      out.add(Amount.size(resources.memory(), resources.memory()));
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
        plan, jobs, shown.stream().filter(DisplayGraph.Fold::isGroup).toList(), true, waiting);
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
