package dev.torc.features.fastpath;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.FileClock;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.StampSource;
import dev.torc.base.posix.InputFile;
import dev.torc.base.posix.Memory;
import dev.torc.base.posix.Walk;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.GlobWalk;
import dev.torc.base.syntax.Paths;
import dev.torc.core.model.Graph;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.NeedList.ListKind;
import dev.torc.core.model.NeedList.Naming;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The state that a watch compares with the disk: the build files and the files of all jobs that it
 * builds. It starts with the state in {@link FreshJobs}, as the last build saw it, so no edit is
 * missed, not even one during the build. {@link #look} finds changed files and new names in globs
 * and folders, and updates the state. A file that was only touched has not changed.
 *
 * <p>The next build decides what a change means. Only one thread may use this class at a time.
 */
public final class WatchSnapshot {

  /** Files of Vim, Emacs, LibreOffice, Office, Kate, JetBrains and gedit. */
  private static final Pattern EDITORS =
      Pattern.compile(
          "\\..*\\.sw[a-z]x?|\\.#.*|#.*#|.*~|\\.~lock\\..*#|~\\$.*|\\..*\\.kate-swp"
              + "|.*___jb_(tmp|old)___|\\.goutputstream-.*");

  /** The maximum length of a path, in bytes. */
  private static final int LONGEST = 1 << 13;

  private final Graph graph;
  private final Path root;
  private final StampSource stamps;
  private final DigestMemo reader;
  private final FreshFiles files;
  private final List<NeedList> lists = new ArrayList<>(); // globs and folders to list
  private Set<String> members = new HashSet<>(); // names in lists at the last look
  private final Set<String> listed = new HashSet<>(); // the sources among them
  private final Set<Path> folders = new HashSet<>(); // folders listed at the last look

  /**
   * Starts with the state that a build saw of some jobs' files or, if {@code fresh} is null, with
   * their present state.
   *
   * @param clock the clock of the file system
   */
  public WatchSnapshot(
      Graph graph, BitSet jobs, FreshJobs fresh, StampSource stamps, FileClock clock) {
    this.graph = graph;
    this.root = graph.workflow().root();
    this.stamps = stamps;
    this.reader = new DigestMemo(root, stamps, clock, _ -> null, (_, _) -> {});
    this.files = new FreshFiles(graph);
    EarlierFiles seen = fresh == null ? null : new EarlierFiles(files, graph, fresh.files());
    BitSet needed = new BitSet();
    for (int job : jobs.stream().toArray()) {
      if (seen == null) {
        IntStream.of(graph.needs().row(job)).forEach(this::addNow);
        IntStream.of(graph.products().row(job)).forEach(this::addNow);
      } else {
        seen.copyOf(job);
      }
      IntStream.of(graph.listNeeds().row(job)).forEach(needed::set);
      IntStream.of(graph.products().row(job))
          .filter(files::isFolder)
          .forEach(file -> lists.add(PresentFiles.folder(graph.path(file))));
    }
    needed.stream().mapToObj(graph::list).forEach(list -> addList(list, jobs));
    if (fresh == null) {
      members = names();
      setListed(members);
    }
  }

  /**
   * Starts with the present state of the sources that jobs need, and of no other files.
   *
   * @param earlier may have read some of them; null for none
   */
  public static WatchSnapshot ofSources(
      Graph graph, BitSet jobs, StampSource stamps, FileClock clock, WatchSnapshot earlier) {
    WatchSnapshot sources = new WatchSnapshot(graph, new BitSet(), null, stamps, clock);
    SeenFiles read = null;
    if (earlier != null) {
      earlier.look();
      read = earlier.files.seen(null);
    }
    BitSet needed = new BitSet();
    BitSet lists = new BitSet();
    for (int job : jobs.stream().toArray()) {
      IntStream.of(graph.needs().row(job)).forEach(needed::set);
      IntStream.of(graph.listNeeds().row(job)).forEach(lists::set);
    }
    for (int file : needed.stream().filter(each -> graph.maker(each) < 0).toArray()) {
      String path = graph.path(file);
      if (read != null && earlier.files.isKnown(path)) {
        sources.files.copy(earlier.graph, read, earlier.files.number(path));
      } else {
        sources.addNow(file);
      }
    }
    lists.stream().mapToObj(graph::list).filter(list -> !list.ofJobs()).forEach(sources.lists::add);
    sources.members = sources.names();
    sources.setListed(sources.members);
    return sources;
  }

  /** Adds a needed list; one of jobs that the watch never runs counts as their products. */
  private void addList(NeedList list, BitSet jobs) {
    if (!list.ofJobs()) {
      lists.add(list);
      return;
    }
    for (int maker : list.makers()) {
      if (graph.isJob(maker) && !jobs.get(maker)) {
        for (int file : graph.products().row(maker)) {
          addNow(file);
          if (files.isFolder(file)) {
            NeedList folder = PresentFiles.folder(graph.path(file));
            lists.add(folder);
            members.addAll(PresentFiles.walk(root, folder).files());
          }
        }
      }
    }
  }

  private void addNow(int file) {
    files.put(file, PresentFiles.now(reader, files.path(file)));
  }

  /** Adds a build file that the graph was made from. */
  public void addSource(Path path, Digest digest) {
    String text = Paths.named(root, path);
    Stamp stamp = PresentFiles.now(reader, text).stamp();
    files.put(files.number(text), new KnownDigest(stamp, digest, false));
  }

  /** Adds the globs and ways that decided which build files the graph was made from. */
  public void addPatterns(SortedMap<String, List<String>> patterns) {
    for (String pattern : patterns.keySet()) {
      if (Walk.isWay(pattern)) {
        addNow(files.number(pattern));
        continue;
      }
      List<Glob> all = GlobWalk.patterns(pattern);
      List<Glob> excludes = all.subList(1, all.size());
      Naming naming = new Naming(all.getFirst().toString(), all.getFirst(), null);
      lists.add(new NeedList(ListKind.GLOB, naming, excludes, null, List.of(), -1));
      members.addAll(patterns.get(pattern));
    }
  }

  /** Adds a file with its present state, even if it is missing, unless its state is known. */
  public void add(Path path) {
    String text = Paths.named(root, path);
    if (!files.isKnown(text)) {
      addNow(files.number(text));
    }
  }

  /** Adds the names of an earlier snapshot as already seen, since the build started with them. */
  public void follow(WatchSnapshot earlier) {
    members.addAll(earlier.members);
    for (String name : earlier.listed) {
      if (lists.stream().anyMatch(list -> list.covers(name) && !list.excludes(name))) {
        listed.add(name);
      }
    }
  }

  /** Returns whether there is at least one path and jobs make all of them. */
  public boolean areMade(Collection<String> paths) {
    return !paths.isEmpty() && paths.stream().allMatch(path -> graph.makerOf(path) >= 0);
  }

  public int size() {
    SeenFiles seen = files.seen(null);
    return (int) IntStream.range(0, files.count()).filter(seen::isFile).count();
  }

  /**
   * Returns the absolute paths of all files; some may be missing. A path that ends with {@code .}
   * stands for all names that may appear in that folder.
   */
  public List<Path> files() {
    List<Path> all = new ArrayList<>(folders);
    IntStream.range(0, files.count())
        .filter(files::isKnown)
        .forEach(file -> all.add(root.resolve(files.path(file))));
    return all;
  }

  /**
   * Looks at everything and returns the paths that changed since the last look, sorted. They are
   * relative to the root or absolute.
   */
  public SortedSet<String> look() {
    SortedSet<String> changed = new TreeSet<>();
    SeenFiles seen = files.seen(null);
    TouchedFiles touched = new TouchedFiles(seen, graph, reader.emptyCopy(), true);
    BitSet moved = touched.moved(stamps, null, seen.threads(true));
    touched.removeTouched(moved, SeenFiles.THREADS);
    files.put(touched.stamps());
    for (int file : moved.stream().toArray()) {
      KnownDigest now = PresentFiles.now(reader, files.path(file));
      if (matters(file, now.stamp())) {
        changed.add(files.path(file));
      }
      files.put(file, now);
    }
    Set<String> names = names();
    names.stream()
        .filter(name -> !members.contains(name) && !files.isKnown(name))
        .forEach(changed::add);
    listed.removeAll(names);
    changed.addAll(listed); // a removed dangling link changes no stamp
    members = names;
    setListed(names);
    changed.removeIf(path -> graph.fileId(path) < 0 && isEditors(path));
    return changed;
  }

  private void setListed(Set<String> names) {
    listed.clear();
    names.stream().filter(name -> graph.makerOf(name) < 0).forEach(listed::add);
  }

  /** Returns whether a name is that of an editor's lock, swap file or backup. */
  static boolean isEditors(String path) {
    return EDITORS.matcher(path.substring(path.lastIndexOf('/') + 1)).matches();
  }

  /** Returns whether a process has any of the files open for writing, if the kernel shows this. */
  public boolean anyOpen(Collection<String> paths) {
    Memory buffer = Memory.of(LONGEST);
    for (String path : paths) {
      Path file = root.resolve(path);
      if (Files.isRegularFile(file)) {
        try (InputFile in = InputFile.open(file.toString(), false, buffer)) {
          if (in.hasWriters()) {
            return true;
          }
        } catch (IOException unknown) {
          continue; // the build reports the error
        }
      }
    }
    return false;
  }

  /**
   * Returns whether a changed stamp counts. It does not for a folder that still exists, since new
   * names are found by listing it, nor for a removed temporary product.
   */
  private boolean matters(int file, Stamp now) {
    boolean folder = files.isFolder(file);
    if (now.exists()) {
      return now.kind() != Stamp.FileKind.FOLDER || !folder;
    }
    String path = files.path(file);
    int maker = graph.makerOf(path);
    boolean temporary = maker >= 0 && graph.isJob(maker) && graph.isTemporary(maker);
    return !temporary
        && (!folder || lists.stream().anyMatch(list -> list.glob() == null && list.covers(path)));
  }

  /** Returns the names now in the lists: in a job's folder its products, elsewhere sources. */
  private Set<String> names() {
    Set<String> names = new HashSet<>();
    folders.clear();
    for (NeedList list : lists) {
      String start = list.glob() == null ? list.text() : list.glob().fixedPrefix();
      GlobWalk.Found found = PresentFiles.walk(root, list);
      found.folders().add(start); // the folder may appear later
      found.folders().forEach(folder -> folders.add(root.resolve(folder).resolve(".")));
      int maker = graph.makerOf(start);
      found.files().stream().filter(name -> graph.makerOf(name) == maker).forEach(names::add);
    }
    return names;
  }
}
