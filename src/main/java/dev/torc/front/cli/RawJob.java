package dev.torc.front.cli;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.JobSelection;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.features.intents.RawOutput;
import dev.torc.features.secrets.SecretValues;
import dev.torc.front.project.BuildRequest;
import dev.torc.front.project.Project;
import java.util.BitSet;
import java.util.List;

/**
 * Decides which job's standard output is that of torc: with {@code --output raw}, the only job that
 * the call names; without it, such a job if it says {@code output: raw}. It runs whatever its
 * verdict, since a log has both of its streams.
 */
final class RawJob {

  private static final String OPTION = "--output raw";

  private RawJob() {}

  /** Returns the request with that job, if there is one; refuses a job that cannot be it. */
  static BuildRequest of(Project project, BuildRequest request, boolean asked) {
    Graph graph = project.graph();
    List<String> targets = request.choice().asked();
    BitSet says = graph.having(RawOutput.KEY);
    if (!asked && (says.isEmpty() || targets.size() != 1)) {
      return request;
    }
    if (targets.isEmpty()) {
      throw new BadInput(OPTION + " needs a job: torc -q JOB " + OPTION);
    }
    JobSelection chosen = project.select(request.choice());
    int job = chosen.named().nextSetBit(0);
    int others = chosen.named().cardinality() + chosen.namedOpen().cardinality() - 1;
    if (asked && others != 0) {
      String names = SafeText.name(String.join(" ", targets)) + " names ";
      throw new BadInput(OPTION + " needs a single job; " + names + (others < 0 ? "none" : "more"));
    }
    if (others != 0 || !asked && !says.get(job)) {
      return request;
    }
    refuse(graph.job(job));
    return request.raw(graph.name(job));
  }

  private static void refuse(Job job) {
    String lack =
        job.runs().executor() != null
            ? "runs on another machine; add --on local"
            : job.extra(SecretValues.KEY) != null
                ? "has secrets, which torc masks only in logs"
                : null;
    if (lack != null) {
      String name = SafeText.name(job.name());
      throw new BadInput(job.place(), "job " + name + " cannot have raw output: it " + lack);
    }
  }
}
