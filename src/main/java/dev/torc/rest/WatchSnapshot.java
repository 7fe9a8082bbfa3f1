package dev.torc.rest;

import dev.torc.buildfile.BuildFile;
import dev.torc.graph.Graph;
import dev.torc.graph.NeedList;
import dev.torc.hash.Digest.KnownDigest;
import dev.torc.hash.DigestMemo;
import dev.torc.hash.FileClock;
import dev.torc.hash.FolderDigest;
import dev.torc.hash.Stamp;
import dev.torc.hash.StampSource;
import dev.torc.posix.FileTree;
import dev.torc.syntax.Glob;
import dev.torc.syntax.GlobWalk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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
import java.util.stream.IntStream;

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
  private static final Stamp CLOSED = new Stamp(Stamp.FileKind.OTHER, false, -1, 0, 0, 0);

  private final Path root;
  private final StampSource stamps;
  private final FileClock clock;
  private final Graph graph; // null where no build file could be read
  private final BitSet files; // of the jobs, by number
  private final Set<SeenList> lists = new LinkedHashSet<>();

  /** The other files: null where being there is all that counts, no digest where the stamp does. */
  private final Map<String, KnownDigest> named = new HashMap<>();

  private final Set<String> members =
      new HashSet<>(); // of lists, when these were last gone through
  private final Set<Path> folders = new HashSet<>();
  private CleanJobs rest; // null where no build saw the files; then all of them are named

  /**
   * Of some jobs what a build saw, or all of them as they are now.
   *
   * @param root what relative paths are relative to
   * @param graph null where no build file could be read
   * @param jobs of the graph, those that are built
   * @param rest what the build left; null where none came to its end
   * @param clock of the file system
   */
  public WatchSnapshot(
      Path root, Graph graph, BitSet jobs, CleanJobs rest, StampSource stamps, FileClock clock) {
    this.root = root;
    this.stamps = stamps;
    this.clock = clock;
    this.graph = graph;
    this.rest = rest;
    this.files = rest == null ? new BitSet() : rest.files(graph, jobs);
    jobs.stream().forEach(this::addFiles);
    if (rest == null) {
      members.addAll(names());
    }
  }

  /** Adds the lists of a job, and its files where no build saw them. */
  private void addFiles(int job) {
    lists.addAll(SeenList.needed(graph, job));
    if (rest == null) {
      IntStream.of(graph.needs().row(job)).mapToObj(graph::path).forEach(this::add);
      IntStream.of(graph.products().row(job)).mapToObj(graph::path).forEach(this::add);
    }
    for (int file : graph.products().row(job)) {
      String path = graph.path(file);
      if (rest == null ? stamp(path).kind() == Stamp.FileKind.FOLDER : rest.isFolder(file)) {
        lists.add(SeenList.made(path));
      }
    }
  }

  /** Nothing was seen of any job. */
  public static WatchSnapshot none(Path root, StampSource stamps) {
    return new WatchSnapshot(root, null, new BitSet(), null, stamps, FileClock.none());
  }

  /** The same files as they are now. */
  public WatchSnapshot anew() {
    WatchSnapshot now = new WatchSnapshot(root, graph, new BitSet(), null, stamps, clock);
    files().forEach(now::add);
    now.lists.addAll(lists);
    now.members.addAll(now.names());
    return now;
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
        named.keySet().stream()
            .filter(path -> !isOfJobs(path) && stamp(path).kind() == Stamp.FileKind.FILE)
            .count();
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
    if (rest != null) {
      TouchedFiles touched = new TouchedFiles(rest, graph, memo, true);
      BitSet moved = touched.moved(stamps, CleanJobs.THREADS);
      moved.and(files);
      touched.takeFrom(moved, CleanJobs.THREADS);
      moved.stream()
          .filter(file -> matters(rest.path(graph, file), rest.isFolder(file)))
          .forEach(file -> changed.add(rest.path(graph, file)));
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
    if (known == null) {
      return !now.exists();
    } else if (known.digest() == null) {
      return !now.equals(known.stamp())
          && matters(path, known.stamp().kind() == Stamp.FileKind.FOLDER);
    }
    try {
      return !known.digest().equals(memo.of(path, now).digest());
    } catch (IOException e) {
      return true; // the build tells
    }
  }

  /** Names in a folder are told by its list, and a temporary product may go. */
  private boolean matters(String path, boolean folder) {
    Stamp now = stamp(path);
    if (now.exists()) {
      return now.kind() != Stamp.FileKind.FOLDER || !folder;
    }
    int maker = graph == null ? -1 : graph.makerOf(path);
    boolean temporary = maker >= 0 && graph.isJob(maker) && graph.isTemporary(maker);
    return !temporary && (!folder || lists.stream().anyMatch(list -> list.isInside(path)));
  }

  private boolean isOfJobs(String path) {
    return rest != null && rest.has(graph, path);
  }

  /** What the lists find now, but for products that are found by name. */
  private Set<String> names() {
    Set<String> names = new HashSet<>();
    folders.clear();
    for (SeenList list : lists) {
      SeenList.Listed found = list.walk(root);
      found.folders().forEach(folder -> folders.add(root.resolve(folder)));
      found.names().stream()
          .filter(name -> list.made() || graph == null || graph.makerOf(name) < 0)
          .forEach(names::add);
    }
    return names;
  }

  /**
   * A glob or a folder whose names are of interest: which there are now. What they contain is not
   * its business.
   *
   * @param glob null for a folder
   * @param folder its path; where a glob begins to look
   * @param excludes patterns whose matches do not count
   * @param made whether it is a product: no other job may put anything there
   */
  record SeenList(Glob glob, String folder, List<Glob> excludes, boolean made) {

    /**
     * What is there.
     *
     * @param names relative to the root or absolute as the list is; of a folder the folders and
     *     links in it too
     * @param folders where names can come and go
     */
    record Listed(List<String> names, List<String> folders) {}

    /** All that a pattern matches. */
    static SeenList of(String pattern) {
      Glob glob = Glob.of(pattern);
      return new SeenList(glob, glob.fixedPrefix(), List.of(), false);
    }

    /** Whatever is below a folder that a job made. */
    static SeenList made(String folder) {
      return new SeenList(null, folder, List.of(), true);
    }

    /** The globs and folders that a job needs. */
    static List<SeenList> needed(Graph graph, int job) {
      List<SeenList> needed = new ArrayList<>();
      for (int id : graph.listNeeds().row(job)) {
        NeedList list = graph.list(id);
        if (!list.ofJobs()) {
          Glob glob = list.glob();
          String folder = glob == null ? list.text() : glob.fixedPrefix();
          needed.add(new SeenList(glob, folder, list.excludes(), false));
        }
      }
      return needed;
    }

    /** Goes through it; what cannot be listed has no names, since it is the build that tells. */
    Listed walk(Path root) {
      Listed found = new Listed(new ArrayList<>(), new ArrayList<>());
      if (glob == null || FolderDigest.counts(folder)) {
        found.folders.add(folder);
      }
      try {
        if (glob != null) {
          GlobWalk.Found all = GlobWalk.all(root, glob);
          found.names.addAll(all.files());
          found.folders.addAll(all.folders());
        } else {
          enter(root, folder.equals(".") ? "" : folder, found, new HashSet<>());
        }
      } catch (IOException e) {
        found.names.clear();
      }
      found.names.removeIf(name -> excludes.stream().anyMatch(each -> each.matches(name)));
      return found;
    }

    /** Links to folders are entered: those that lead out of the folder count with what is there. */
    private static void enter(Path root, String path, Listed into, Set<Path> open)
        throws IOException {
      Path folder = root.resolve(path);
      if (!Files.isDirectory(folder)) {
        return;
      }
      Path real = folder.toRealPath();
      if (!open.add(real)) {
        return;
      }
      into.folders.add(path);
      for (Path entry : FileTree.entries(folder)) {
        String name = entry.getFileName().toString();
        if (!FolderDigest.IGNORED.contains(name)) {
          String child = FolderDigest.join(path, name);
          into.names.add(child);
          enter(root, child, into, open);
        }
      }
      open.remove(real);
    }

    /** Whether a path is below a folder of which all counts. */
    boolean isInside(String path) {
      return glob == null && (folder.equals(".") || path.startsWith(folder + "/"));
    }

    /** Whether a name that was found is that of a file, and of no link. */
    static boolean isFile(Path root, String name) {
      return Files.isRegularFile(root.resolve(name), LinkOption.NOFOLLOW_LINKS);
    }
  }
}
