package dev.torc.front.project;

import dev.torc.base.bytes.ByteReader;
import dev.torc.base.bytes.ByteWriter;
import dev.torc.base.bytes.CheckedFile;
import dev.torc.base.digests.Digest;
import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.StampSource;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.Walk;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.base.syntax.Paths;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.PackedJobs;
import dev.torc.core.model.Workflow;
import dev.torc.core.model.Workflow.PackageFile;
import dev.torc.core.model.WorkflowCodec;
import dev.torc.features.groups.CalledJobs;
import dev.torc.features.groups.CalledJobs.Called;
import dev.torc.features.groups.Deciders;
import dev.torc.features.packages.UnchangedPackages;
import dev.torc.features.reading.BuildFile;
import dev.torc.front.buildfile.ParsedBuildFile;
import dev.torc.front.buildfile.ParsedBuildFile.Overrides;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A graph as a file beside the cache's database, so that a build with unchanged build files parses
 * nothing. It is valid only for the same bytes of all build files (rule 4), the same overrides, the
 * same torc, the same files found by groups that search the disk, and the same ways to needed globs
 * and folders. A damaged file counts as missing. Jobs are decoded one by one.
 *
 * @param fit which inputs are the same; unless all are, some jobs may still be usable
 * @param deciding the jobs whose results decided which instances groups have; the caller has to
 *     check whether these results are still the same
 * @param digests of the build files, in the order of {@code read}
 * @param tags the tags of all jobs, so that a completion need not decode any job
 */
public record GraphFile(
    Graph graph,
    Fit fit,
    Digest id,
    BitSet deciding,
    FilesRead read,
    List<KnownDigest> digests,
    List<String> tags) {

  /** Which inputs are the same: all, all but files, or fewer. */
  enum Fit {
    GOOD,
    FILES,
    OTHER
  }

  /** The build files, and {@link ParsedBuildFile.Deciders#files}. */
  public record FilesRead(List<BuildFile.Read> sources, SortedMap<String, List<String>> patterns) {}

  /** The number must change with every change of the layout, also of {@link WorkflowCodec}'s. */
  private static final String LAYOUT = "torc graph 56";

  /** The inputs of a graph, except the bytes of its build files. The paths are absolute. */
  record Inputs(String version, List<Path> files, ParsedBuildFile.Overrides over) {

    private static ByteWriter head(String version) {
      ByteWriter out = new ByteWriter(0);
      out.text(LAYOUT);
      out.text(version);
      out.text(System.getProperty("os.name") + "/" + System.getProperty("os.arch"));
      return out;
    }

    private byte[] bytes() {
      ByteWriter out = head(version);
      out.list(files, (to, file) -> to.text(file.toString()));
      out.map(over.defines(), ByteWriter::text);
      out.flag(over.containers());
      out.text(over.executor());
      CalledJobs frozen = over.called().frozen();
      for (List<String> each :
          List.of(over.called().excluded().patterns(), frozen.patterns(), frozen.paths())) {
        out.list(each, ByteWriter::text);
      }
      out.flag(over.sandbox());
      out.text(over.member() == null ? null : over.member().toString());
      return out.bytes();
    }
  }

  /**
   * The content of the file as last read in this JVM, valid while the file's status is the same.
   * Only a file that is old enough is remembered, since a later write could otherwise have the same
   * times.
   */
  private static final class Earlier {
    private static final long SETTLED = 2_000; // milliseconds

    private final Path file;
    private final FileStatus status;
    private byte[] bytes; // the part before the jobs
    private byte[] bodies; // null until it is read
    private Graph graph;

    private Earlier(Path file, FileStatus status) {
      this.file = file;
      this.status = status;
    }

    /** Returns the remembered content of a file, or an empty object to fill. */
    static Earlier of(Path file, AtomicReference<Object> seen) throws IOException {
      FileStatus status = FileStatus.of(file.toString(), false);
      if (seen.get() instanceof Earlier last
          && last.bodies != null
          && last.file.equals(file)
          && last.status.equals(status)) {
        return last;
      }
      Earlier fresh = new Earlier(file, status);
      long settled = System.currentTimeMillis() - SETTLED;
      seen.set(status.ctime() / 1_000_000 < settled ? fresh : null);
      return fresh;
    }

    boolean isFilled() {
      return bodies != null;
    }
  }

  /**
   * Reads the graph; returns null if this version of torc has not written one.
   *
   * @param digests reads build files by their absolute paths
   * @param seen holds the content that the previous call read, and receives that of this call; null
   *     if there is no later call
   * @throws IOException if a build file cannot be read
   */
  static GraphFile read(Path file, Inputs origin, DigestMemo digests, AtomicReference<Object> seen)
      throws IOException {
    Earlier earlier = seen == null ? null : Earlier.of(file, seen);
    boolean filled = earlier != null && earlier.isFilled();
    byte[] bytes = filled ? earlier.bytes : CheckedFile.read(file);
    try {
      return bytes == null ? null : read(bytes, file, origin, digests, earlier);
    } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
      return null; // another torc wrote it
    }
  }

  private static GraphFile read(
      byte[] bytes, Path file, Inputs origin, DigestMemo digests, Earlier earlier)
      throws IOException {
    ByteReader in = new ByteReader(bytes, CheckedFile.FREE);
    byte[] from = in.raw(in.small());
    byte[] version = Inputs.head(origin.version()).bytes();
    int end = Math.min(version.length, from.length);
    if (!Arrays.equals(version, 0, version.length, from, 0, end)) {
      return null;
    }
    boolean alike = Arrays.equals(origin.bytes(), from);
    boolean good = alike;
    FileSystem files = file.getFileSystem();
    List<BuildFile.Read> sources = new ArrayList<>();
    List<KnownDigest> knowns = new ArrayList<>();
    BuildFile.Ways ways = new BuildFile.Ways();
    for (int more = in.small(); more > 0; more--) {
      String asked = in.text();
      String located = in.text();
      Path wanted = files.getPath(asked);
      Path found = located.equals(asked) ? wanted : files.getPath(located);
      KnownDigest known = in.known();
      sources.add(new BuildFile.Read(wanted, found, known.digest()));
      knowns.add(known);
      good = good && ways.lead(sources.getLast()) && isSame(located, known, digests);
    }
    SortedMap<String, List<String>> patterns = new TreeMap<>();
    for (int more = in.small(); more > 0; more--) {
      String pattern = in.text();
      List<String> found = in.list(ByteReader::text);
      good = good && finds(digests.root(), pattern, found);
      patterns.put(pattern, found);
    }
    for (int more = in.small(); more > 0; more--) {
      alike &= Objects.equals(origin.over().env().get(in.text()), in.text());
    }
    BitSet deciding = BitSet.valueOf(in.longs());
    Digest id = in.digest();
    List<String> tags = in.list(ByteReader::text);
    WorkflowCodec compiled = new WorkflowCodec(in.list(ByteReader::text));
    int[] starts = in.ints();
    boolean filled = earlier != null && earlier.isFilled();
    byte[] bodies = filled ? earlier.bodies : CheckedFile.next(file, bytes);
    if (bodies == null) {
      return null;
    }
    List<Job> jobs = PackedJobs.of(compiled, bodies, starts);
    Graph graph = filled ? earlier.graph : Graph.read(in, () -> compiled.workflow(in, files, jobs));
    if (earlier != null) {
      earlier.bytes = bytes;
      earlier.graph = graph;
      earlier.bodies = bodies;
    }
    if (!new NeedWays(graph).leadAsBefore()) {
      return null; // a job may need the products of other jobs now
    }
    FilesRead read = new FilesRead(sources, patterns);
    Fit fit = !alike ? Fit.OTHER : good ? Fit.GOOD : Fit.FILES;
    return new GraphFile(graph, fit, id, deciding, read, knowns, tags);
  }

  /**
   * Returns the packages whose jobs are as in this graph: all whose build files have not changed,
   * if nothing has changed but build files that decide about one package each.
   */
  UnchangedPackages unchanged(Inputs origin, StampSource stamps) {
    Workflow last = graph.workflow();
    Set<Path> apart = new HashSet<>();
    for (PackageFile each : last.settings().packages()) {
      if (each.apart()) {
        apart.add(each.file());
      }
    }
    Overrides over = origin.over();
    if (apart.isEmpty()
        || fit == Fit.OTHER
        || !deciding.isEmpty()
        || !last.leftOut().isEmpty()
        || origin.files().size() > 1
        || !over.defines().isEmpty()
        || !over.called().equals(Called.NONE)) {
      return UnchangedPackages.NONE;
    }
    DigestMemo look = DigestMemo.readOnly(last.root(), stamps, _ -> null);
    BuildFile.Ways ways = new BuildFile.Ways();
    Map<Path, Digest> same = new HashMap<>();
    for (int i = 0; i < digests.size(); i++) {
      BuildFile.Read each = read.sources.get(i);
      KnownDigest known = digests.get(i);
      boolean leads = ways.lead(each);
      if (leads && Io.or(() -> isSame(each.file().toString(), known, look), false)) {
        same.put(each.file(), each.digest());
      } else if (!leads || !apart.contains(each.file())) {
        return UnchangedPackages.NONE;
      }
    }
    SortedMap<String, List<String>> led = new TreeMap<>();
    for (Map.Entry<String, List<String>> each : read.patterns.entrySet()) {
      if (!finds(last.root(), each.getKey(), each.getValue())) {
        return UnchangedPackages.NONE;
      } else if (Walk.isWay(each.getKey())) {
        led.put(each.getKey(), each.getValue());
      }
    }
    return new UnchangedPackages(last, same, led);
  }

  /** Returns whether the graph is that of the present build files and overrides. */
  boolean good() {
    return fit == Fit.GOOD;
  }

  /** Returns whether only the build files decided the graph. */
  boolean lasting() {
    return read.patterns.isEmpty() && deciding.isEmpty();
  }

  /** Returns whether a pattern or way finds exactly these files; false if it cannot search. */
  private static boolean finds(Path root, String pattern, List<String> files) {
    return Io.or(
        () ->
            files.equals(
                Walk.isWay(pattern)
                    ? List.of(new Paths(root).normalize(pattern))
                    : GlobWalk.find(root, pattern).files()),
        false);
  }

  /** Returns whether a build file has the bytes that it had. */
  private static boolean isSame(String file, KnownDigest known, DigestMemo digests)
      throws IOException {
    return isUntouched(file, known, digests) || known.digest().equals(digests.of(file).digest());
  }

  private static boolean isUntouched(String file, KnownDigest known, DigestMemo digests)
      throws IOException {
    return known.safe() && known.stamp().equals(digests.stamp(file));
  }

  /** Returns the digests of the build files by their paths. */
  private Map<String, KnownDigest> known() {
    Map<String, KnownDigest> known = new HashMap<>();
    for (int i = 0; i < digests.size(); i++) {
      known.put(read.sources.get(i).file().toString(), digests.get(i));
    }
    return known;
  }

  /**
   * Writes a graph whose groups are all expanded; returns its id. Returns null and writes nothing
   * if {@code digests} shows that a build file has changed since it was read. It does not read
   * again those that have not changed since {@code last}, which may be null, was written.
   */
  static Digest write(
      Path file,
      Inputs origin,
      Graph graph,
      Deciders deciders,
      List<BuildFile.Read> sources,
      GraphFile last,
      DigestMemo digests)
      throws IOException {
    ByteWriter out = new ByteWriter(CheckedFile.FREE);
    byte[] from = origin.bytes();
    out.number(from.length);
    out.raw(from);
    out.number(sources.size());
    ByteWriter name = new ByteWriter(0);
    name.raw(from);
    Map<String, KnownDigest> knowns = last == null ? Map.of() : last.known();
    for (BuildFile.Read source : sources) {
      String path = source.file().toString();
      KnownDigest known = knowns.get(path);
      known = known != null && isUntouched(path, known, digests) ? known : digests.of(path);
      if (!source.digest().equals(known.digest())) {
        return null;
      }
      out.text(source.asked().toString());
      out.text(path);
      out.known(known);
      name.digest(source.digest());
    }
    out.map(deciders.files(), (to, found) -> to.list(found, ByteWriter::text));
    out.map(deciders.variables(), (to, value) -> to.text(value.orElse(null)));
    out.longs(deciding(graph, deciders).toLongArray());
    PackedJobs jobs = (PackedJobs) graph.workflow().jobs(); // packed while they were read
    WorkflowCodec compiled = jobs.codec();
    List<byte[]> bodies = new ArrayList<>(graph.jobs() + 1);
    bodies.add(new byte[CheckedFile.FREE]);
    int[] starts = new int[graph.jobs()];
    int at = CheckedFile.FREE;
    for (int j = 0; j < starts.length; j++) {
      starts[j] = at;
      bodies.add(jobs.packed(j));
      at += bodies.getLast().length;
    }
    ByteWriter rest = new ByteWriter(0);
    graph.write(rest);
    compiled.workflow(rest, graph.workflow());
    if (!deciders.isNone()) {
      name.digest(Digest.ofBytes(rest.bytes()));
      bodies.forEach(body -> name.digest(Digest.ofBytes(body)));
    }
    Digest id = Digest.ofBytes(name.bytes());
    out.digest(id);
    out.list(jobs.tags(), ByteWriter::text);
    out.list(compiled.shared(), ByteWriter::text);
    out.ints(starts);
    out.add(rest);
    CheckedFile.write(file, out, List.of(bodies));
    return id;
  }

  private static BitSet deciding(Graph graph, Deciders deciders) {
    BitSet jobs = new BitSet();
    for (String name : deciders.jobs()) {
      Arrays.stream(graph.nodesOf(name)).forEach(jobs::set);
    }
    return jobs;
  }
}
