package dev.torc.front.ask;

import dev.torc.base.text.Amount;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.Verdict;
import dev.torc.core.manifest.LeftOut;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job.Resources;
import dev.torc.features.past.GitCommit;
import dev.torc.front.show.Json;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Builds the JSON about a job that several answers share: its verdict, resources and last run. */
final class JobFields {

  private JobFields() {}

  /**
   * Returns the verdicts on jobs, and on groups that are not expanded yet, in order; with {@code
   * images}, also the images of jobs that are not up to date.
   */
  static List<Map<String, Object>> verdicts(Plan plan, BitSet nodes, boolean images) {
    Graph graph = plan.context().graph();
    List<Map<String, Object>> all = new ArrayList<>();
    for (int node : graph.inOrder(nodes)) {
      Map<String, Object> fields = new LinkedHashMap<>();
      Json.putJob(fields, graph.name(node));
      if (images && graph.isJob(node) && !(plan.verdict(node) instanceof Verdict.UpToDate)) {
        ImageUse.put(fields, plan.context(), node);
      }
      verdict(fields, graph, node, plan.verdict(node));
      all.add(fields);
    }
    return all;
  }

  /** Adds the verdict and its reasons to {@code fields}. */
  static void verdict(Map<String, Object> fields, Graph graph, int node, Verdict verdict) {
    fields.put("verdict", Json.lower(JobStanding.word(verdict)));
    if (verdict instanceof Verdict.UpToDate at && at.rest() == Verdict.Rest.NOT_PROBED) {
      fields.put("probed", false);
    }
    if (verdict instanceof Verdict.UpToDate at && at.rest() == Verdict.Rest.EXCLUDED) {
      fields.put("why", "--only");
    } else if (verdict instanceof Verdict.MayRun may) {
      fields.put("after", graph.name(may.after()));
    } else if (!verdict.isIdle() || !verdict.reasons().isEmpty()) {
      fields.put("reasons", verdict.reasons());
    }
    if (verdict instanceof Verdict.WillRestore will) {
      fields.put("from", will.origin(graph.name(node)));
    }
  }

  /** Returns the resources that a job asks for, without its counters. */
  static Map<String, Object> resources(Resources asked) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("cpus", asked.cpus());
    fields.put("memory", Json.some(asked.memory()));
    fields.put("gpus", asked.gpus());
    if (asked.gpuShare() > 0) {
      fields.put("gpus", asked.gpuShare() / (double) Resources.GPU);
    }
    fields.put("runtime", Json.seconds(asked.runtime() > 0 ? asked.runtime() : -1));
    return fields;
  }

  /** Adds the git commit of a build, if it is known. */
  static void commit(Map<String, Object> fields, GitCommit commit) {
    if (commit != null) {
      fields.put("commit", commit);
    }
  }

  /**
   * Returns a job's last run from the records; null if it never ran. {@code commit} is null if it
   * is unknown.
   */
  static Map<String, Object> last(JobResult result, RunDetails details, GitCommit commit) {
    if (result == null || details == null) {
      return null;
    }
    Map<String, Object> last = new LinkedHashMap<>();
    last.put("outcome", result.outcome());
    last.put("what", details.what());
    last.put("build", details.ran().build());
    last.put(
        "started", details.ran().started() > 0 ? Amount.isoTime(details.ran().started()) : null);
    last.put("seconds", Json.seconds(result.wall()));
    last.put("exit", Json.known(details.ran().exit()));
    last.put("signal", Json.some(details.ran().signal()));
    last.put("cpu", Json.seconds(details.ran().cpu()));
    last.put("memory", Json.known(details.ran().peak()));
    last.put("attempts", details.ran().attempts());
    commit(last, commit);
    if (details.origin() != null) {
      last.put("from", details.origin());
    }
    if (!LeftOut.of(details).isEmpty()) {
      last.put("without", LeftOut.of(details));
    }
    return last;
  }
}
