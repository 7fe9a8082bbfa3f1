package dev.torc.session;

import dev.torc.cluster.BatchTracker.SchedulerAccess;
import dev.torc.cluster.ClaimOwner;
import dev.torc.cluster.EarlierJob;
import dev.torc.engine.ProductRemoval;
import dev.torc.engine.Recorder;
import dev.torc.engine.Remotes;
import dev.torc.records.Cache;
import dev.torc.records.CachePlace;
import dev.torc.records.StartMarks;
import dev.torc.text.SafeText;
import dev.torc.workflow.Workflow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Jobs that earlier builds handed out and that are out still, for a command that may not go on
 * beside them. A build takes their results; see {@link Remotes}.
 *
 * @param marks of the jobs that are out, by job
 * @param jobs where they are
 */
public record OutJobs(Map<String, StartMarks.Mark> marks, List<EarlierJob> jobs) {

  /** Looks for those that are concerned. */
  public static OutJobs of(CachePlace place, Cache cache, Predicate<EarlierJob> concerned)
      throws IOException {
    Map<String, StartMarks.Mark> marks = new HashMap<>();
    StartMarks.out(StartMarks.read(place), cache).forEach(mark -> marks.put(mark.job(), mark));
    List<EarlierJob> jobs = new ArrayList<>();
    if (!marks.isEmpty()) {
      for (EarlierJob each : EarlierJob.all(place.remote())) {
        if (marks.containsKey(each.job()) && concerned.test(each)) {
          jobs.add(each);
        }
      }
    }
    return new OutJobs(marks, jobs);
  }

  /** A line for each of them, that names the command which ends them. */
  public List<String> lines(String command) {
    String line =
        "job %s is still out at %s: `torc` takes its result, `torc %s --force` cancels it";
    return jobs.stream()
        .map(each -> line.formatted(SafeText.name(each.job()), each.where(), command))
        .toList();
  }

  /**
   * Ends them, waits until they are over, and records them as interrupted.
   *
   * @param workflow null where the build file is refused
   * @param build the id of this command
   */
  public void cancel(
      Caller caller, Workflow workflow, String build, ProductRemoval removal, Consumer<String> warn)
      throws IOException {
    Cache cache = removal.cache();
    try (Remotes remotes = remotes(caller, removal.place(), workflow, build, (_, _) -> {}, warn)) {
      for (EarlierJob each : jobs) {
        remotes.cancel(each.job(), removal);
        StartMarks.Mark mark = marks.get(each.job());
        cache.put(Recorder.interrupted(cache, mark, cache.nextBuildNumber()));
      }
    }
    cache.flush();
  }

  /** The schedulers of a build or of a command; see {@link Remotes}. */
  static Remotes remotes(
      Caller caller,
      CachePlace place,
      Workflow workflow,
      String build,
      SchedulerAccess.Marks marks,
      Consumer<String> warn)
      throws IOException {
    ClaimOwner me = owner(caller, build);
    return new Remotes(caller.env(), caller.host().allocation(), me, place, workflow, marks, warn);
  }

  /** A build of this process, as it claims jobs. */
  static ClaimOwner owner(Caller caller, String build) {
    return ClaimOwner.here(build, caller.env(), caller.host().here().boot());
  }
}
