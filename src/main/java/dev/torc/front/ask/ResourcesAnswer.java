package dev.torc.front.ask;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import dev.torc.base.syntax.Place;
import dev.torc.base.text.Amount;
import dev.torc.base.text.Palette;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.memory.AttemptHistory;
import dev.torc.core.memory.AttemptRecord;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job.Resources;
import dev.torc.front.ask.JobUse.Used;
import dev.torc.front.project.DisplayGraph;
import dev.torc.front.project.Project;
import dev.torc.front.session.ReadSession;
import dev.torc.front.show.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code torc list --resources}: how much jobs and groups used of the resources that they ask for,
 * and what they should ask for instead, with the place in the build file. If several jobs share
 * this place, as with a resource class, the advice fits the largest use among them.
 */
record ResourcesAnswer(List<JobUse> jobs) implements Answer {

  /** How many of the jobs that share a place are named; the rest are counted. */
  private static final int NAMES = 3;

  private static final List<String> TITLES =
      List.of(
          "job", "longest", "cpus", "memory", "gpus", "gpu memory", "read", "written", "waited");

  /** The first of the columns that are omitted if no job asked for or used a GPU. */
  private static final int GPUS = 4;

  /** Advice for all jobs whose resources are in one place. */
  private record Shared(String place, String jobs, String key, String value, String why) {}

  /**
   * Reads the records. For each job, uses the last attempt that succeeded or exceeded a resource
   * that it had asked for.
   */
  static ResourcesAnswer of(Call call) throws IOException {
    try (ReadSession look = call.openToRead()) {
      Project project = look.project();
      Graph graph = project.graph();
      JobSelection selection = call.chosen(look, project.select(call.targets()));
      AttemptHistory history = new AttemptHistory(look.cache());
      Map<String, AttemptRecord> last = new HashMap<>();
      history.eachFrom(
          0,
          attempt -> {
            int job = graph.jobId(attempt.id().job());
            if (job >= 0 && selection.jobs().get(job) && attempt.end().outcome().isTelling()) {
              last.put(attempt.id().job(), attempt);
            }
          });
      return new ResourcesAnswer(
          project.folded(selection, call.has("--instances")).folds().stream()
              .filter(fold -> fold.isGroup() || !call.has("--groups"))
              .map(fold -> use(fold, graph, history, last))
              .toList());
    }
  }

  private static JobUse use(
      DisplayGraph.Fold fold,
      Graph graph,
      AttemptHistory history,
      Map<String, AttemptRecord> last) {
    List<Integer> jobs = fold.jobs();
    Resources asked =
        jobs.isEmpty() ? Resources.DEFAULT : graph.job(jobs.getFirst()).runs().resources();
    JobUse use = JobUse.none(fold.name(), fold.isGroup() ? jobs.size() : -1, asked);
    for (int job : jobs) {
      AttemptRecord one = last.get(graph.name(job));
      if (one != null) {
        boolean told = one.times().wall() >= AttemptRecord.LONG;
        use = use.with(one, told ? history.series(one.id().build(), one.id().sequence()) : null);
      }
    }
    return use;
  }

  @Override
  public String text(Palette palette) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(new ArrayList<>(TITLES));
    jobs.forEach(use -> rows.add(line(use)));
    if (jobs.stream().noneMatch(JobUse::hasGpus)) {
      rows.forEach(row -> row.subList(GPUS, GPUS + 2).clear());
    }
    StringBuilder text = new StringBuilder(TextTable.titled(rows, 1, palette));
    List<Shared> advices = advices();
    text.append(advices.isEmpty() ? "" : "\n");
    for (Shared each : advices) {
      String advice = palette.bold(each.key + ": " + each.value);
      text.append("%s: %s %s; %s\n".formatted(each.place, each.jobs, each.why, advice));
    }
    return text.toString();
  }

  private static List<String> line(JobUse use) {
    String name = SafeText.name(use.name());
    if (use.isGroup()) {
      String measured = use.measured() < use.instances() ? use.measured() + " of " : "";
      name += " (" + measured + use.instances() + ")";
    }
    if (use.measured() == 0) {
      List<String> none = new ArrayList<>(Collections.nCopies(TITLES.size(), "-"));
      none.set(0, name);
      return none;
    }
    long runtime = use.asked().runtime();
    long memory = use.asked().memory();
    String cpus = use.of(Used.CPU_PERCENT) < 0 ? "-" : Amount.cpus(use.of(Used.CPU_PERCENT));
    String time = use.of(Used.SECONDS) < 0 ? "-" : Amount.time(use.of(Used.SECONDS));
    String peak = size(use.of(Used.MEMORY), memory);
    String gpus = use.of(Used.GPU_PERCENT) < 0 ? "-" : Amount.cpus(use.of(Used.GPU_PERCENT));
    List<String> row =
        List.of(
            name,
            runtime > 0 ? time + " of " + Amount.time(runtime) : time,
            cpus + " of " + use.asked().cpus(),
            memory > 0 ? peak + " of " + Amount.size(memory, memory) : peak,
            use.asked().gpus() > 0 ? gpus + " of " + use.asked().gpus() : gpus,
            size(use.of(Used.GPU_MEMORY), 0),
            size(use.of(Used.READ), 0),
            size(use.of(Used.WRITTEN), 0),
            Amount.time(use.of(Used.QUEUED)));
    return new ArrayList<>(row);
  }

  private static String size(long bytes, long asked) {
    return bytes < 0 ? "-" : Amount.size(bytes, asked);
  }

  private List<Shared> advices() {
    Map<Place, List<JobUse>> places =
        jobs.stream()
            .filter(use -> use.measured() > 0 && use.asked().place().line() > 0)
            .collect(groupingBy(use -> use.asked().place(), LinkedHashMap::new, toList()));
    List<Shared> advices = new ArrayList<>();
    places.forEach(
        (place, uses) -> {
          String names = SafeText.names(uses.stream().map(JobUse::name).toList(), NAMES);
          for (ResourceAdvice of : ResourceAdvice.of(uses.stream().reduce(JobUse::plus).get())) {
            advices.add(new Shared("" + place, names, of.key(), of.value(), of.why()));
          }
        });
    return advices;
  }

  private record All(List<One> jobs, List<Shared> advice) {}

  private record One(
      Optional<String> job,
      Optional<String> group,
      Optional<Integer> instances,
      int measured,
      JobFields.Requested asked,
      Map<String, Object> used) {
    static One of(JobUse use) {
      Optional<JobUse> group = Optional.of(use).filter(JobUse::isGroup);
      return new One(
          group.isPresent() ? Optional.empty() : Optional.of(use.name()),
          group.map(JobUse::name),
          group.map(JobUse::instances),
          use.measured(),
          JobFields.Requested.of(use.asked()),
          use.measured() > 0 ? amounts(use) : null);
    }
  }

  @Override
  public Object json() {
    return new All(jobs.stream().map(One::of).toList(), advices());
  }

  private static Map<String, Object> amounts(JobUse use) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (Used what : Used.values()) {
      boolean time = what == Used.SECONDS || what == Used.QUEUED;
      long amount = use.of(what);
      Object told = time ? Json.seconds(amount) : (Object) Json.known(amount);
      fields.put(Json.lower(what), told);
    }
    return fields;
  }
}
