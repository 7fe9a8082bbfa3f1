package dev.torc.engine;

import dev.torc.engine.Attempt.AttemptFailure;
import dev.torc.graph.Graph;
import dev.torc.graph.NeedList;
import dev.torc.hash.Stamp;
import dev.torc.plan.NeedSnapshot;
import dev.torc.posix.JobTrace;
import dev.torc.records.JobResult.RunDetails;
import dev.torc.text.SafeText;
import dev.torc.workflow.Job;
import dev.torc.workflow.Paths;
import dev.torc.workflow.Ref;
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
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Which jobs of a build are traced, what happens to jobs that cannot be traced, what is refused to
 * strict ones, and which lines tell of it. {@link JobTrace} has the names, {@link DiscoveredNeeds}
 * takes those in that count.
 */
public final class Tracing {

  /** The variable that is 0 where jobs that want a trace are to run without one. */
  public static final String VARIABLE = "TORC_TRACE";

  private static final int FEW = 10; // files of one folder that are told one by one

  private final boolean all;
  private final boolean strict;
  private final boolean off;
  private final Consumer<String> note;
  private final Set<String> told = ConcurrentHashMap.newKeySet();
  private String refusal; // of the system, empty for none; asked once

  /**
   * @param all whether jobs are traced that do not ask for it
   * @param strict whether all are strict
   * @param off what {@link #VARIABLE} holds for the caller; null for nothing
   * @param note takes lines for people
   */
  public Tracing(boolean all, boolean strict, String off, Consumer<String> note) {
    this.all = all;
    this.strict = strict;
    this.off = "0".equals(off);
    this.note = note;
  }

  private boolean isStrict(Job job) {
    return strict || job.strict();
  }

  /**
   * Whether an attempt of a job is traced.
   *
   * @throws AttemptFailure where it is to be and cannot
   */
  boolean traces(Graph graph, Job job) {
    boolean must = job.trace() || isStrict(job);
    if (!must && !all) {
      return false;
    }
    boolean there = graph.workflow().goesUntraced(job);
    if (must && (off || there)) {
      String says = off ? VARIABLE + "=0" : "executor " + SafeText.name(job.executor());
      once("jobs are not traced: " + says + (off ? "" : " has trace: false"));
      return false;
    }
    String lack = lack(job);
    if (lack != null && must) {
      String also = job.executor() == null ? "" : ", or trace: false of the executor,";
      throw new AttemptFailure(
          "it cannot be traced: %s; %s=0%s runs it without".formatted(lack, VARIABLE, also));
    }
    if (lack != null) {
      once("not traced: " + lack);
    }
    return lack == null;
  }

  /**
   * What takes the trace of an attempt; null where it runs without one.
   *
   * @param begin a stamp from when it starts, by the clock of the root's file system
   */
  JobTrace of(Graph graph, int id, NeedSnapshot snapshot, Stamp begin) {
    Job job = graph.job(id);
    if (!traces(graph, job)) {
      return null;
    }
    List<Path> grounds = new ArrayList<>(List.of(graph.workflow().root()));
    grounds.addAll(graph.workflow().roots());
    return new JobTrace(
        grounds, begin.ctime(), isStrict(job) ? new Bounds(graph, id, snapshot) : null);
  }

  /** Why a job cannot be traced; null where it can. */
  private synchronized String lack(Job job) {
    if (job.executor() != null) {
      return "executor " + SafeText.name(job.executor()) + " runs it elsewhere";
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

  private void once(String line) {
    if (told.add(line)) {
      note.accept(line);
    }
  }

  /**
   * Says what came of the trace of an attempt that ended well.
   *
   * @throws AttemptFailure where it is strict, and read what neither it nor its depfile names:
   *     nothing is refused to such a job, since only its end tells what the depfile names
   */
  void tell(Graph graph, int id, JobTrace trace, Collection<String> undeclared, String message) {
    Job job = graph.job(id);
    String name = job.group() == null ? job.name() : job.group();
    if (trace.blind() != null) {
      String again = job.trace() ? "; it runs again with the next build" : "";
      note.accept(job.name() + " was not traced to its end: " + trace.blind() + again);
    }
    if (!message.isEmpty()) {
      note.accept(job.name() + ": " + message);
    }
    for (String path : names(graph, trace.refused())) {
      once(name + " was refused " + SafeText.name(path) + ", which it does not need");
    }
    if (isStrict(job) && !undeclared.isEmpty()) {
      throw new AttemptFailure(
          "it read %s, which it does not need and its depfile does not name: add it to needs"
              .formatted(andMore(undeclared)));
    }
    for (String line : lines(graph, id, undeclared)) {
      once(name + " " + line);
    }
  }

  private static String andMore(Collection<String> names) {
    String more = names.size() == 1 ? "" : " and " + (names.size() - 1) + " more";
    return SafeText.name(names.iterator().next()) + more;
  }

  /** What the last run of a job was seen to read and it still does not need, as lines. */
  public static List<String> lines(Graph graph, int id, RunDetails last) {
    List<String> paths = last == null ? List.of() : last.read();
    return lines(
        graph, id, paths.stream().filter(path -> !NeedList.isNeeded(graph, id, path)).toList());
  }

  /** One line for each file that a job read and does not need, or for the folder of many. */
  private static List<String> lines(Graph graph, int id, Collection<String> undeclared) {
    Set<String> lines = new LinkedHashSet<>();
    Map<String, Integer> counts = new HashMap<>();
    undeclared.forEach(path -> counts.merge(folder(path), 1, Integer::sum));
    for (String path : undeclared) {
      String folder = folder(path);
      int count = counts.get(folder);
      int maker = graph.makerOf(path);
      if (maker >= 0 && maker != id && !graph.precedes(maker, id)) {
        lines.add(
            "read %s, a product of %s, for which it does not wait: add it to needs"
                .formatted(SafeText.name(path), SafeText.name(graph.name(maker))));
      } else if (count <= FEW) {
        lines.add("read " + SafeText.name(path) + ", which it does not need");
      } else {
        String named = folder.isEmpty() ? "the root" : SafeText.name(folder);
        lines.add("read " + count + " files of " + named + ", which it does not need");
      }
    }
    return List.copyOf(lines);
  }

  private static String folder(String path) {
    return path.substring(0, path.lastIndexOf('/') + 1);
  }

  /** What is to be said of a failed attempt to which something was refused; empty for nothing. */
  static String refused(Graph graph, JobTrace trace) {
    Set<String> names = trace == null ? Set.of() : names(graph, trace.refused());
    return names.isEmpty()
        ? ""
        : "; it was refused %s: add it to needs, or to produces where it writes it"
            .formatted(andMore(names));
  }

  /** Absolute names as the build file would have them. */
  static Set<String> names(Graph graph, Collection<String> paths) {
    Paths normal = new Paths(graph.workflow().root());
    Set<String> names = new TreeSet<>();
    paths.forEach(path -> names.add(normal.below(".", path)));
    return names;
  }

  /** Whether a job needs a path, as declared. */
  static boolean needs(Graph graph, int id, NeedSnapshot snapshot, String path) {
    return snapshot.declares(path) || NeedList.isNeeded(graph, id, path);
  }

  /** What a strict job may read and write below the root and {@code roots}. */
  private static final class Bounds implements JobTrace.Bounds {

    private final Graph graph;
    private final int id;
    private final Job job;
    private final NeedSnapshot snapshot;
    private final Paths paths;
    private final Set<String> folders = new TreeSet<>(); // of its products

    Bounds(Graph graph, int id, NeedSnapshot snapshot) {
      this.graph = graph;
      this.id = id;
      this.job = graph.job(id);
      this.snapshot = snapshot;
      this.paths = new Paths(graph.workflow().root());
      for (Ref ref : job.productRefs()) {
        folders.add(ProductScan.folder(ref));
      }
    }

    @Override
    public boolean allows(String file, boolean write) {
      String path = paths.below(".", file);
      if (path.contains("__pycache__/")
          || graph.makerOf(path) == id
          || path.equals(job.depfile())) {
        return true;
      }
      return write
          ? isBeside(path, file)
          : job.finds() // then its end tells what it may read
              || needs(graph, id, snapshot, path);
    }

    /** A new name beside a product, which no other job makes: a temporary one. */
    private boolean isBeside(String path, String file) {
      String folder = path.substring(0, Math.max(0, path.lastIndexOf('/')));
      return folders.contains(folder)
          && graph.makerOf(path) < 0
          && !Files.exists(Path.of(file), LinkOption.NOFOLLOW_LINKS);
    }
  }
}
