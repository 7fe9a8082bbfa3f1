package dev.torc.rest;

import dev.torc.buildfile.BuildFile;
import dev.torc.graph.Graph;
import dev.torc.hash.Digest.KnownDigest;
import dev.torc.hash.DigestMemo;
import dev.torc.hash.FileClock;
import dev.torc.hash.Stamp;
import dev.torc.hash.StampSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a watch compares the disk with: the files of the jobs that it builds, as {@link CleanJobs}
 * has them, dirty jobs included, and beside them the build files. A look tells which hold something
 * else now, and what came to the globs and folders, so that no edit is missed, be it from while the
 * build ran. A file that was only touched holds the same.
 *
 * <p>It keeps no account of its own of the jobs' files, and it does not know what a change means:
 * the next build decides. For one thread at a time.
 */
public final class WatchSnapshot {

  /** In place of a file that cannot be looked at. */
  private static final Stamp CLOSED = new Stamp(Stamp.Kind.OTHER, false, -1, 0, 0, 0);

  private static final int THREADS = Runtime.getRuntime().availableProcessors();

  private final Path root;
  private final StampSource stamps;
  private final FileClock clock;
  private final Graph graph; // null where no build file could be read
  private final BitSet jobs;
  private final BitSet files; // of these jobs, by number
  private final Set<SeenList> lists = new LinkedHashSet<>();

  /** The other files: null where being there is all that counts, no digest where the stamp does. */
  private final Map<String, KnownDigest> named = new HashMap<>();

  private final Set<String> members =
      new HashSet<>(); // of lists, when these were last gone through
  private final Set<Path> folders = new HashSet<>();
  private CleanJobs rest;

  private WatchSnapshot(
      Path root, StampSource stamps, FileClock clock, Graph graph, BitSet jobs, CleanJobs rest) {
    this.root = root;
    this.stamps = stamps;
    this.clock = clock;
    this.graph = graph;
    this.jobs = jobs;
    this.rest = rest;
    this.files = graph == null ? new BitSet() : rest.files(graph, jobs);
    for (int j = jobs.nextSetBit(0); j >= 0; j = jobs.nextSetBit(j + 1)) {
      for (int list : graph.listNeeds().row(j)) {
        if (!graph.list(list).ofJobs()) {
          lists.add(SeenList.of(graph.list(list)));
        }
      }
      for (int file : graph.products().row(j)) {
        if (rest.isFolder(file)) {
          lists.add(SeenList.made(graph.path(file)));
        }
      }
    }
  }

  /** Nothing was seen; what is added counts as it is now. */
  public static WatchSnapshot none(Path root, StampSource stamps) {
    return new WatchSnapshot(root, stamps, FileClock.none(), null, new BitSet(), null);
  }

  /**
   * What a build saw.
   *
   * @param jobs of the graph, those that are built
   * @param rest what the build left; {@link CleanJobs#none} where it did not come to its end
   * @param clock of the file system
   */
  public static WatchSnapshot of(
      Graph graph, BitSet jobs, CleanJobs rest, StampSource stamps, FileClock clock) {
    return new WatchSnapshot(graph.workflow().root(), stamps, clock, graph, jobs, rest);
  }

  /** The same files as they are now. */
  public WatchSnapshot again() {
    CleanJobs now = graph == null ? null : rest.anew(graph, files, this::stamp);
    WatchSnapshot again = new WatchSnapshot(root, stamps, clock, graph, jobs, now);
    named.keySet().forEach(again::add);
    again.lists.addAll(lists);
    again.members.addAll(again.names());
    return again;
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
          named.put(text(path), new KnownDigest(CLOSED, source.digest(), false));
        }
      }
    }
    patterns.forEach(
        (pattern, found) -> {
          lists.add(SeenList.of(pattern));
          found.forEach(path -> named.putIfAbsent(path, null));
        });
  }

  /** A file that counts as it is now, be it missing. */
  public void add(Path file) {
    add(text(file));
  }

  private void add(String path) {
    named.computeIfAbsent(path, _ -> new KnownDigest(stamp(path), null, true));
  }

  /** What a build that saw these files began with counts as seen by it: no change any more. */
  public void follow(WatchSnapshot earlier) {
    members.addAll(earlier.members);
  }

  private String text(Path file) {
    return (file.startsWith(root) ? root.relativize(file) : file).toString();
  }

  private Stamp stamp(String path) {
    try {
      return stamps.stamp(root, path);
    } catch (IOException e) {
      return CLOSED; // the build tells
    }
  }

  /** Whether these are all made by jobs, and any is there. */
  public boolean areMade(Collection<String> paths) {
    return graph != null
        && !paths.isEmpty()
        && paths.stream().allMatch(path -> graph.makerOf(path) >= 0);
  }

  /** How many files there are, as far as is known. */
  public int size() {
    long more =
        named.keySet().stream().filter(path -> !isOfJobs(path) && stamp(path).exists()).count();
    return (int) more + (int) files.stream().filter(file -> rest.isFile(file)).count();
  }

  /** The paths of all files, absolute; some may be missing. */
  public List<Path> files() {
    List<Path> all = new ArrayList<>();
    files.stream().forEach(file -> all.add(root.resolve(rest.path(graph, file))));
    named.keySet().forEach(path -> all.add(root.resolve(path)));
    return all;
  }

  /** The folders, absolute, in which any name is of interest; as the last look found them. */
  public Set<Path> folders() {
    return folders;
  }

  /**
   * Looks at everything, and reads what may hold something else.
   *
   * @return the paths that changed, came or went, sorted: relative to the root or absolute
   */
  public SortedSet<String> look() {
    SortedSet<String> changed = new TreeSet<>();
    DigestMemo memo = new DigestMemo(root, stamps, clock, _ -> null, (_, _) -> {});
    named.forEach(
        (path, known) -> {
          if (differs(path, known, memo)) {
            changed.add(path);
          }
        });
    if (graph != null) {
      BitSet moved = rest.moved(graph, stamps, THREADS);
      moved.and(files);
      TouchedFiles touched = new TouchedFiles(rest, graph, memo, true);
      touched.takeFrom(moved, THREADS);
      moved.stream().filter(this::matters).forEach(f -> changed.add(rest.path(graph, f)));
      rest = rest.with(touched.stamps());
    }
    Set<String> names = names();
    for (String name : names) {
      if (!members.contains(name) && !named.containsKey(name) && !isOfJobs(name)) {
        changed.add(name);
      }
    }
    members.clear();
    members.addAll(names);
    return changed;
  }

  private boolean differs(String path, KnownDigest known, DigestMemo memo) {
    Stamp now = stamp(path);
    try {
      return known == null
          ? !now.exists()
          : known.digest() == null
              ? !now.equals(known.stamp())
              : !known.digest().equals(memo.of(path, now).digest());
    } catch (IOException e) {
      return true; // the build tells
    }
  }

  /** Names in a folder are told by its list, and a temporary product may go. */
  private boolean matters(int file) {
    String path = rest.path(graph, file);
    Stamp now = stamp(path);
    int maker = graph.makerOf(path);
    boolean temporary = maker >= 0 && graph.isJob(maker) && graph.isTemporary(maker);
    return now.exists()
        ? now.kind() != Stamp.Kind.FOLDER || !rest.isFolder(file)
        : !temporary
            && (!rest.isFolder(file) || lists.stream().anyMatch(list -> list.isInside(path)));
  }

  private boolean isOfJobs(String path) {
    return graph != null && rest.has(graph, path);
  }

  /** What the lists find now, but for products that are found by name. */
  private Set<String> names() {
    Set<String> names = new HashSet<>();
    folders.clear();
    for (SeenList list : lists) {
      SeenList.Found found = list.walk(root);
      found.folders().forEach(folder -> folders.add(root.resolve(folder)));
      found.names().stream()
          .filter(name -> list.made() || graph == null || graph.makerOf(name) < 0)
          .forEach(names::add);
    }
    return names;
  }
}
