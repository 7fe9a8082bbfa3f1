package dev.torc.front.ask;

import dev.torc.base.posix.Walk;
import dev.torc.base.text.Amount;
import dev.torc.base.text.Palette;
import dev.torc.base.text.SafeText;
import dev.torc.base.web.WebAddress;
import dev.torc.core.attempt.JobFiles;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.decide.JobSelection.Rerun;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.Reason;
import dev.torc.core.manifest.Manifest;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.model.Downstream;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Resources;
import dev.torc.core.model.Workflow.LeftOutJob;
import dev.torc.features.past.GitCommit;
import dev.torc.features.past.PastCommits;
import dev.torc.front.project.DisplayGraph;
import dev.torc.front.project.JobChoice;
import dev.torc.front.project.LeftOutTargets;
import dev.torc.front.project.Project;
import dev.torc.front.session.ReadSession;
import dev.torc.front.session.RunningJobs;
import dev.torc.front.show.Console;
import dev.torc.front.show.Json;
import dev.torc.front.show.Json.Named;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * {@code torc list}: the jobs, one per line. {@link WhyAnswer} explains why they run.
 *
 * @param jobs the selected jobs by id, in the graph's order
 * @param shown the same jobs, folded into groups for display
 * @param waiting jobs that would have to wait for the running build
 * @param leftOut the jobs whose condition does not hold, by name
 */
record ListAnswer(
    Plan plan,
    SequencedMap<Integer, Known> jobs,
    List<DisplayGraph.Fold> shown,
    Shape shape,
    BitSet waiting,
    SortedMap<String, LeftOutJob> leftOut)
    implements Answer {

  /**
   * How the jobs are shown.
   *
   * @param all whether a group of one instance is shown as a group: without targets, or with {@code
   *     --groups}
   * @param groups whether only groups are shown
   * @param columns the width of the terminal; 0 if there is none
   */
  private record Shape(boolean all, boolean groups, int columns) {}

  /** The longest text that is not shortened without a terminal, in code points. */
  private static final int COMMAND = 60;

  /** The least width of the last column on a terminal. */
  private static final int LEAST = 20;

  /**
   * What is known about a job besides its verdict.
   *
   * @param result the result of the last run; null if the job never ran
   * @param details the details of the last run; null if they cannot be read
   * @param command the command as it would run now
   * @param log the path of the log, which may not exist
   * @param commit the git commit of the last run; null if it is unknown or not shown
   */
  private record Known(
      JobResult result,
      RunDetails details,
      boolean running,
      String command,
      Path log,
      GitCommit commit) {

    /** Returns when the last run began, in milliseconds since 1970; 0 if the job did not run. */
    long started() {
      boolean adopted = result != null && result.outcome() == JobResult.Outcome.ADOPTED;
      return details == null || adopted ? 0 : details.ran().started();
    }

    /** Returns the duration of the last run in nanoseconds; 0 if the job never ran. */
    long wall() {
      return result == null ? 0 : result.wall();
    }

    /** Returns the files that the job was found to read beyond its needs. */
    Set<String> found() {
      Set<String> found = new TreeSet<>(result == null ? List.of() : result.needs().found());
      found.addAll(details == null ? List.of() : details.read());
      found.removeIf(Walk::isWay);
      return found;
    }
  }

  private static final Set<JobStanding> TO_COME =
      EnumSet.of(JobStanding.WILL_RUN, JobStanding.WILL_RESTORE, JobStanding.MAY_RUN);

  static ListAnswer of(Call call) throws IOException {
    boolean groups = call.has("--groups");
    boolean instances = call.has("--instances");
    if (groups && instances) {
      throw Call.usage("--groups: --instances shows no groups");
    }
    List<String> targets = call.targets();
    Console console = call.console();
    int columns = console.columns();
    try (ReadSession look = call.openToRead()) {
      Project project = look.project();
      JobSelection selection = call.chosen(look, project.select(targets));
      Plan plan = look.plan(selection, Rerun.of(targets, false));
      RunningJobs running = RunningJobs.of(project.place(), look.cache(), Set.of());
      IntFunction<String> commands = look.commands();
      SequencedMap<Integer, Known> jobs = new LinkedHashMap<>();
      PastCommits commits = call.json() ? PastCommits.of(look.cache()) : null;
      for (int id : project.graph().inOrder(selection.named())) {
        String name = project.graph().name(id);
        RunDetails details = look.records().details(name);
        boolean runs = running.here().containsKey(name);
        Path log = new JobFiles(project.place(), name).log();
        GitCommit commit = commits == null ? null : commits.of(details);
        jobs.put(
            id,
            new Known(look.records().result(id), details, runs, commands.apply(id), log, commit));
      }
      DisplayGraph named = project.folded(selection, instances);
      List<DisplayGraph.Fold> shown =
          new ArrayList<>((groups ? named : call.byPackage(project, named)).folds());
      shown.removeIf(fold -> groups && !fold.isGroup());
      BitSet waiting =
          running.isBuild() ? project.select(JobChoice.of(List.of(), false)).jobs() : new BitSet();
      boolean all = groups || targets.isEmpty();
      SortedMap<String, LeftOutJob> leftOut =
          groups || call.has("--failed")
              ? Collections.emptySortedMap()
              : LeftOutTargets.of(project.graph(), targets, project.paths());
      return new ListAnswer(plan, jobs, shown, new Shape(all, groups, columns), waiting, leftOut);
    }
  }

  private Graph graph() {
    return plan.context().graph();
  }

  /** Returns a line for each job or group; the last column is cut to fit. */
  @Override
  public String text(Palette palette) {
    boolean images = graph().workflow().jobs().stream().anyMatch(Job::runsInContainers);
    List<List<String>> rows = new ArrayList<>();
    List<JobStanding> standings = new ArrayList<>();
    for (DisplayGraph.Fold fold : shown) {
      boolean group = fold.isGroup() && (shape.all || fold.jobs().size() != 1);
      List<String> row = new ArrayList<>(group ? group(fold) : job(fold.jobs().getFirst()));
      if (images) {
        int[] first = fold.jobs().stream().limit(1).mapToInt(id -> id).toArray();
        String image = ImageUse.shown(ImageUse.of(plan.context(), first));
        row.add(row.size() - 1, image.isEmpty() ? "-" : image);
      }
      rows.add(row);
      standings.add(group ? counts(fold).worst() : standing(fold.jobs().getFirst()));
    }
    for (var each : LeftOutLines.of(leftOut, false).entrySet()) {
      rows.add(new ArrayList<>(List.of(each.getKey(), "skipped", "-", "-", "-", each.getValue())));
      rows.getLast().addAll(5, images ? List.of("-") : List.of());
      standings.add(JobStanding.SKIPPED);
    }
    int last = images ? 6 : 5;
    int taken = Arrays.stream(TextTable.widths(rows, last)).map(width -> width + 2).sum();
    int room = Math.max(LEAST, shape.columns - taken);
    boolean fits = shape.columns > 0;
    for (List<String> row : rows) {
      String text = row.removeLast();
      row.add(fits ? SafeText.fit(SafeText.line(text), room) : SafeText.line(text, COMMAND));
    }
    return TextTable.of(
        rows,
        Integer.MAX_VALUE,
        (row, column, cell) ->
            switch (column) {
              case 0 -> palette.bold(cell);
              case 1 -> standings.get(row).paint(cell, palette);
              default -> cell;
            });
  }

  private List<String> job(int id) {
    Job job = graph().job(id);
    Known known = jobs.get(id);
    boolean ran = known.result != null && known.started() > 0;
    String began = ran ? Amount.localTime(known.started()) : "-";
    String time = ran ? Amount.time(known.wall()) : "-";
    String asked = resources(job.runs().resources());
    String said = job.labels().description();
    String what = said.isEmpty() ? SafeText.line(known.command, COMMAND) : said;
    return List.of(SafeText.name(job.name()), words(id), began, time, asked, what);
  }

  /**
   * Returns the row of a group or package, with the start of its latest run and the total time of
   * the last runs of all its jobs.
   */
  private List<String> group(DisplayGraph.Fold fold) {
    List<Known> known = fold.jobs().stream().map(jobs::get).toList();
    long last = known.stream().mapToLong(Known::started).max().orElse(0);
    long total = known.stream().mapToLong(Known::wall).sum();
    boolean alike = !known.isEmpty() && !fold.isPackage();
    Job first = alike ? graph().job(fold.jobs().getFirst()) : null;
    String said = first == null ? "" : first.labels().description();
    String began = last > 0 ? Amount.localTime(last) : "-";
    String time = last > 0 ? Amount.time(total) : "-";
    String asked = first == null ? "-" : resources(first.runs().resources());
    String what = known.isEmpty() ? "-" : ("[" + fold.amount() + "] " + said).strip();
    return List.of(SafeText.name(fold.name()), counts(fold).words(), began, time, asked, what);
  }

  /** Returns how many instances have each standing; the unknown instances count as one. */
  private JobCounts counts(DisplayGraph.Fold fold) {
    return JobCounts.of(fold.jobs(), this::standing, fold.open() >= 0);
  }

  private String words(int id) {
    JobStanding standing = standing(id);
    boolean out = standing == JobStanding.SUBMITTED;
    String to = out ? " to " + Reason.out(plan.verdict(id).reasons()) : "";
    return standing.words() + SafeText.line(to);
  }

  /** Returns the standing of a job. For a failed job, it says how the last run ended. */
  private JobStanding standing(int id) {
    Known known = jobs.get(id);
    List<Reason> reasons = plan.verdict(id).reasons();
    JobStanding standing = JobStanding.of(plan.verdict(id));
    if (known.running) {
      return JobStanding.RUNNING;
    } else if (standing == JobStanding.SUBMITTED) {
      return standing;
    } else if (known.result != null
        && !known.result.outcome().isGood()
        && standing != JobStanding.FROZEN
        && known.result.outcome() != JobResult.Outcome.SKIPPED) {
      return JobStanding.valueOf(known.result.outcome().name());
    }
    // A job that was killed together with torc has a start mark but no record.
    if (standing == JobStanding.WILL_RUN
        && reasons.stream().anyMatch(r -> r.kind() == Reason.Kind.INTERRUPTED)) {
      return JobStanding.INTERRUPTED;
    }
    return waiting.get(id) && TO_COME.contains(standing) ? JobStanding.WAITING : standing;
  }

  private static String resources(Resources resources) {
    StringJoiner out = new StringJoiner(", ");
    out.add(Amount.count(resources.cpus(), "cpu"));
    if (resources.memory() > 0) {
      out.add(Amount.size(resources.memory(), resources.memory()));
    }
    if (resources.gpus() > 0) {
      out.add(Amount.gpus(resources.askedGpus()));
    }
    for (var each : resources.counters().entrySet()) {
      long amount = each.getValue();
      String told = amount >= Amount.BYTES ? Amount.size(amount, amount) : "" + amount;
      out.add(told + " " + each.getKey());
    }
    return out.toString();
  }

  private record Group(
      String group, String place, List<String> parameters, int instances, boolean expanded) {
    static Group of(dev.torc.core.model.Group of) {
      int instances = of.instances().size();
      boolean all = of.further().awaits().isEmpty();
      return new Group(of.name(), "" + of.place(), of.parameters(), instances, all);
    }
  }

  @Override
  public Object json() {
    if (!shape.groups) {
      return new Lists(
          jobs.keySet().stream().map(this::json).toList(),
          Json.unlessEmpty(LeftOutLines.json(leftOut).toList()));
    }
    Set<String> names = shown.stream().map(DisplayGraph.Fold::name).collect(Collectors.toSet());
    return Map.of(
        "groups",
        graph().workflow().groups().stream()
            .filter(group -> names.contains(group.name()))
            .map(Group::of)
            .toList());
  }

  private record Lists(List<One> jobs, Optional<List<LeftOutLines.Skipped>> skipped) {}

  /** {@code resources} has counters of the user's own names too. */
  private record One(
      Named name,
      Written written,
      Optional<List<ImageUse.ImageHere>> images,
      Paths paths,
      Map<String, Object> resources,
      State state) {

    private record Written(
        String group,
        String place,
        String description,
        Object tags,
        String command,
        String dir,
        String image)
        implements Json.Inline {}

    private record Paths(
        List<String> needs, Set<String> found, List<String> produces, List<String> waitsFor)
        implements Json.Inline {}

    private record State(
        int priority, boolean running, JobFields.Judged judged, Path log, JobFields.Last last)
        implements Json.Inline {}
  }

  private static String names(List<ImageUse.ImageHere> images) {
    return images.stream().map(ImageUse.ImageHere::image).collect(Collectors.joining(", "));
  }

  private One json(int id) {
    Job job = graph().job(id);
    Known known = jobs.get(id);
    Map<String, String> parameters = new TreeMap<>(job.parameters());
    parameters.replaceAll((_, value) -> WebAddress.shown(value));
    Optional<List<ImageUse.ImageHere>> images = ImageUse.ofJob(plan.context(), id);
    Map<String, Object> resources = Json.fields(JobFields.Requested.of(job.runs().resources()));
    resources.putAll(job.runs().resources().counters());
    return new One(
        new Named(job.name(), job.group() == null ? Optional.empty() : Optional.of(parameters)),
        new One.Written(
            job.group(),
            job.place().toString(),
            job.labels().description(),
            job.labels().tags(),
            known.command,
            job.runs().steps().getFirst().dir(),
            images.map(ListAnswer::names).orElse(null)),
        images,
        new One.Paths(
            Manifest.needs(job),
            known.found(),
            Manifest.declared(job),
            Arrays.stream(Downstream.jobsBefore(graph(), id)).mapToObj(graph()::name).toList()),
        resources,
        new One.State(
            job.runs().priority(),
            known.running,
            JobFields.Judged.of(graph(), id, plan.verdict(id)),
            Files.exists(known.log) ? known.log : null,
            JobFields.Last.of(known.result, known.details, known.commit, null)));
  }
}
