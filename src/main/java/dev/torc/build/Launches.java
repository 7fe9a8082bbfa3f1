package dev.torc.build;

import dev.torc.cache.CachePlace;
import dev.torc.exec.Launch;
import dev.torc.exec.PlainWords;
import dev.torc.graph.Graph;
import dev.torc.plan.Snapshot;
import dev.torc.workflow.Item;
import dev.torc.workflow.Job;
import dev.torc.workflow.Step;
import dev.torc.workflow.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Turns an attempt of a job into what the runner is to start: placeholders filled, words split from
 * the shell where that is safe, the environment of section 3 put together. It starts nothing.
 */
public final class Launches {

  private final Graph graph;
  private final CachePlace place;
  private final String build;
  private final Map<String, String> inherited;
  private final Map<String, String> caller;

  /**
   * @param build the random id of this build
   * @param inherited entries for every job, such as MAKEFLAGS without a jobserver; null removes
   * @param caller the caller's environment: where it changes what a shell does, the shell is kept
   */
  public Launches(
      Graph graph,
      CachePlace place,
      String build,
      Map<String, String> inherited,
      Map<String, String> caller) {
    this.graph = graph;
    this.place = place;
    this.build = build;
    this.inherited = inherited;
    this.caller = caller;
  }

  /**
   * Puts an attempt together; writes the files that {@code TORC_NEEDS} names.
   *
   * @param granted the attempt's resources and the numbers of its GPUs
   * @param timeLimit nanoseconds, 0 for none
   */
  Launch of(
      int id, Snapshot snapshot, Granted granted, int attempt, long timeLimit, boolean recover)
      throws IOException {
    Job job = graph.job(id);
    Values values = new Values(graph, id, snapshot, granted.demand(), granted.memoryMiB(), attempt);
    Map<String, String> common = new LinkedHashMap<>(inherited);
    Map<String, String> mark = mark(job);
    common.putAll(mark);
    common.put("TORC_ATTEMPT", Integer.toString(attempt));
    common.put("TORC_CPUS", Long.toString(granted.demand().of(Demand.CPUS)));
    common.put("TORC_MEMORY", Long.toString(granted.memoryMiB()));
    String gpus = String.join(",", granted.gpus());
    common.put("TORC_GPUS", gpus);
    if (!gpus.isEmpty()) {
      common.put("CUDA_VISIBLE_DEVICES", gpus);
      common.put("HIP_VISIBLE_DEVICES", gpus);
    }
    common.put("TORC_NEEDS", write(job, "", values.needs()).toString());
    for (Item item : job.needs()) {
      if (item.name() != null) {
        common.put(
            "TORC_NEEDS_" + item.name(), write(job, item.name(), values.needs(item)).toString());
      }
    }
    List<Launch.Step> steps = new ArrayList<>();
    Step first = job.steps().getFirst();
    if (recover && job.retry().recover() != null) {
      steps.add(step(first, new Step.Command.Shell(job.retry().recover()), values, common));
    }
    for (Step step : job.steps()) {
      steps.add(step(step, step.command(), values, common));
    }
    return new Launch(
        steps,
        log(job.name()),
        attempt > 1,
        job.interactive(),
        timeLimit,
        granted.memoryLimit(),
        mark);
  }

  /** The commands of a launch for people, as they run: one line for each that a shell reads. */
  static String shown(Launch launch, Job job) {
    List<String> shell = job.steps().getFirst().shell();
    return String.join(
        "\n",
        launch.steps().stream()
            .map(Launch.Step::argv)
            .map(
                argv ->
                    argv.size() == shell.size() + 1 && argv.subList(0, shell.size()).equals(shell)
                        ? argv.getLast()
                        : String.join(" ", argv))
            .toList());
  }

  private Launch.Step step(
      Step step, Step.Command command, Values values, Map<String, String> common) {
    Map<String, String> env = new LinkedHashMap<>(common);
    for (Map.Entry<String, Optional<Template>> entry : step.env().entrySet()) {
      entry
          .getValue()
          .ifPresent(
              text -> env.put(entry.getKey(), text.render(slot -> values.of(slot, step.dir()))));
    }
    List<String> argv = new ArrayList<>();
    switch (command) {
      case Step.Command.Shell shell -> {
        String text = shell.text().render(slot -> values.of(slot, step.dir()));
        PlainWords.of(step.shell(), text, name -> caller.containsKey(name) || env.containsKey(name))
            .ifPresentOrElse(
                argv::addAll,
                () -> {
                  argv.addAll(step.shell());
                  argv.add(text);
                });
      }
      case Step.Command.Words words ->
          words
              .words()
              .forEach(word -> argv.addAll(word.words(slot -> values.of(slot, step.dir()))));
    }
    return new Launch.Step(argv, graph.workflow().root().resolve(step.dir()).normalize(), env);
  }

  /** The entries by which a job's processes are known, even to a later torc. */
  private Map<String, String> mark(Job job) {
    return Map.of(
        "TORC_BUILD",
        build,
        "TORC_JOB",
        job.name(),
        "TORC_ROOT",
        graph.workflow().root().toString());
  }

  private Path write(Job job, String name, List<String> paths) throws IOException {
    Path file = needsFile(job.name(), name);
    StringBuilder text = new StringBuilder();
    paths.forEach(path -> text.append(path).append('\n'));
    Files.writeString(file, text);
    return file;
  }

  /** The file that lists a job's needs while it runs. */
  Path needsFile(String job, String item) {
    return place
        .folder()
        .resolve("jobs")
        .resolve(FileName.of(job) + (item.isEmpty() ? "" : "." + FileName.of(item)) + ".needs");
  }

  /** Where a job's output goes. */
  Path log(String job) {
    return log(place, job);
  }

  /** Where the output of a job of a project goes; the file may not be there. */
  public static Path log(CachePlace place, String job) {
    return place.logs().resolve(FileName.of(job) + ".log");
  }

  /**
   * What an attempt was given.
   *
   * @param gpus identifiers of the GPUs
   * @param memoryMiB for {@code {memory}}
   * @param memoryLimit bytes that end the attempt where its tree takes more; 0 for none
   */
  record Granted(Demand demand, List<String> gpus, long memoryMiB, long memoryLimit) {}
}
