package dev.torc.rest;

import dev.torc.buildfile.BuildFile;
import dev.torc.bytes.ByteReader;
import dev.torc.bytes.ByteWriter;
import dev.torc.bytes.CheckedFile;
import dev.torc.graph.Graph;
import dev.torc.hash.DigestMemo;
import dev.torc.workflow.Group;
import dev.torc.workflow.Job;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The names that a user can type as targets, as a file beside the cache's database: a completion
 * reads no graph then. It is written with the {@link GraphFile} of a large project, and is good for
 * the same build files; files that groups find on disk may have changed since, and the names are
 * those of the last build. A file that is damaged is as good as none.
 *
 * @param jobs and groups and tags, not instances
 * @param groups the names of groups
 * @param instances of all groups
 * @param products files that jobs produce, as the graph has their paths
 * @param sources files that jobs need and none produces
 */
public record NamesFile(Names jobs, Names groups, Names instances, Names products, Names sources) {

  /** From how many names on a graph costs more to read than a file is worth. */
  public static final int MANY = 500;

  private static final String LAYOUT = "torc names 1 ";

  /** Names as one text, each with NUL after it: no name has one. */
  public record Names(String text, int size) {

    static Names of(Iterable<String> names) {
      StringBuilder text = new StringBuilder();
      int size = 0;
      for (String name : names) {
        text.append(name).append('\0');
        size++;
      }
      return new Names(text.toString(), size);
    }

    /** Those that begin like this; other texts are not even made. */
    public List<String> beginning(String prefix) {
      List<String> found = new ArrayList<>();
      for (int at = 0; at < text.length(); ) {
        int end = text.indexOf('\0', at);
        if (text.startsWith(prefix, at)) {
          found.add(text.substring(at, end));
        }
        at = end + 1;
      }
      return found;
    }
  }

  /** Names of jobs and tags, of the jobs that it is shown. */
  public static final class Shown implements Consumer<Job> {
    private final Set<String> names = new LinkedHashSet<>();

    @Override
    public void accept(Job job) {
      if (job.group() == null) {
        names.add(job.name());
      }
      names.addAll(job.tags());
    }
  }

  /** Those of a graph. */
  public static NamesFile of(Graph graph) {
    Shown jobs = new Shown();
    graph.workflow().jobs().forEach(jobs);
    return of(graph, jobs);
  }

  /** Those of a graph all of whose jobs were shown. */
  public static NamesFile of(Graph graph, Shown shown) {
    Set<String> jobs = new LinkedHashSet<>(shown.names);
    List<String> groups = new ArrayList<>();
    List<String> instances = new ArrayList<>();
    for (Group group : graph.workflow().groups()) {
      groups.add(group.name());
      instances.addAll(group.instances());
    }
    jobs.addAll(groups);
    List<String> products = new ArrayList<>();
    List<String> sources = new ArrayList<>();
    for (int file = 0; file < graph.files(); file++) {
      (graph.maker(file) >= 0 ? products : sources).add(graph.path(file));
    }
    return new NamesFile(
        Names.of(jobs),
        Names.of(groups),
        Names.of(instances),
        Names.of(products),
        Names.of(sources));
  }

  /** How many there are. */
  public int size() {
    return jobs.size + instances.size + products.size + sources.size;
  }

  /**
   * Reads them if they are still those of the build files.
   *
   * @param file may be missing
   * @param digests looks at build files
   * @return null where there are none
   * @throws IOException where a build file cannot be looked at
   */
  public static NamesFile read(Path file, GraphFile.Origin origin, DigestMemo digests)
      throws IOException {
    byte[] bytes = CheckedFile.read(file);
    if (bytes == null) {
      return null;
    }
    try {
      ByteReader in = new ByteReader(bytes, CheckedFile.FREE);
      if (!in.text().equals(LAYOUT + origin.digest())) {
        return null;
      }
      for (int left = in.small(); left > 0; left--) {
        if (GraphFile.same(in, file, digests) == null) {
          return null;
        }
      }
      return new NamesFile(names(in), names(in), names(in), names(in), names(in));
    } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
      return null; // written by nobody
    }
  }

  private static Names names(ByteReader in) {
    int size = in.small();
    return new Names(in.text(), size);
  }

  /** Writes them, whole or not at all, where the build files are still what was read of them. */
  public void write(
      Path file, GraphFile.Origin origin, List<BuildFile.Read> sources, DigestMemo digests)
      throws IOException {
    ByteWriter out = new ByteWriter(CheckedFile.FREE);
    out.text(LAYOUT + origin.digest());
    GraphFile.sources(out, sources, digests);
    for (Names each : List.of(jobs, groups, instances, products, this.sources)) {
      out.number(each.size);
      out.text(each.text);
    }
    CheckedFile.write(file, out);
  }
}
