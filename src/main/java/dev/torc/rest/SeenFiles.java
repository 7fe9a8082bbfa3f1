package dev.torc.rest;

import dev.torc.buildfile.BuildFile;
import dev.torc.cache.JobResult;
import dev.torc.cache.RecordedProduct;
import dev.torc.graph.Adjacency;
import dev.torc.graph.Graph;
import dev.torc.graph.NeedList;
import dev.torc.hash.Digest;
import dev.torc.hash.DigestMemo;
import dev.torc.hash.KnownDigest;
import dev.torc.hash.Stamp;
import dev.torc.hash.StampSource;
import dev.torc.plan.Footprint;
import dev.torc.plan.PlanContext;
import dev.torc.plan.ToolSearch;
import dev.torc.workflow.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The files from which all verdicts of a build followed, each as that build saw it: of jobs at
 * {@linkplain JobsAtRest rest} what is known of them, of the others what their {@linkplain
 * Footprint footprint} names. A look tells which of them hold something else now, and what came to
 * the globs and folders, so that whoever waits for the next build ({@code torc watch}) misses no
 * edit, be it from while the build ran. What a job made and the build recorded is as it was seen;
 * an edit of it is a change. A file that was only touched is none.
 *
 * <p>It does not know what a change means: the next build decides. For one thread at a time.
 */
public final class SeenFiles {

  /** From so many nanoseconds after a change on, no other one leaves the same times. */
  private static final long WINDOW = 2_000_000_000L;

  /** In place of what cannot be looked at. */
  private static final Stamp CLOSED = new Stamp(Stamp.Kind.OTHER, false, -1, 0, 0, 0);

  private final Path root;
  private final StampSource stamps;
  private final Graph graph; // null where no build file could be read
  private final Map<String, KnownDigest> files = new HashMap<>();
  private final Map<String, SeenList> lists = new LinkedHashMap<>();
  private Set<String> members = new HashSet<>(); // of lists, when these were last gone through
  private final Set<String> exact = new HashSet<>(); // files whose executable bit counts
  private final TreeSet<String> unsteady = new TreeSet<>();
  private Set<Path> folders = Set.of();
  private boolean moved;
  private int there;

  private SeenFiles(Path root, StampSource stamps, Graph graph) {
    this.root = root;
    this.stamps = stamps;
    this.graph = graph;
  }

  /** Nothing was seen; what is added counts as it is now. */
  public static SeenFiles none(Path root, StampSource stamps) {
    return new SeenFiles(root, stamps, null);
  }

  /**
   * What some jobs are about, where no build came to look at it: as it is now.
   *
   * @param jobs of the graph
   */
  public static SeenFiles named(Graph graph, BitSet jobs, StampSource stamps) {
    SeenFiles seen = new SeenFiles(graph.workflow().root(), stamps, graph);
    for (int j = jobs.nextSetBit(0); j >= 0; j = jobs.nextSetBit(j + 1)) {
      seen.addNamed(j, null, false);
    }
    return seen;
  }

  /** What a build saw that had nothing to decide. */
  public static SeenFiles atRest(Graph graph, BitSet jobs, JobsAtRest rest, StampSource stamps) {
    SeenFiles seen = new SeenFiles(graph.workflow().root(), stamps, graph);
    for (int j = jobs.nextSetBit(0); j >= 0; j = jobs.nextSetBit(j + 1)) {
      seen.add(j, rest);
    }
    return seen;
  }

  /**
   * What a build saw that is over, while its cache is open, and before its digests are asked for
   * anything more.
   *
   * @param build its id
   * @param rest what was at rest when it began; null where nothing was
   * @param stayed the jobs of that which it did not have to look at
   */
  public static SeenFiles after(
      PlanContext context,
      DigestMemo digests,
      String build,
      JobsAtRest rest,
      BitSet stayed,
      StampSource stamps) {
    Graph graph = context.graph();
    BitSet jobs = (BitSet) context.selection().jobs().clone();
    SeenFiles seen = new SeenFiles(graph.workflow().root(), stamps, graph);
    BitSet later = new BitSet();
    for (int j = jobs.nextSetBit(0); j >= 0; j = jobs.nextSetBit(j + 1)) {
      if (stayed.get(j)) {
        seen.add(j, rest);
      } else if (looked(context, j, build)) {
        seen.add(context, j, digests, build);
      } else {
        later.set(j); // of their lists nothing was seen, but by others
      }
    }
    for (int j = later.nextSetBit(0); j >= 0; j = later.nextSetBit(j + 1)) {
      seen.add(context, j, digests, "");
    }
    for (String path : digests.replaced()) {
      if (seen.files.containsKey(path) && graph.makerOf(path) < 0) {
        seen.unsteady.add(path);
      }
    }
    return seen;
  }

  private static boolean looked(PlanContext context, int job, String build) {
    JobResult result = context.records().result(job);
    return context.records().isSettled(job) || result != null && build.equals(result.build());
  }

  /**
   * The files that the graph was made from too.
   *
   * @param patterns looked for files on disk, each with what it found
   */
  public void addSources(List<BuildFile.Read> sources, SortedMap<String, List<String>> patterns) {
    for (BuildFile.Read source : sources) {
      for (Path path : List.of(source.asked(), source.file())) {
        if (source.digest() != null && !path.endsWith(BuildFile.INPUT)) {
          Stamp now = stamp(text(path));
          files.putIfAbsent(text(path), new KnownDigest(now, source.digest(), false));
        }
      }
    }
    patterns.forEach(
        (pattern, found) -> {
          lists.putIfAbsent(pattern, SeenList.of(pattern));
          found.forEach(path -> files.putIfAbsent(path, null));
        });
  }

  /** A file that counts as it is now, be it missing. */
  public void add(Path file) {
    files.putIfAbsent(text(file), new KnownDigest(stamp(text(file)), null, true));
  }

  /** What a build that saw these files began with counts as seen by it: no change any more. */
  public void follow(SeenFiles earlier) {
    members.addAll(earlier.members);
  }

  /** The same files as they are now. */
  public SeenFiles again() {
    SeenFiles now = new SeenFiles(root, stamps, graph);
    files.keySet().forEach(path -> now.files.put(path, new KnownDigest(stamp(path), null, true)));
    now.lists.putAll(lists);
    now.members.addAll(members);
    now.exact.addAll(exact);
    return now;
  }

  private String text(Path file) {
    return (file.startsWith(root) ? root.relativize(file) : file).toString();
  }

  /** A job at rest, of which all is known. */
  private void add(int job, JobsAtRest rest) {
    boolean folders = false;
    for (Adjacency of : List.of(graph.needs(), graph.products(), rest.extra())) {
      for (int i = of.from(job); i < of.to(job); i++) {
        int file = of.at(i);
        String path = rest.path(graph, file);
        KnownDigest known = files.containsKey(path) ? null : known(rest, file, path);
        if (known != null) {
          files.put(path, known);
        }
        boolean made = of == graph.products();
        if (made && rest.stamps()[file * JobsAtRest.WIDTH] == JobsAtRest.FOLDER) {
          lists.putIfAbsent(path + "/", SeenList.made(path));
          folders = true;
        }
        if (made || folders && graph.makerOf(path) == job) {
          exact.add(path);
        }
      }
    }
    for (int list : graph.listNeeds().row(job)) {
      add(graph.list(list));
    }
    graph.job(job).tools().stream().filter(Tool::isPath).forEach(t -> exact.addAll(t.paths()));
  }

  /** Null for a folder: which names are in it is told by the list that it belongs to. */
  private KnownDigest known(JobsAtRest rest, int file, String path) {
    int at = file * JobsAtRest.WIDTH;
    long size = rest.stamps()[at];
    long ctime = rest.stamps()[at + JobsAtRest.CTIME];
    if (size == JobsAtRest.FOLDER) {
      return null;
    }
    if (size == JobsAtRest.GONE || ctime == 0) {
      return new KnownDigest(size == JobsAtRest.GONE ? Stamp.MISSING : stamp(path), null, true);
    }
    Stamp stamp =
        new Stamp(
            Stamp.Kind.FILE,
            (size & Stamp.EXECUTABLE) != 0,
            size & ~Stamp.EXECUTABLE,
            rest.stamps()[at + JobsAtRest.MTIME],
            Math.abs(ctime),
            rest.stamps()[at + JobsAtRest.CTIME + 1]);
    return new KnownDigest(stamp, rest.digests().get(file), ctime > 0);
  }

  /** Any other job, by what its manifest asks for. */
  private void add(PlanContext context, int job, DigestMemo digests, String build) {
    addNamed(job, digests, !build.isEmpty());
    Footprint footprint = context.footprint(job);
    footprint.files().forEach(path -> add(path, digests));
    ToolSearch search = context.contents().around().tools();
    for (Tool tool : footprint.tools()) {
      String path = search.path(tool);
      if (path != null) {
        add(path, digests);
        exact.add(path);
      }
    }
    JobResult result = context.records().result(job);
    if (result == null) {
      return;
    }
    for (RecordedProduct made : result.products()) {
      add(made.path(), digests);
      exact.add(made.path());
      if (made.kind() == Stamp.Kind.FOLDER) {
        SeenList folder = SeenList.made(made.path());
        lists.putIfAbsent(made.path() + "/", folder);
        for (String inner : folder.walk(root).names()) {
          add(inner, digests);
          exact.add(inner);
        }
      }
    }
    if (build.equals(result.build())) {
      unsteady.addAll(result.moved());
    }
  }

  /**
   * What the build file names.
   *
   * @param looked whether the build went through the job's lists
   */
  private void addNamed(int job, DigestMemo digests, boolean looked) {
    for (int file : graph.needs().row(job)) {
      add(graph.path(file), digests);
    }
    for (int file : graph.products().row(job)) {
      add(graph.path(file), digests);
      exact.add(graph.path(file));
    }
    for (int id : graph.listNeeds().row(job)) {
      SeenList list = add(graph.list(id));
      for (String path : list == null ? List.<String>of() : list.walk(root).names()) {
        if (!looked
            || last(path, digests) != null
            || !SeenList.isFile(root, path)) { // any other came since
          add(path, digests);
        }
      }
    }
    for (Tool tool : graph.job(job).tools()) {
      if (tool.isPath()) {
        tool.paths().forEach(path -> add(path, digests));
        exact.addAll(tool.paths());
      }
    }
  }

  /** Adds a list of files on disk; null where it is known, or none. */
  private SeenList add(NeedList list) {
    SeenList seen = SeenList.of(list);
    String name = list.written() + list.excludes();
    return seen != null && lists.putIfAbsent(name, seen) == null ? seen : null;
  }

  private void add(String path, DigestMemo digests) {
    if (!files.containsKey(path)) {
      KnownDigest last = last(path, digests);
      files.put(path, last == null ? new KnownDigest(stamp(path), null, true) : last);
    }
  }

  /** What the build saw at a path, or, by way of a link in a folder, where that leads. */
  private KnownDigest last(String path, DigestMemo digests) {
    KnownDigest last = digests == null ? null : digests.last(path);
    if (digests != null && last == null) {
      try {
        last = digests.last(text(root.resolve(path).toRealPath()));
      } catch (IOException e) {
        return null; // nothing is there, or nobody may look
      }
    }
    return last;
  }

  private Stamp stamp(String path) {
    try {
      return stamps.stamp(root, path);
    } catch (IOException e) {
      return CLOSED; // the build tells
    }
  }

  /** Whether all of these are made by jobs. */
  public boolean areMade(Collection<String> paths) {
    return graph != null && paths.stream().allMatch(path -> graph.makerOf(path) >= 0);
  }

  /** Takes some files as they are now. */
  public void accept(Collection<String> paths) {
    for (String path : paths) {
      Stamp now = stamp(path);
      KnownDigest known = new KnownDigest(now, null, true);
      if (now.kind() == Stamp.Kind.FILE) {
        try {
          known = DigestMemo.looking(root, stamps, _ -> null).of(path, now);
        } catch (IOException e) {
          // then any change of it counts
        }
      }
      files.put(path, known);
    }
  }

  /** How many of them were there at the last look. */
  public int size() {
    return there;
  }

  /** The paths of all files, absolute; some may be missing. */
  public List<Path> files() {
    List<Path> all = new ArrayList<>(files.size());
    files.keySet().forEach(path -> all.add(root.resolve(path)));
    return all;
  }

  /** The folders, absolute, in which any name is of interest; as the last look found them. */
  public Set<Path> folders() {
    return folders;
  }

  /** Whether in the last look files stood elsewhere than before, though they hold the same. */
  public boolean moved() {
    return moved;
  }

  /**
   * Looks at everything, and reads what may hold something else.
   *
   * @return the paths that changed, came or went, sorted: relative to the root or absolute
   */
  public SortedSet<String> look() {
    SortedSet<String> changed = new TreeSet<>(unsteady);
    unsteady.clear();
    moved = false;
    there = 0;
    DigestMemo memo = DigestMemo.looking(root, stamps, _ -> null);
    for (Map.Entry<String, KnownDigest> file : files.entrySet()) {
      if (differs(file, memo)) {
        changed.add(file.getKey());
      }
    }
    Set<Path> now = new HashSet<>();
    Set<String> names = new HashSet<>();
    for (SeenList list : lists.values()) {
      SeenList.Found found = list.walk(root);
      found.folders().forEach(folder -> now.add(root.resolve(folder)));
      for (String name : found.names()) {
        boolean made = !list.made() && graph != null && graph.makerOf(name) >= 0;
        if (!made && !members.contains(name) && !files.containsKey(name)) {
          changed.add(name);
        }
        names.add(name);
      }
    }
    folders = now;
    members = names;
    return changed;
  }

  private boolean differs(Map.Entry<String, KnownDigest> file, DigestMemo memo) {
    String path = file.getKey();
    KnownDigest known = file.getValue();
    Stamp now = stamp(path);
    there += now.exists() ? 1 : 0;
    if (known == null) { // that it is there is all that counts
      return !now.exists();
    }
    Stamp before = known.stamp();
    moved |= !now.equals(before);
    if (now.kind() != before.kind()) {
      return now.exists() || !isTemporary(path);
    }
    boolean same = now.equals(before);
    if (now.kind() != Stamp.Kind.FILE) {
      file.setValue(new KnownDigest(now, null, true));
    }
    if (now.kind() != Stamp.Kind.FILE || same && (known.safe() || known.digest() == null)) {
      return false;
    }
    if (known.digest() == null || now.size() != before.size()) {
      return true;
    }
    try {
      KnownDigest read = memo.of(path, now);
      boolean held =
          exact.contains(path)
              ? equal(read.product(), known.product())
              : equal(read.digest(), known.digest());
      file.setValue(new KnownDigest(read.stamp(), read.digest(), isPast(read.stamp().ctime())));
      return !held;
    } catch (IOException e) {
      return true; // the build tells
    }
  }

  private static boolean equal(Digest one, Digest other) {
    return Objects.equals(one, other);
  }

  private static boolean isPast(long ctime) {
    return System.currentTimeMillis() * 1_000_000 > ctime + WINDOW;
  }

  /** Whether nobody minds that a product is gone. */
  private boolean isTemporary(String path) {
    int maker = graph == null ? -1 : graph.makerOf(path);
    return maker >= 0 && graph.isJob(maker) && graph.isTemporary(maker);
  }
}
