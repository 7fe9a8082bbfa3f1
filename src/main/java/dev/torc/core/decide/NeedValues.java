package dev.torc.core.decide;

import dev.torc.base.syntax.JsonText;
import dev.torc.core.manifest.LeftOut;
import dev.torc.core.manifest.LineKind;
import dev.torc.core.manifest.ManifestWriter.Content;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Gives the values that jobs need, once the jobs that store them are settled. A value comes from
 * one job, from a group (as a map), or from the build file. Several threads may use this class.
 */
final class NeedValues {

  private final Graph graph;
  private final JobRecords records;
  private final Map<String, Content> values = new ConcurrentHashMap<>();

  /** A needed value of a group, with the value that each instance stored. */
  record OfGroup(Ref.OfData value, List<ManifestEntry> members) {}

  NeedValues(Graph graph, JobRecords records) {
    this.graph = graph;
    this.records = records;
  }

  /** Returns the present value, or {@code Pending} while a job that stores it may still run. */
  Content of(Ref.OfData written) {
    if (written.job() == null) {
      return content(graph.workflow().settings().data().get(written.key()));
    }
    Ref.OfData value = graph.readingOf(written);
    int job = graph.jobId(value.job());
    if (job >= 0) {
      return records.isSettled(job)
          ? content(records.data(job).get(value.key()))
          : new Content.Pending(job);
    }
    Content known = values.get(value.text());
    if (known == null) {
      known = ofGroup(value);
      if (!(known instanceof Content.Pending)) {
        values.put(value.text(), known); // settled values do not change
      }
    }
    return known;
  }

  /** Returns a JSON map from the name of each instance to the value that it stored. */
  private Content ofGroup(Ref.OfData value) {
    Map<String, String> all = new TreeMap<>();
    List<String> dropped = new ArrayList<>(0);
    for (int node : graph.nodesInNeed(value.job())) {
      if (value.skips() && records.isDropped(node) || records.isSkipped(node)) {
        dropped.addAll(records.dropped(node));
        continue;
      }
      if (!records.isSettled(node)) {
        return new Content.Pending(node);
      }
      String stored = records.data(node).get(value.key());
      if (stored == null) {
        return new Content.Missing();
      }
      Job job = graph.job(node);
      all.put(job.name().substring(job.group().length() + 1), stored);
    }
    List<ManifestEntry> members = new ArrayList<>();
    all.forEach((name, json) -> members.add(LineKind.DATA.line(name, Content.shown(json))));
    LeftOut leftOut = LeftOut.of(all.size() + dropped.size(), dropped);
    return new Content.Value(JsonText.object(all), members, leftOut);
  }

  /** Returns the values that a group's instances stored; null if they are unknown. */
  OfGroup instances(Ref.OfData value) {
    return value != null && of(value) instanceof Content.Value known && known.members() != null
        ? new OfGroup(graph.readingOf(value), known.members())
        : null;
  }

  /** Returns the message about the first job that did not store a needed value. */
  String missing(Ref.OfData written) {
    Ref.OfData value = graph.readingOf(written);
    return "need data %s.%s was not stored by job %1$s: it writes %2$s=VALUE to the file of TORC_OUTPUT"
        .formatted(without(value), value.key());
  }

  private String without(Ref.OfData value) {
    return Arrays.stream(graph.nodesInNeed(value.job()))
        .filter(node -> records.isSettled(node) && !records.data(node).containsKey(value.key()))
        .mapToObj(node -> graph.job(node).name())
        .findFirst()
        .orElse(value.job());
  }

  private static Content content(String value) {
    return value == null ? new Content.Missing() : new Content.Value(value);
  }
}
