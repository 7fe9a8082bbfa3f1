package dev.torc.front.ask;

import dev.torc.base.posix.OwnFile;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.JobFiles;
import dev.torc.core.memory.AttemptHistory;
import dev.torc.core.memory.AttemptRecord;
import dev.torc.core.memory.BuildRecord;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.features.past.KeptLog;
import dev.torc.front.session.RunningJobs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/**
 * The logs of certain runs of jobs: those in one build, or the last ones that failed. The log of a
 * job's last run is in its usual place, others are among the {@linkplain KeptLog kept} ones.
 *
 * @param build the number of the build; 0 for the last runs that failed
 */
record EarlierLogs(CachePlace place, Cache cache, Collection<String> jobs, long build) {

  /** Returns the logs by job; if there are none, throws an error that says why. */
  SequencedMap<String, Path> of(String target) throws IOException {
    Map<Path, Path> kept = new HashMap<>(); // by the places of the last runs' logs
    for (KeptLog each : KeptLog.all(place)) {
      if (build == 0 ? each.failed() : each.build() == build) {
        kept.put(each.log(), each.file());
      }
    }
    List<BuildRecord> last = cache.builds(1);
    RunningJobs now = RunningJobs.of(place, cache, Set.of());
    boolean asksNow =
        !last.isEmpty()
            && last.getFirst().id().number() == build
            && now.holder().filter(by -> by.build().equals(last.getFirst().id().id())).isPresent();
    SequencedMap<String, Path> logs = new LinkedHashMap<>();
    for (String job : jobs) {
      Path log = new JobFiles(place, job).log();
      boolean running = now.running().containsKey(job);
      boolean its = (running ? asksNow : isLast(job)) && OwnFile.exists(log);
      Path found = its ? log : kept.get(log);
      if (found != null) {
        logs.put(job, found);
      }
    }
    if (logs.isEmpty()) {
      throw new BadInput(lack(SafeText.name(target), last));
    }
    return logs;
  }

  /** Returns whether the last run of a job, which has ended, is the one that is asked for. */
  private boolean isLast(String job) {
    JobResult result = cache.result(job);
    RunDetails details = cache.details(job);
    boolean started = result != null && (result.wall() > 0 || result.outcome().isGood());
    return started
        && details != null
        && (build == 0 ? result.outcome().isFailure() : details.ran().build() == build);
  }

  private String lack(String target, List<BuildRecord> last) {
    if (build > 0 && (last.isEmpty() || last.getFirst().id().number() < build)) {
      return last.isEmpty()
          ? "no build %d: nothing was built yet".formatted(build)
          : "no build %d: the last one is build %d".formatted(build, last.getFirst().id().number());
    }
    boolean[] ran = {false};
    new AttemptHistory(cache).eachFrom(build, attempt -> ran[0] |= isAsked(attempt));
    String what =
        build == 0 ? "failed run of " + target : "run of " + target + " in build " + build;
    return ran[0]
        ? "no log of a %s is kept; %s".formatted(what, KeptLog.RULE)
        : "no %s is on record; `torc history` lists runs".formatted(what);
  }

  private boolean isAsked(AttemptRecord attempt) {
    return jobs.contains(attempt.id().job())
        && (build == 0 ? attempt.end().outcome().isFailure() : attempt.id().build() == build);
  }
}
