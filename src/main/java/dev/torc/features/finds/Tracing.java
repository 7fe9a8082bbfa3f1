package dev.torc.features.finds;

import dev.torc.base.digests.Stamp;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.JobTrace;
import dev.torc.base.posix.JobTrace.Access;
import dev.torc.base.syntax.Paths;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.AttemptFailure;
import dev.torc.core.attempt.FoundNeeds;
import dev.torc.core.attempt.ProductScan;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Ref;
import dev.torc.features.remarks.NeedPaths;
import dev.torc.features.remarks.UndeclaredReads;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Decides which jobs of a build are traced and what a strict job may open, and reports what the
 * traces show. {@link JobTrace} has the names of files, {@link DiscoveredNeeds} adds found needs.
 */
public final class Tracing {

  /** If this variable is 0, jobs that want a trace run without one. */
  public static final String VARIABLE = "TORC_TRACE";

  private static final int FEW = 10; // files of one folder that are reported one by one

  private final boolean all;
  private final boolean strict;
  private final boolean off;
  private final Consumer<String> note;
  private final Set<String> told = ConcurrentHashMap.newKeySet();
  private final Map<String, String> writers = new ConcurrentHashMap<>(); // by undeclared file
  private String refusal; // why the system cannot trace, or empty; null until checked

  /**
   * @param all whether to trace jobs that do not ask for it
   * @param strict whether all jobs are strict
   * @param off the caller's value of {@link #VARIABLE}; null if it is not set
   */
  public Tracing(boolean all, boolean strict, String off, Consumer<String> note) {
    this.all = all;
    this.strict = strict;
    this.off = "0".equals(off);
    this.note = note;
  }

  private boolean isStrict(Job job) {
    return strict || job.has(Trait.STRICT);
  }

  /**
   * Returns whether a job is traced by an executor, null for this machine; throws an {@link
   * AttemptFailure} if it must be and cannot.
   */
  boolean traces(Graph graph, Job job, String executor) {
    boolean must = job.has(Trait.TRACE) || isStrict(job);
    if (!must && !all) {
      return false;
    }
    boolean elsewhere = graph.workflow().goesUntraced(executor);
    if (must && (off || elsewhere)) {
      String says = off ? VARIABLE + "=0" : SafeText.name(executor) + " has trace: false";
      noteOnce("jobs are not traced: " + (off ? "" : "executor ") + says);
      return false;
    }
    String lack = lack(job, executor);
    if (lack != null && must) {
      String also = executor == null ? "" : ", or trace: false of the executor,";
      throw new AttemptFailure(
          "it cannot be traced: %s; %s=0%s runs it without".formatted(lack, VARIABLE, also));
    }
    if (lack != null) {
      noteOnce("not traced: " + lack);
    }
    return lack == null;
  }

  /** Returns a new trace; {@code begin} is a stamp from when the attempt starts. */
  JobTrace of(PlanContext plan, int id, NeedSnapshot snapshot, Stamp begin) {
    Graph graph = plan.graph();
    List<Path> grounds = new ArrayList<>(List.of(graph.workflow().root()));
    grounds.addAll(graph.workflow().settings().roots());
    if (!isStrict(graph.job(id))) {
      return new JobTrace(grounds, begin.ctime(), null);
    }
    Set<String> readable = new UndeclaredReads(plan, false).run(id);
    readable.addAll(plan.records().found(id));
    JobTrace.Bounds bounds =
        (file, access) -> {
          String path = new Paths(graph.workflow().root()).below(".", file);
          return (path + "/").contains("__pycache__/")
              || isOwn(graph, id, path)
              || (access == Access.READ
                  ? readable.contains(path) || mayRead(graph, id, snapshot, path)
                  : mayWrite(graph, id, path, access));
        };
    return new JobTrace(grounds, begin.ctime(), bounds);
  }

  private synchronized String lack(Job job, String executor) {
    if (executor != null) {
      return "executor " + SafeText.name(executor) + " runs it elsewhere";
    }
    if (job.runsInContainers()) {
      return "it runs in a container";
    }
    if (refusal == null) {
      String why = JobTrace.refusal();
      refusal = why == null ? "" : why;
    }
    return refusal.isEmpty() ? null : refusal;
  }

  private void noteOnce(String line) {
    if (told.add(line)) {
      note.accept(line);
    }
  }

  /**
   * Reports what the trace of a successful attempt shows. Throws an {@link AttemptFailure} if the
   * job is strict and read a file that neither its needs nor its depfile name; the scripts of its
   * command are allowed. A running job with a depfile is not denied any read, since its depfile is
   * complete only at its end.
   */
  void report(PlanContext plan, int id, JobTrace trace, FoundNeeds needs, String message) {
    Graph graph = plan.graph();
    Job job = graph.job(id);
    Collection<String> undeclared = needs.read();
    String name = job.group() == null ? job.name() : job.group();
    if (trace.blind() != null) {
      String again = job.has(Trait.TRACE) ? "; it runs again with the next build" : "";
      note.accept(job.name() + " was not fully traced: " + trace.blind() + again);
    }
    if (!message.isEmpty()) {
      note.accept(job.name() + ": " + message);
    }
    for (String path : refused(graph, trace, true)) {
      noteOnce(name + " was denied " + SafeText.name(path) + ", which is not in its needs");
    }
    for (String path : refused(graph, trace, false)) {
      String file = SafeText.name(path);
      noteOnce(name + " was not allowed to change " + file + ", which is not its product");
    }
    List<String> more = new ArrayList<>(isStrict(job) ? undeclared : List.of());
    if (!more.isEmpty()) {
      more.removeAll(new UndeclaredReads(plan, false).run(id));
    }
    if (!more.isEmpty()) {
      throw new AttemptFailure(
          "it read %s, which neither its needs nor its depfile name; add it to needs"
              .formatted(SafeText.names(more, 1)));
    }
    for (String line : lines(graph, id, undeclared)) {
      noteOnce(name + " " + line);
    }
  }

  /**
   * Reports state that a job keeps: needs that it changed itself. With {@code --trace}, also
   * reports other files that it wrote and did not declare, and two jobs that wrote the same one.
   */
  void reportWrites(Graph graph, int id, JobTrace trace, FoundNeeds needs) {
    Job job = graph.job(id);
    String name = SafeText.name(job.group() == null ? job.name() : job.group());
    List<String> state = List.copyOf(needs.rewritten());
    if (!state.isEmpty() && told.add(name + " rewrote")) {
      String line =
          "%s rewrote %s, which it reads; that does not make it run again, but its result is not"
              + " stored";
      note.accept(line.formatted(name, SafeText.names(state, 1)));
    }
    Map<String, List<String>> folders = new TreeMap<>();
    for (String path : all ? names(graph, trace.wrote()) : Set.<String>of()) {
      if (isOwn(graph, id, path) || !remains(graph, path)) {
        continue;
      }
      int maker = graph.makerOf(path);
      String other = writers.putIfAbsent(path, job.name());
      if (other != null && !other.equals(job.name())) {
        noteOnce(
            "%s and %s both wrote %s"
                .formatted(SafeText.name(other), SafeText.name(job.name()), SafeText.name(path)));
      } else if (maker >= 0) {
        noteOnce(name + " wrote " + SafeText.name(path) + ", a product of " + graph.title(maker));
      } else if (!state.contains(path)) {
        folders.computeIfAbsent(folder(path), _ -> new ArrayList<>()).add(path);
      }
    }
    folders.forEach(
        (folder, files) -> {
          if (told.add(name + " wrote in " + folder)) { // one line for a group
            note.accept(
                name + " wrote " + SafeText.names(files, 1) + ", which it does not declare");
          }
        });
  }

  /** Returns whether a file that a job wrote is still there; bytecode does not count. */
  private static boolean remains(Graph graph, String path) {
    return !path.contains("__pycache__/")
        && Files.isRegularFile(graph.workflow().root().resolve(path), LinkOption.NOFOLLOW_LINKS);
  }

  /** Returns lines about files that the last run of a job read and the job still does not need. */
  public static List<String> lines(Graph graph, int id, RunDetails last) {
    List<String> paths = last == null ? List.of() : last.read();
    return lines(graph, id, paths.stream().filter(path -> !graph.isNeeded(id, path)).toList());
  }

  /** Returns a line for each file that a job read and does not need, or for a folder of many. */
  private static List<String> lines(Graph graph, int id, Collection<String> undeclared) {
    Set<String> lines = new LinkedHashSet<>();
    Map<String, Integer> counts = new HashMap<>();
    NeedPaths paths = new NeedPaths(graph, Long.MAX_VALUE);
    undeclared.forEach(path -> counts.merge(folder(path), 1, Integer::sum));
    for (String path : undeclared) {
      String folder = folder(path);
      int count = counts.get(folder);
      int maker = graph.makerOf(path);
      String named = folder.isEmpty() ? "the root" : SafeText.name(folder);
      String read = count <= FEW ? SafeText.name(path) : count + " files of " + named;
      if (maker < 0 || maker == id || paths.lead(maker, id)) {
        lines.add("read " + read + ", which is not in its needs");
        continue;
      }
      String add =
          graph.precedes(id, maker)
              ? ", which waits for this job; split the job in two"
              : " that is not in its needs; add %s to needs%s"
                  .formatted(
                      count <= FEW || folder.isEmpty() ? SafeText.name(path) : named,
                      graph.precedes(maker, id) ? " (after only orders jobs)" : "");
      lines.add("read " + read + ", a product of " + graph.title(maker) + add);
    }
    return List.copyOf(lines);
  }

  private static String folder(String path) {
    return path.substring(0, path.lastIndexOf('/') + 1);
  }

  /** Returns what the message about a failed attempt says about denied files; may be empty. */
  static String refused(Graph graph, JobTrace trace) {
    return denied(refused(graph, trace, true), "access to %s was denied; add it to needs")
        + denied(
            refused(graph, trace, false),
            "changing %s was denied; add it to produces, or write to {tmp}");
  }

  private static String denied(Set<String> paths, String line) {
    return paths.isEmpty() ? "" : "; " + line.formatted(SafeText.names(List.copyOf(paths), 1));
  }

  /** Returns the files that a job was denied to read, or to change, named as in the build file. */
  private static Set<String> refused(Graph graph, JobTrace trace, boolean reads) {
    List<String> paths = new ArrayList<>();
    if (trace != null) {
      for (var each : trace.refused().entrySet()) {
        if (reads == (each.getValue() == Access.READ)) {
          paths.add(each.getKey());
        }
      }
    }
    return names(graph, paths);
  }

  static Set<String> names(Graph graph, Collection<String> paths) {
    Paths normal = new Paths(graph.workflow().root());
    Set<String> names = new TreeSet<>();
    paths.forEach(path -> names.add(normal.below(".", path)));
    return names;
  }

  /** Returns the files that a job read that are neither its own nor its needs. */
  static Set<String> undeclared(Graph graph, int id, NeedSnapshot snapshot, JobTrace trace) {
    Set<String> names = names(graph, trace.read());
    names.removeIf(path -> isOwn(graph, id, path) || needs(graph, id, snapshot, path));
    return names;
  }

  /** Returns whether a path is a job's product or depfile, or excluded from its folder product. */
  static boolean isOwn(Graph graph, int id, String path) {
    int maker = graph.makerOf(path);
    return maker == id
        || path.equals(graph.job(id).depfile())
        || maker < 0 && leavesOut(graph.job(id), path, Ref.OfFolder.class);
  }

  private static boolean leavesOut(Job job, String path, Class<? extends Ref.OfMany> kind) {
    for (Ref ref : job.productRefs()) { // asked for each file that a depfile names
      if (kind.isInstance(ref) && ((Ref.OfMany) ref).leavesOut(path)) {
        return true;
      }
    }
    return false;
  }

  private static boolean needs(Graph graph, int id, NeedSnapshot snapshot, String path) {
    if (snapshot.declares(path) || graph.isNeeded(id, path)) {
      return true;
    }
    int maker = graph.makerOf(path);
    if (maker >= 0 && !new NeedPaths(graph, Long.MAX_VALUE).lead(maker, id)) {
      return false; // a product of a job to which no need leads
    }
    return Io.or(
        () -> snapshot.declaresTarget(graph.workflow().root().resolve(path)),
        false); // a deleted file is not a need
  }

  /** Returns whether a strict job may read a file: any with a depfile, else a need. */
  private static boolean mayRead(Graph graph, int id, NeedSnapshot snapshot, String path) {
    return graph.job(id).depfile() != null || needs(graph, id, snapshot, path);
  }

  /** Returns whether a strict job may write a file that is not its product, or change a folder. */
  private static boolean mayWrite(Graph graph, int id, String path, Access access) {
    Job job = graph.job(id);
    if (graph.makerOf(path) >= 0) {
      return false;
    }
    // A new name next to a product, which no other job makes, is taken for a temporary file.
    String folder = path.substring(0, Math.max(0, path.lastIndexOf('/')));
    boolean exists = Files.exists(graph.workflow().root().resolve(path), LinkOption.NOFOLLOW_LINKS);
    return leavesOut(job, path, Ref.OfMany.class)
        || job.productRefs().stream()
            .map(ProductScan::folder)
            .anyMatch(
                each ->
                    !exists && each.equals(folder)
                        || access == Access.FOLDER && (each + "/").startsWith(path + "/"));
  }
}
