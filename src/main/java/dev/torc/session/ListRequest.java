package dev.torc.session;

import dev.torc.engine.LaunchBuilder;
import dev.torc.plan.JobRecords;
import dev.torc.plan.JobSelection;
import dev.torc.plan.Plan;
import dev.torc.report.LastRun;
import dev.torc.report.ListAnswer;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Asks for the jobs of a project: see {@link ListAnswer}.
 *
 * @param targets names and files; none for all jobs
 * @param instances whether each instance of a group is shown by itself
 */
public record ListRequest(List<String> targets, boolean instances) {

  /** Looks; {@code warn} takes lines for people. */
  public ListAnswer answer(Project given, Consumer<String> warn) throws IOException {
    try (ReadSession look = ReadSession.at(given, warn)) {
      Project project = look.project();
      JobSelection selection = project.select(targets);
      Plan plan = look.plan(selection, false);
      Set<String> running = RunningJobs.of(project.place(), look.cache()).running();
      JobRecords records = look.records();
      SequencedMap<Integer, ListAnswer.Known> jobs = new LinkedHashMap<>();
      for (int id : selection.named().stream().toArray()) {
        String name = project.graph().name(id);
        jobs.put(
            id,
            new ListAnswer.Known(
                LastRun.of(records.result(id), records.details(name)),
                running.contains(name),
                LaunchBuilder.log(project.place(), name)));
      }
      return new ListAnswer(
          plan, jobs, project.folded(targets, instances).folds(), targets.isEmpty());
    }
  }
}
