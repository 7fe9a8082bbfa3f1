package dev.torc.features.finds;

import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.Stamp;
import dev.torc.base.posix.JobTrace;
import dev.torc.base.posix.PlainFile;
import dev.torc.base.syntax.NearestPath;
import dev.torc.base.syntax.Paths;
import dev.torc.base.syntax.UserPaths;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.AttemptFailure;
import dev.torc.core.attempt.FoundNeeds;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.decide.StaleFiles;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Step;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the files that a job's depfile names, or that a trace saw it read, beyond its declared
 * needs (rule 6). {@link Depfile} parses depfiles, {@link JobTrace} reports reads, and {@link
 * LostName} tells names that led nowhere.
 */
public final class DiscoveredNeeds {

  /** The largest depfile that is read, in bytes; those of compilers are far smaller. */
  private static final int MOST = 16 << 20;

  private final FoundNeeds needs = FoundNeeds.none();
  private Set<String> written = Set.of(); // by the job itself, if what it reads counts

  private DiscoveredNeeds() {}

  /**
   * Reads the depfile and the trace, if any, of a successful job, and adds the files that they name
   * to the snapshot. {@code begin} is a stamp of when the job started, by the file system's clock.
   *
   * @throws AttemptFailure if the depfile is missing or unreadable, or if another job makes a found
   *     need and this one does not wait for that job
   */
  public static FoundNeeds read(
      Graph graph, int id, NeedSnapshot snapshot, Stamp begin, JobTrace trace) throws IOException {
    DiscoveredNeeds discovered = new DiscoveredNeeds();
    discovered.readAll(graph, id, snapshot, begin, trace);
    return discovered.needs;
  }

  private void readAll(Graph graph, int id, NeedSnapshot snapshot, Stamp begin, JobTrace trace)
      throws IOException {
    Job job = graph.job(id);
    if (job.depfile() != null) {
      named(graph, id, snapshot, begin);
    }
    if (trace == null) {
      return;
    }
    Set<String> undeclared = Tracing.undeclared(graph, id, snapshot, trace);
    undeclared.removeAll(needs.found()); // the depfile named them
    if (!job.has(Trait.TRACE)) {
      needs.read().addAll(undeclared);
      return;
    }
    written = Tracing.names(graph, trace.wrote());
    for (String path : undeclared) {
      add(graph, id, snapshot, begin, path, "it read");
    }
    for (String path : written.isEmpty() ? written : Tracing.names(graph, trace.read())) {
      if (written.contains(path)
          && graph.makerOf(path) < 0
          && !snapshot.ignores(path)
          && snapshot.declares(path)
          && snapshot.renew(path)) {
        needs.rewritten().add(path);
      }
    }
    Set<String> ways = new TreeSet<>();
    Paths paths = new Paths(graph.workflow().root());
    trace.ways().forEach(way -> ways.add(paths.way(".", way)));
    addWays(graph, id, snapshot, begin, ways);
  }

  private void named(Graph graph, int id, NeedSnapshot snapshot, Stamp begin) throws IOException {
    Job job = graph.job(id);
    Path root = graph.workflow().root();
    Paths paths = new Paths(root);
    String dir = job.runs().steps().getFirst().dir();
    Set<String> ways = new TreeSet<>();
    for (String name : parse(root, job.depfile())) {
      String path;
      try {
        path = paths.below(dir, name);
      } catch (IllegalArgumentException e) {
        throw new AttemptFailure("depfile " + job.depfile() + ": " + e.getMessage());
      }
      if (!sees(graph, job, path)) {
        continue; // the file belongs to the process or the image
      }
      ways.add(paths.way(dir, name));
      if (!snapshot.declares(path)
          && !Tracing.isOwn(graph, id, path)
          && !add(graph, id, snapshot, begin, path, "depfile names")
          && !needs.moved().contains(path)
          && new LostName(graph, id, snapshot).isLost(name, path)) {
        needs.lost().add(name);
      }
    }
    addWays(graph, id, snapshot, begin, ways);
  }

  /** Adds the ways of found names: one that leads elsewhere next time makes other files of them. */
  private void addWays(Graph graph, int id, NeedSnapshot snapshot, Stamp begin, Set<String> ways)
      throws IOException {
    for (String way : ways) {
      if (!way.isEmpty() && !Tracing.isOwn(graph, id, UserPaths.parent(way))) {
        snapshot.add(way);
        needs.found().add(way);
        if (snapshot.wayChanged(way, begin.ctime())) {
          needs.moved().add(way);
        }
      }
    }
  }

  /**
   * Adds a found need, and returns whether it exists; {@code how} says in a message how it was
   * found.
   */
  private boolean add(
      Graph graph, int id, NeedSnapshot snapshot, Stamp begin, String path, String how)
      throws IOException {
    refuseUnawaited(graph, id, snapshot, path, how);
    boolean wasThere = snapshot.saw(path);
    KnownDigest known = snapshot.add(path);
    String real = snapshot.real(path);
    if (!real.equals(path)) {
      refuseUnawaited(graph, id, snapshot, real, how + " " + path + ", which is");
    }
    refuseLeftover(snapshot, begin, path, known.stamp(), how);
    int maker = snapshot.makerOfFound(graph, id, path);
    needs.found().add(path);
    // A missing file that was not seen before may have been made by the job itself. A source
    // with exactly the time of the start may have changed after it; a product of an earlier job
    // often has that time, but its bytes are known.
    Stamp stamp = known.stamp();
    long since = (snapshot.ignores(path) ? stamp.mtime() : stamp.ctime()) - begin.ctime();
    if (!known.stamp().exists() ? wasThere : maker < 0 ? since >= 0 : since > 0) {
      boolean own = maker < 0 && written.contains(path);
      (own ? needs.rewritten() : needs.moved()).add(path);
    } else if (maker < 0 && snapshot.wayChanged(path, begin.ctime())) {
      needs.moved().add(path);
    }
    return known.stamp().exists();
  }

  /** Refuses a leftover, unless the job itself has just made it anew. */
  private void refuseLeftover(
      NeedSnapshot snapshot, Stamp begin, String path, Stamp stamp, String how) {
    boolean anew = written.contains(path) || begin.exists() && stamp.ctime() >= begin.ctime();
    OwnedPath left = anew || !stamp.exists() ? null : snapshot.stale(path);
    if (left != null) {
      throw new AttemptFailure(
          how + " " + SafeText.name(path) + ", which " + StaleFiles.told(left));
    }
  }

  private static void refuseUnawaited(
      Graph graph, int id, NeedSnapshot snapshot, String path, String how) {
    int maker = snapshot.makerOfFound(graph, id, path);
    if (maker >= 0 && !graph.precedes(maker, id)) {
      throw new AttemptFailure(
          ("%3$s %1$s, a product of %4$s, which this job does not wait for;"
                  + " add %1$s to its needs, or %2$s to its after where the order alone matters")
              .formatted(path, graph.name(maker), how, graph.title(maker)));
    }
  }

  /**
   * Returns whether a job sees this machine's file at a path: a step runs on the host, or the file
   * is mounted in a container at the same path. A process has its own {@code /dev/stdin}, and
   * devices have no contents.
   */
  private static boolean sees(Graph graph, Job job, String path) {
    Path file = Path.of(path);
    if (!file.isAbsolute()
        || graph.workflow().settings().roots().stream().anyMatch(file::startsWith)) {
      return true;
    }
    if (path.startsWith("/proc/") || path.startsWith("/dev/") && !path.startsWith("/dev/shm/")) {
      return false;
    }
    for (Step step : job.runs().steps()) {
      if (step.image() == null) {
        return true;
      }
      for (String volume : step.image().volumes()) {
        String[] parts = volume.split(":");
        if (parts[0].equals(parts[1]) && file.startsWith(parts[0])) {
          return true;
        }
      }
    }
    return false;
  }

  private static List<String> parse(Path root, String depfile) throws IOException {
    try {
      Path file = root.resolve(depfile);
      if (!Files.isRegularFile(file) && Files.exists(file)) { // reading a FIFO would block
        throw new AttemptFailure("depfile " + depfile + " is not a regular file");
      }
      byte[] bytes = PlainFile.read(file, MOST);
      if (bytes.length > MOST) {
        String why = "depfile %s is larger than %d MiB; is it really a depfile?";
        throw new AttemptFailure(why.formatted(depfile, MOST >> 20));
      }
      String text = new String(bytes, StandardCharsets.UTF_8);
      if (text.indexOf('\ufffd') >= 0) { // rarely written as such
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      }
      return Depfile.parse(text);
    } catch (NoSuchFileException e) {
      String near = NearestPath.inParentheses(root.resolve(depfile), depfile);
      String name = SafeText.name(depfile);
      throw new AttemptFailure("exit 0, but depfile " + name + " was not written" + near);
    } catch (CharacterCodingException e) {
      throw new AttemptFailure("depfile " + depfile + " is not valid UTF-8");
    } catch (IllegalArgumentException e) {
      throw new AttemptFailure("depfile " + depfile + ": " + e.getMessage());
    }
  }
}
