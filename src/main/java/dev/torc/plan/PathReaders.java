package dev.torc.plan;

import dev.torc.cache.JobResult;
import dev.torc.cache.ManifestEntry;
import dev.torc.cache.RunDetails;
import dev.torc.graph.Adjacency;
import dev.torc.graph.Graph;
import dev.torc.graph.NeedList;
import dev.torc.hash.Digest;
import dev.torc.workflow.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Tells which jobs need a path, by itself, in a glob or folder, or because a depfile named it, and
 * whether it is still what it was when each of them last ran. It does not know what the readers
 * will do.
 */
public final class PathReaders {

  /**
   * A job that needs the path.
   *
   * @param build number of the build in which it last ran, 0 if it never did
   * @param adopted whether it did not run then: its products were adopted
   * @param old the digest that the path had then, or {@code missing}; empty if it was no need then
   * @param now the same at present
   */
  public record Use(String job, long build, boolean adopted, String old, String now) {}

  private final Graph graph;
  private final JobRecords records;
  private final NeedContents contents;

  /** Looks at the needs of a graph's jobs. */
  public PathReaders(Graph graph, JobRecords records, NeedContents contents) {
    this.graph = graph;
    this.records = records;
    this.contents = contents;
  }

  /** The readers of a path, which may name a needed folder too; empty where there are none. */
  public List<Use> of(String path) {
    List<Use> uses = new ArrayList<>();
    for (int job = 0; job < graph.jobs(); job++) {
      String now = now(job, path);
      if (now != null) {
        RunDetails last = records.details(graph.job(job).name());
        JobResult result = records.result(job);
        uses.add(
            new Use(
                graph.job(job).name(),
                last == null ? 0 : last.number(),
                result != null && result.outcome() == JobResult.Outcome.ADOPTED,
                last == null ? "" : Objects.requireNonNullElse(then(job, last, path), ""),
                now));
      }
    }
    return uses;
  }

  /** What a path is to a job now, null if the job does not need it. */
  private String now(int job, String path) {
    Adjacency needs = graph.needs();
    int file = graph.fileId(path);
    for (int i = needs.from(job); i < needs.to(job); i++) {
      if (needs.at(i) == file) {
        return contents.of(path).value();
      }
    }
    Adjacency lists = graph.listNeeds();
    for (int i = lists.from(job); i < lists.to(job); i++) {
      NeedList list = graph.list(lists.at(i));
      if (list.kind() == NeedList.Kind.FOLDER && list.text().equals(path)) {
        return contents.ofList(lists.at(i)).value();
      }
      if (covers(list, path)) {
        String value = find(contents.members(lists.at(i)).entries(), path);
        if (value != null) {
          return value;
        }
      }
    }
    Tool tool = tool(job, path);
    if (tool != null) {
      return contents.ofTool(tool).value();
    }
    JobResult result = records.result(job);
    return result != null && result.found().contains(path) ? contents.of(path).value() : null;
  }

  /** The tool of a job that a path is, null where it is none. */
  private Tool tool(int job, String path) {
    for (Tool tool : ToolSearch.unmade(graph, graph.job(job))) {
      if (path.equals(contents.tools().path(tool))) {
        return tool;
      }
    }
    return null;
  }

  private static boolean covers(NeedList list, String path) {
    return switch (list.kind()) {
      case GLOB -> list.glob().matches(path);
      case FOLDER -> list.text().equals(".") || path.startsWith(list.text() + "/");
      case JOB -> false;
    };
  }

  /** What a path was to a job when it last ran, null if the job did not need it. */
  private String then(int job, RunDetails last, String path) {
    Tool tool = tool(job, path);
    for (ManifestEntry line : last.manifest()) {
      LineKind kind = LineKind.of(line.code());
      if (kind == LineKind.TOOL && tool != null && line.name().equals(tool.name())) {
        return line.now();
      }
      if ((kind == LineKind.NEED || kind == LineKind.FOUND) && line.name().equals(path)) {
        return line.now();
      }
      if (kind == LineKind.LIST && line.name().equals(path + "/")) {
        return line.now();
      }
    }
    Adjacency lists = graph.listNeeds();
    for (int i = lists.from(job); i < lists.to(job); i++) {
      NeedList list = graph.list(lists.at(i));
      if (covers(list, path)) {
        String value = then(last, list.written(), path);
        if (value != null) {
          return value;
        }
      }
    }
    return null;
  }

  private String then(RunDetails last, String list, String path) {
    for (ManifestEntry line : last.manifest()) {
      if (LineKind.of(line.code()) == LineKind.LIST
          && line.name().equals(list)
          && line.now().length() == 2 * Digest.LENGTH) {
        List<ManifestEntry> members = records.list(Digest.ofHex(line.now()));
        return members == null ? null : find(members, path);
      }
    }
    return null;
  }

  private static String find(List<ManifestEntry> members, String path) {
    for (ManifestEntry member : members) {
      if (member.name().equals(path)) {
        return member.now();
      }
    }
    return null;
  }
}
