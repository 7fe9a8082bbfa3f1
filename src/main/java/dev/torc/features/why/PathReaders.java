package dev.torc.features.why;

import dev.torc.core.decide.JobRecords;
import dev.torc.core.decide.NeedContents;
import dev.torc.core.decide.Plan;
import dev.torc.core.manifest.LineKind;
import dev.torc.core.manifest.ToolSearch;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.JobResult.Outcome;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job.Tool;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.NeedList.ListKind;
import dev.torc.features.why.Causes.PathUse;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the jobs that need a path, with its current contents and its contents in each job's last
 * run. Whether these jobs will run is decided by {@link Plan}.
 */
record PathReaders(Graph graph, JobRecords records, NeedContents contents) {

  List<PathUse> of(String path) {
    List<PathUse> uses = new ArrayList<>();
    for (int job : graph.inOrder(graph.allJobs())) {
      String now = now(job, path);
      if (now != null) {
        RunDetails last = records.details(graph.job(job).name());
        JobResult result = records.result(job);
        uses.add(
            new PathUse(
                graph.job(job).name(),
                last == null ? 0 : last.ran().build(),
                result != null && result.outcome() == Outcome.ADOPTED,
                last == null ? "" : then(job, last, path),
                now));
      }
    }
    return uses;
  }

  /** Returns the current contents of a path that a job needs; null if the job does not need it. */
  private String now(int job, String path) {
    if (graph.needs().has(job, graph.fileId(path))) {
      return contents.of(path).value();
    }
    for (int id : graph.listNeeds().row(job)) {
      NeedList list = graph.list(id);
      if (list.kind() == ListKind.FOLDER && list.text().equals(path)) {
        return contents.ofList(id).value();
      }
      if (list.covers(path)) {
        String value = find(contents.members(id).entries(), path);
        if (value != null) {
          return value;
        }
      }
    }
    Tool tool = tool(job, path);
    if (tool != null) {
      return contents.ofTool(graph.job(job), tool).value();
    }
    return records.found(job).contains(path)
        ? contents.of(path, contents.makerOfFound(graph, job, path)).value()
        : null;
  }

  private Tool tool(int job, String path) {
    return ToolSearch.unmade(graph, graph.job(job)).stream()
        .filter(tool -> path.equals(contents.path(graph.job(job), tool)))
        .filter(tool -> !contents.isLocked(graph.job(job), tool))
        .findFirst()
        .orElse(null);
  }

  /** Returns the contents of a path in a job's last run; empty if the job did not need it. */
  private String then(int job, RunDetails last, String path) {
    Tool tool = tool(job, path);
    for (ManifestEntry line : last.manifest()) {
      LineKind kind = LineKind.of(line.code());
      if (kind == LineKind.TOOL && tool != null && line.name().equals(tool.name())) {
        return line.now();
      }
      if ((kind == LineKind.NEED || kind == LineKind.KEYED || kind == LineKind.FOUND)
          && line.name().equals(path)) {
        return line.now();
      }
      if (kind == LineKind.LIST && line.name().equals(path + "/")) {
        return line.now();
      }
    }
    for (int id : graph.listNeeds().row(job)) {
      if (graph.list(id).covers(path)) {
        String value = find(records.members(last, graph.list(id).written()), path);
        if (value != null) {
          return value;
        }
      }
    }
    return "";
  }

  private static String find(List<ManifestEntry> members, String path) {
    return members.stream()
        .filter(member -> member.name().equals(path))
        .map(ManifestEntry::now)
        .findFirst()
        .orElse(null);
  }
}
