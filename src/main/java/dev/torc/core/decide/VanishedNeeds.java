package dev.torc.core.decide;

import dev.torc.base.syntax.MissHint;
import dev.torc.base.syntax.NearestPath;
import dev.torc.base.text.Amount;
import dev.torc.base.text.Refusal;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.manifest.InputSource;
import dev.torc.core.manifest.LineKind;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.model.Graph;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.NeedList.ListKind;
import dev.torc.core.model.Ref;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds sources that the last run had and that are gone, for example with an unmounted disk: the
 * matches of a glob, the files of a folder, the values of a group. {@link Decider} then lets the
 * job fail unless it is forced, so that an empty result cannot replace its good one.
 */
record VanishedNeeds(Graph graph, JobRecords records, NeedContents contents) {

  /** Returns a reason for each vanished need. The job must have run before. */
  List<Reason> of(int job) {
    List<Reason> vanished = new ArrayList<>(0);
    for (int id : graph.listNeeds().row(job)) {
      NeedList list = graph.list(id);
      String there = list.makers().isEmpty() && !isOptional(job, list) ? existing(id, list) : "";
      String then = there.isEmpty() ? "" : amountThen(job, list);
      if (!then.isEmpty()) {
        vanished.add(new Reason(Kind.NEED_VANISHED, list.written(), then, there));
      }
    }
    for (Ref.OfData value : InputSource.neededValues(graph.job(job)).values()) {
      String there = value.job() == null ? "" : existing(graph.readingOf(value).job());
      String then = there.isEmpty() ? null : records.line(job, LineKind.DATA, value.written());
      if (then != null && !then.equals("{}")) {
        vanished.add(new Reason(Kind.NEED_VANISHED, value.text(), "values", there));
      }
    }
    return vanished;
  }

  private boolean isOptional(int job, NeedList list) {
    return list.kind() == ListKind.GLOB
        && graph.job(job).needRefs().stream()
            .anyMatch(
                ref ->
                    ref instanceof Ref.OfGlob
                        && ref.optional()
                        && ref.text().equals(list.written()));
  }

  /**
   * Returns what exists in the place of a list without sources, for a message; else an empty text.
   */
  private String existing(int id, NeedList list) {
    if (list.ofJobs()) {
      return existing(list.text());
    }
    NeedMembers members = contents.members(id);
    if (!members.files().isEmpty()) {
      return "";
    }
    if (!members.stale().isEmpty()) {
      // They may vanish, unless the sources of their job's group did.
      return members.stale().stream()
          .map(owned -> existing(owned.job()))
          .filter(there -> !there.isEmpty())
          .findFirst()
          .orElse("");
    }
    NearestPath near = JobSelection.likelyPaths(graph);
    try {
      String there =
          list.kind() == ListKind.GLOB
              ? MissHint.pattern(near, list.glob())
              : MissHint.folder(near, list.text());
      return there.isEmpty() ? "it holds no files that count" : there;
    } catch (IOException e) {
      return Refusal.why(e);
    }
  }

  /** Returns such a text for a group; {@code name} may also be that of an instance or a part. */
  private String existing(String name) {
    String wanted = InstanceName.parse(name).group();
    return graph.workflow().groups().stream()
        .filter(group -> group.name().equals(wanted))
        .findFirst()
        .map(group -> group.sources().nothing())
        .orElse("");
  }

  /** Returns how many source files a list had in the last run, as text; empty if none. */
  private String amountThen(int job, NeedList list) {
    int files = sources(records.members(records.details(graph.name(job)), list.written()));
    return files == 0 ? "" : Amount.count(files, "file");
  }

  /** Returns the number of member files, except products that may vanish with their job. */
  private int sources(List<ManifestEntry> members) {
    int sources = 0;
    for (ManifestEntry member : members) {
      OwnedPath made = records.owned(member.name());
      boolean goes = made != null && existing(made.job()).isEmpty();
      sources += goes || member.now().equals("folder") ? 0 : 1;
    }
    return sources;
  }
}
