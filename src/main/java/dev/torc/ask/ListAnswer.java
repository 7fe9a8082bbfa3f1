package dev.torc.ask;

import dev.torc.engine.JobFiles;
import dev.torc.graph.DisplayGraph;
import dev.torc.graph.Graph;
import dev.torc.plan.JobSelection;
import dev.torc.plan.JobSelection.Rerun;
import dev.torc.plan.Manifest;
import dev.torc.plan.Plan;
import dev.torc.plan.Reason;
import dev.torc.plan.Verdict;
import dev.torc.records.JobResult;
import dev.torc.records.JobResult.RunDetails;
import dev.torc.session.Leftovers.RunningJobs;
import dev.torc.session.Project;
import dev.torc.session.ReadSession;
import dev.torc.show.Palette;
import dev.torc.show.Summary;
import dev.torc.text.Amount;
import dev.torc.text.SafeText;
import dev.torc.text.TextWidth;
import dev.torc.text.TimeText;
import dev.torc.workflow.Job;
import dev.torc.workflow.Job.Resources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * {@code torc list}: the jobs, one on a line. Why they run is for {@link WhyAnswer}.
 *
 * @param jobs the jobs that are asked about by their numbers, ascending
 * @param shown the same as they are shown
 * @param all whether no target was named, so that a group of one instance is still a group
 * @param groups whether the groups alone are told
 * @param waiting the jobs that have to wait for a build that is at work, as far as they are to run
 * @param columns of the window that the lines have to fit; 0 where there is none
 */
public record ListAnswer(
    Plan plan,
    SequencedMap<Integer, Known> jobs,
    List<DisplayGraph.Fold> shown,
    boolean all,
    boolean groups,
    BitSet waiting,
    int columns)
    implements Answer {

  /** Code points of a command that is shown whole where there is no window to fit. */
  private static final int COMMAND = 60;

  /** Columns that the command has in the narrowest of windows. */
  private static final int LEAST = 20;

  /**
   * What is known of a job beside its verdict.
   *
   * @param outcome of its last run; null if it never ran
   * @param started milliseconds since 1970 when that began, 0 where it did not run
   * @param wall nanoseconds that it took
   * @param found what it was found to read beyond its needs
   * @param last that run as JSON
   * @param command as it would run now
   * @param log where its log is, if it has one
   */
  private record Known(
      JobResult.Outcome outcome,
      long started,
      long wall,
      Collection<String> found,
      Map<String, Object> last,
      boolean running,
      String command,
      Path log) {}

  /** How it stands with a job; a failure is told by how the last run ended. */
  private enum State {
    UP_TO_DATE,
    RUNNING,
    SUBMITTED,
    WAITING,
    WILL_RUN,
    WILL_BE_RESTORED,
    WILL_FAIL,
    MAY_RUN,
    FAILED,
    TIMED_OUT,
    OUT_OF_MEMORY,
    INTERRUPTED
  }

  private static final Set<State> TO_COME =
      EnumSet.of(State.WILL_RUN, State.WILL_BE_RESTORED, State.MAY_RUN);

  private static final Set<State> BAD =
      EnumSet.of(State.WILL_FAIL, State.FAILED, State.TIMED_OUT, State.OUT_OF_MEMORY);

  /**
   * The jobs that targets name, all without one.
   *
   * @param instances whether each instance of a group is told of by itself
   * @param groups whether the groups alone are told
   * @param columns of the window; 0 where there is none
   * @param warn takes lines for people
   */
  public static ListAnswer of(
      Project given,
      List<String> targets,
      boolean instances,
      boolean groups,
      int columns,
      Consumer<String> warn)
      throws IOException {
    try (ReadSession look = ReadSession.at(given, warn)) {
      Project project = look.project();
      JobSelection selection = project.select(targets);
      Plan plan = look.plan(selection, Rerun.of(targets, false));
      RunningJobs running = RunningJobs.of(project.place(), look.cache());
      IntFunction<String> commands = look.commands();
      SequencedMap<Integer, Known> jobs = new LinkedHashMap<>();
      for (int id : project.graph().inOrder(selection.named())) {
        boolean runs = running.running().contains(project.graph().name(id));
        jobs.put(id, known(look, id, runs, commands.apply(id)));
      }
      List<DisplayGraph.Fold> shown = new ArrayList<>(project.folded(selection, instances).folds());
      shown.removeIf(fold -> groups && !fold.isGroup());
      BitSet waiting = running.isBuild() ? project.selectToBuild(List.of()).jobs() : new BitSet();
      boolean all = groups || targets.isEmpty();
      return new ListAnswer(plan, jobs, shown, all, groups, waiting, columns);
    }
  }

  private static Known known(ReadSession look, int id, boolean running, String command) {
    String name = look.project().graph().name(id);
    JobResult result = look.records().result(id);
    RunDetails details = look.records().details(name);
    JobResult.Outcome outcome = result == null ? null : result.outcome();
    boolean ran = details != null && outcome != JobResult.Outcome.ADOPTED;
    long started = ran ? details.started() : 0;
    long wall = result == null ? 0 : result.wall();
    Map<String, Object> last = JobFields.last(result, details);
    Path log = new JobFiles(look.project().place(), name).log();
    return new Known(outcome, started, wall, found(result, details), last, running, command, log);
  }

  private static Collection<String> found(JobResult result, RunDetails details) {
    Set<String> found = new TreeSet<>(result == null ? List.of() : result.found());
    found.addAll(details == null ? List.of() : details.read());
    return found;
  }

  private Graph graph() {
    return plan.context().graph();
  }

  /** The lines; the first columns are padded to the same width, the last one is cut. */
  @Override
  public String text(Palette palette) {
    boolean images = graph().workflow().jobs().stream().anyMatch(job -> images(job) != null);
    List<List<String>> lines = new ArrayList<>();
    List<UnaryOperator<String>> colours = new ArrayList<>();
    for (DisplayGraph.Fold fold : shown) {
      boolean group = fold.isGroup() && (all || fold.jobs().size() != 1);
      List<String> line = new ArrayList<>(group ? group(fold) : job(fold.jobs().getFirst()));
      if (images) {
        int[] first = fold.jobs().stream().limit(1).mapToInt(id -> id).toArray();
        String image = ImageUse.shown(ImageUse.of(plan.context(), first));
        line.add(line.size() - 1, image.isEmpty() ? "-" : image);
      }
      lines.add(line);
      Set<State> states = group ? states(fold).keySet() : Set.of(state(fold.jobs().getFirst()));
      colours.add(colour(states, palette));
    }
    int[] widths = TextTable.widths(lines, images ? 6 : 5);
    int room = Math.max(LEAST, columns - Arrays.stream(widths).map(width -> width + 2).sum());
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      for (int c = 0; c < widths.length; c++) {
        String column = lines.get(i).get(c);
        text.append(c == 1 ? colours.get(i).apply(column) : c == 0 ? palette.bold(column) : column)
            .append(" ".repeat(widths[c] - TextWidth.of(column) + 2));
      }
      String last = lines.get(i).getLast();
      text.append(
              columns > 0 ? TextWidth.fit(SafeText.line(last), room) : SafeText.line(last, COMMAND))
          .append('\n');
    }
    return text.toString();
  }

  private List<String> job(int id) {
    Job job = graph().job(id);
    Known known = jobs.get(id);
    boolean ran = known.outcome != null && known.started > 0;
    return List.of(
        SafeText.name(job.name()),
        words(id),
        ran ? TimeText.local(known.started) : "-",
        ran ? Amount.time(known.wall) : "-",
        resources(job.resources()),
        job.description().isEmpty() ? SafeText.line(known.command, COMMAND) : job.description());
  }

  /** A group in one line: when the last of its instances began, how long all took together. */
  private List<String> group(DisplayGraph.Fold fold) {
    List<Known> known = fold.jobs().stream().map(jobs::get).toList();
    long last = known.stream().mapToLong(Known::started).max().orElse(0);
    long total = known.stream().mapToLong(Known::wall).sum();
    Job first = known.isEmpty() ? null : graph().job(fold.jobs().getFirst());
    String size = "[" + Amount.count(known.size(), "instance") + "] ";
    return List.of(
        SafeText.name(fold.name()),
        words(fold),
        last > 0 ? TimeText.local(last) : "-",
        last > 0 ? Amount.time(total) : "-",
        first == null ? "-" : resources(first.resources()),
        first == null ? "-" : (size + first.description()).strip());
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
  private String words(DisplayGraph.Fold fold) {
    if (fold.jobs().isEmpty()) {
      return "may run, instances not known yet";
    }
    Map<State, Integer> states = states(fold);
    Integer fresh = states.remove(State.UP_TO_DATE);
    StringJoiner out = new StringJoiner(", ");
    out.add("%d of %d up to date".formatted(fresh == null ? 0 : fresh, fold.jobs().size()));
    states.forEach((state, count) -> out.add(count + " " + Summary.words(state)));
    return out.toString();
  }

  /** The images of a job's steps, each once; null for none. */
  private static String images(Job job) {
    String names =
        job.steps().stream()
            .filter(step -> step.image() != null)
            .map(step -> step.image().name())
            .distinct()
            .collect(Collectors.joining(", "));
    return names.isEmpty() ? null : names;
  }

  private String words(int id) {
    State state = state(id);
    String to = state == State.SUBMITTED ? " to " + Reason.out(plan.verdict(id).reasons()) : "";
    return Summary.words(state) + SafeText.line(to);
  }

  private State state(int id) {
    Known known = jobs.get(id);
    if (known.running) {
      return State.RUNNING;
    }
    if (Reason.out(plan.verdict(id).reasons()) != null) {
      return State.SUBMITTED;
    }
    if (known.outcome != null && !known.outcome.isGood()) {
      return State.valueOf(known.outcome.name());
    }
    // Of a job that was killed together with torc there is no record, but a mark.
    boolean killed =
        plan.verdict(id).reasons().stream().anyMatch(r -> r.kind() == Reason.Kind.INTERRUPTED);
    State state =
        switch (plan.verdict(id)) {
          case Verdict.UpToDate _ -> State.UP_TO_DATE;
          case Verdict.WillRun _ -> killed ? State.INTERRUPTED : State.WILL_RUN;
          case Verdict.WillRestore _ -> State.WILL_BE_RESTORED;
          case Verdict.WillFail _ -> State.WILL_FAIL;
          case Verdict.MayRun _ -> State.MAY_RUN;
        };
    return waiting.get(id) && TO_COME.contains(state) ? State.WAITING : state;
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

  private record Group(
      String group, String place, List<String> parameters, int instances, boolean expanded) {
    static Group of(dev.torc.workflow.Group of) {
      int instances = of.instances().size();
      boolean all = of.awaits().isEmpty();
      return new Group(of.name(), "" + of.place(), of.parameters(), instances, all);
    }
  }

  @Override
  public Object json() {
    if (!groups) {
      return Map.of("jobs", jobs.keySet().stream().map(this::json).toList());
    }
    Set<String> names = shown.stream().map(DisplayGraph.Fold::name).collect(Collectors.toSet());
    return Map.of(
        "groups",
        graph().workflow().groups().stream()
            .filter(group -> names.contains(group.name()))
            .map(Group::of)
            .toList());
  }

  private Map<String, Object> json(int id) {
    Job job = graph().job(id);
    Known known = jobs.get(id);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("job", job.name());
    fields.put("group", job.group());
    fields.put("place", job.place().toString());
    fields.put("description", job.description());
    fields.put("tags", job.tags());
    fields.put("command", known.command);
    fields.put("dir", job.steps().getFirst().dir());
    fields.put("image", images(job));
    ImageUse.put(fields, plan.context(), id);
    fields.put("needs", Manifest.needs(job));
    fields.put("found", known.found);
    fields.put("produces", Manifest.products(job));
    fields.put("waits_for", Arrays.stream(graph().jobsBefore(id)).mapToObj(graph()::name).toList());
    Map<String, Object> resources = JobFields.resources(job.resources());
    resources.putAll(job.resources().counters());
    fields.put("resources", resources);
    fields.put("priority", job.priority());
    fields.put("running", known.running);
    JobFields.verdict(fields, graph(), id, plan.verdict(id));
    fields.put("log", Files.exists(known.log) ? known.log : null);
    fields.put("last", known.last);
    return fields;
  }
}
