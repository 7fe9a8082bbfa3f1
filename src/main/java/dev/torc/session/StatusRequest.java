package dev.torc.session;

import dev.torc.cache.BuildLock;
import dev.torc.cache.BuildRecord;
import dev.torc.cache.Cache;
import dev.torc.cache.RunDetails;
import dev.torc.plan.DiskChecks;
import dev.torc.plan.JobSelection;
import dev.torc.report.StatusAnswer;
import dev.torc.syntax.BadInput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Asks how it stands with a project: see {@link StatusAnswer}. Where the build file is refused the
 * records answer (rule 13).
 *
 * @param targets names and files; none for all jobs
 * @param instances whether each instance of a group is shown by itself
 */
public record StatusRequest(List<String> targets, boolean instances) {

  /**
   * Looks.
   *
   * @param warn takes lines for people
   * @param refused takes what a build would refuse, which is no reason not to tell the rest
   */
  public StatusAnswer answer(
      ProjectFolder folder, Consumer<String> warn, Consumer<BadInput> refused) throws IOException {
    Path root = folder.place().root();
    if (folder.project() == null) {
      try (Cache cache = Cache.look(folder.place(), warn)) {
        return new StatusAnswer(root, null, List.of(), past(folder, cache, null));
      }
    }
    try (ReadSession look = ReadSession.at(folder.project(), warn)) {
      Project project = look.project();
      JobSelection selection = project.select(targets);
      try {
        DiskChecks.check(project.graph(), look.digests(), selection.jobs());
        look.taken().refuse(selection.jobs());
      } catch (BadInput bad) {
        refused.accept(bad);
      }
      return new StatusAnswer(
          root,
          look.plan(selection, false),
          project.folded(targets, instances).folds(),
          past(folder.with(project), look.cache(), selection));
    }
  }

  private StatusAnswer.Past past(ProjectFolder folder, Cache cache, JobSelection selection) {
    List<String> names = new ArrayList<>();
    cache.eachResult(
        (job, result) -> {
          if (!result.outcome().isGood() && isAsked(folder.project(), job, selection)) {
            names.add(job);
          }
        });
    RunningJobs running = RunningJobs.of(folder.place(), cache);
    TreeMap<String, String> failed = new TreeMap<>();
    for (String job : names) {
      RunDetails details = cache.details(job);
      if (details != null && !running.running().contains(job)) {
        failed.put(job, details.what());
      }
    }
    List<BuildRecord> builds = cache.builds(1);
    BuildLock.Holder holder = running.holder().orElse(null);
    return new StatusAnswer.Past(
        builds.isEmpty() ? null : builds.getFirst(),
        failed,
        holder,
        running.running().stream().sorted().toList());
  }

  private boolean isAsked(Project project, String job, JobSelection selection) {
    int id = project == null ? -1 : project.graph().jobId(job);
    return project == null || id >= 0 && (targets.isEmpty() || selection.named().get(id));
  }
}
