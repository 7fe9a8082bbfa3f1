package dev.torc.plan;

import dev.torc.graph.Graph;
import dev.torc.graph.NeedList;
import dev.torc.graph.NeedList.ListKind;
import dev.torc.hash.Digest;
import dev.torc.hash.Digest.KnownDigest;
import dev.torc.hash.DigestMemo;
import dev.torc.hash.FolderDigest;
import dev.torc.hash.Stamp;
import dev.torc.hash.Stamp.FileKind;
import dev.torc.plan.MachineInputs.ImageSource;
import dev.torc.plan.ManifestWriter.Content;
import dev.torc.plan.NeedContents.NeedFiles;
import dev.torc.plan.Reason.Kind;
import dev.torc.posix.Io;
import dev.torc.records.JobResult.ManifestEntry;
import dev.torc.records.RecordedProduct.OwnedPath;
import dev.torc.syntax.NearestPath;
import dev.torc.text.Refusal;
import dev.torc.text.SafeText;
import dev.torc.workflow.Job.Tool;
import dev.torc.workflow.Ref;
import dev.torc.workflow.Step;
import dev.torc.workflow.Step.Image;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The needs of a job at its start. Its record says that it read these, and when it has ended they
 * are compared with the disk (rule 6). Creating one looks at every needed file again.
 */
public final class NeedSnapshot implements InputSource, NeedFiles {

  private static final int FEW = 8;

  private final Graph graph;
  private final NeedContents contents;
  private final DigestMemo digests;
  private final int job;
  private final Map<String, KnownDigest> files = new LinkedHashMap<>(); // needed by themselves
  private final Map<String, FolderDigest> folders = new HashMap<>(); // the folders among the files
  private final PathTrail trail; // of the files
  private PathTrail later; // of the files, after the job ended
  private PathTrail found; // of the files that are taken in now: the first one, or the later one
  private final Map<Integer, ListLook> lists = new LinkedHashMap<>();
  private Set<Path> targets; // the real paths of the files; null before they are asked for
  private final Map<String, KnownDigest> images = new HashMap<>(); // those that are files here
  private final SortedMap<String, Content> data = new TreeMap<>();
  private final TreeSet<String> missing = new TreeSet<>();
  private final Set<String> without = new HashSet<>(0); // optional needs that do not exist
  private String missingData; // the message about a missing value; null for none
  private long end;

  NeedSnapshot(Graph graph, NeedContents contents, DigestMemo digests, int job) throws IOException {
    this.graph = graph;
    this.contents = contents;
    this.digests = digests;
    this.job = job;
    this.trail = new PathTrail(digests);
    this.later = new PathTrail(digests);
    this.found = trail;
    for (int file : graph.needs().row(job)) {
      String path = graph.path(file);
      int maker = graph.maker(file);
      if (!addFile(path, path) || maker >= 0 && !contents.made(maker, path)) {
        (graph.job(job).isOptional(path) ? without : missing).add(path);
      }
    }
    for (Tool tool : ToolSearch.unmade(graph, graph.job(job))) {
      String path = contents.machine().tools().path(tool);
      if (!addFile(tool.name(), path)) {
        missing.add(path == null ? tool.name() : path);
      }
    }
    for (Step step : graph.job(job).runs().steps()) {
      Image image = step.image();
      if (image != null && image.file() == null) {
        ImageSource.Here here = contents.machine().image(image);
        if (here != null && here.file() != null) {
          images.put(image.name(), add(here.file()));
        }
      }
    }
    NeedValues.needed(graph.job(job)).forEach(this::addValue);
    long begin = contents.looks().now();
    for (int list : graph.listNeeds().row(job)) {
      addList(list, begin);
    }
  }

  /** Looks at a needed file or program and returns whether it exists; the path may be null. */
  private boolean addFile(String need, String path) throws IOException {
    try {
      return path != null && add(path).stamp().exists();
    } catch (IOException e) {
      throw unreadable(need, Refusal.why(e));
    }
  }

  private void addValue(String name, Ref.OfData value) {
    Content content = contents.ofData(value);
    data.put(name, content);
    if (content instanceof Content.Missing && value.job() != null) {
      missingData = contents.values().missing(value);
    }
  }

  private void addList(int id, long begin) throws IOException {
    ListLook look = contents.looks().lookAfter(id, begin);
    lists.put(id, look);
    ManifestEntry unreadable = look.members().unreadable();
    if (unreadable != null) {
      String why = unreadable.now().substring(ManifestWriter.UNREADABLE.length());
      throw unreadable(unreadable.name(), why);
    }
    NeedList list = graph.list(id);
    if (list.kind() == ListKind.FOLDER
        && list.makers().isEmpty()
        && !digests.stamp(list.text()).exists()) {
      missing.add(list.text() + "/");
    }
  }

  private static IOException unreadable(String need, String why) {
    return new IOException(new Reason(Kind.NEED_UNREADABLE, need, "", why).lack());
  }

  /** Returns whether the way to a found need changed at or after a time, in ns since 1970. */
  public boolean wayChanged(String path, long begun) throws IOException {
    return later.changedSince(path, found, begun);
  }

  /** Returns whether a path existed when this build last looked at it. */
  public boolean saw(String path) {
    KnownDigest last = digests.last(path);
    return last != null && last.stamp().exists();
  }

  /** Adds a found need and returns what is known of it. */
  public KnownDigest add(String path) throws IOException {
    KnownDigest known = found.lookAt(path);
    NeedContents.refuseFolder(graph, path, known);
    files.put(path, known);
    if (known.stamp().kind() == FileKind.FOLDER) {
      folders.put(path, digests.folder(path, false));
    }
    return known;
  }

  @Override
  public Content of(String path) {
    if (!has(path)) {
      return new Content.Missing();
    }
    FolderDigest folder = folders.get(path);
    return NeedContents.content(
        folder != null ? folder.digest() : NeedContents.counted(files.get(path), isMade(path)));
  }

  @Override
  public boolean has(String path) {
    return !without.contains(path);
  }

  @Override
  public int makerOfFound(Graph graph, int job, String path) {
    return contents.makerOfFound(graph, job, path);
  }

  private boolean isMade(String path) {
    return makerOfFound(graph, job, path) >= 0;
  }

  @Override
  public Content ofList(int list) {
    return new Content.Known(lists.get(list).members().digest());
  }

  @Override
  public boolean reordered(int list) {
    return lists.get(list).members().reordered();
  }

  @Override
  public LeftOut leftOut(int list) {
    return lists.get(list).members().leftOut();
  }

  @Override
  public Content ofTool(Tool tool) {
    KnownDigest found = files.get(contents.machine().tools().path(tool));
    return NeedContents.content(found == null ? null : found.product());
  }

  /** Returns the identity of an image that was fetched before the job started. */
  @Override
  public ImageIdentity ofImage(int job, String step, Image image) {
    KnownDigest file = images.get(image.name());
    return file == null
        ? contents.ofImage(job, step, image)
        : ImageIdentity.of(image.name(), file.digest());
  }

  @Override
  public Optional<String> ofVariable(String name) {
    return contents.ofVariable(name);
  }

  @Override
  public Content ofData(Ref.OfData value) {
    return data.get(value.written());
  }

  @Override
  public SortedMap<String, String> data() {
    return values(graph.job(job));
  }

  /** Returns the jobs that were left out, for each need that skips failed ones. */
  public List<LeftOut> leftOut() {
    return leftOut(graph, job);
  }

  /**
   * Returns the message about a missing file or value; null for none. A file is also missing if it
   * exists but its maker did not make it.
   */
  public String lack() {
    return missing.isEmpty() ? missingData : gone(graph, missing.getFirst());
  }

  /** Returns the message about a missing file. */
  public static String gone(Graph graph, String path) {
    int maker = graph.makerOf(path);
    String name = SafeText.name(path);
    String lack =
        maker < 0 ? name + " is gone" : name + " was not made by job " + graph.name(maker);
    return "need " + lack + NearestPath.inParentheses(graph.workflow().root().resolve(path), path);
  }

  /** Returns whether a path is needed as declared, by itself or as a member of a list. */
  public boolean declares(String path) {
    return files.containsKey(path)
        || !lists.isEmpty()
            && lists.values().stream().anyMatch(look -> look.files().containsKey(path));
  }

  /** Returns whether an existing file is needed under another name: a link to it, or its target. */
  public synchronized boolean declaresTarget(Path file) throws IOException {
    if (targets == null) {
      targets = new HashSet<>();
      Set<String> all = new HashSet<>(files.keySet());
      for (ListLook look : lists.values()) {
        all.addAll(look.members().files());
        all.addAll(look.folders().keySet());
      }
      for (String path : all) {
        targets.add(AllowedRoots.real(graph.workflow().root().resolve(path)));
      }
    }
    boolean found = false;
    for (Path at = file.toRealPath(); at != null && !found; at = at.getParent()) {
      found = targets.contains(at); // itself, or a needed folder that a job made
    }
    return found;
  }

  @Override
  public List<String> files(int list) {
    return lists.get(list).members().files();
  }

  /** Returns the members of lists and the values of groups by digest, for the record. */
  Map<Digest, List<ManifestEntry>> members() {
    Map<Digest, List<ManifestEntry>> all = new TreeMap<>();
    lists.values().forEach(l -> all.put(l.members().digest(), l.members().entries()));
    for (Content content : data.values()) {
      if (content instanceof Content.Value value && value.members() != null) {
        all.put(Digest.ofText(value.json()), value.members());
      }
    }
    return all;
  }

  /** Returns the stale files of needed globs and folders; see {@link NeedMembers}. */
  public List<OwnedPath> stale() {
    List<OwnedPath> stale = new ArrayList<>();
    lists.values().forEach(look -> stale.addAll(look.members().stale()));
    return stale;
  }

  /** Returns whether only a few files have to be looked at again. */
  public boolean isSmall() {
    return lists.isEmpty() && folders.isEmpty() && files.size() <= FEW;
  }

  /** Notes that the job's processes have ended: later looks come after them. */
  public void ended() {
    end = contents.looks().now();
    later = new PathTrail(digests);
    found = later; // what is found from now on is looked at once, after the job
  }

  /**
   * Returns the needs that moved between start and {@link #ended}, sorted, even if their bytes were
   * put back: see {@link DigestMemo#moved(String, Known, java.util.function.BooleanSupplier)}.
   */
  public List<String> moved() {
    TreeSet<String> moved = new TreeSet<>();
    files.forEach(
        (path, known) ->
            addMoved(
                path,
                () -> later.moved(path, trail) || digests.moved(path, known, () -> isMade(path)),
                moved));
    folders.forEach(
        (path, folder) -> addMoved(path + "/", () -> digests.moved(path, folder, false), moved));
    lists.forEach(
        (list, look) ->
            addMoved(
                graph.list(list).written(),
                () -> {
                  look.addMoved(contents.looks().lookAfter(list, end), moved);
                  return false;
                },
                moved));
    return List.copyOf(moved);
  }

  /**
   * Returns the needs that changed at or after a time, sorted: it is unknown what the job read of
   * them. The time is in nanoseconds since 1970, by the clock of their file system.
   */
  public List<String> changedSince(long begun) {
    TreeSet<String> late = new TreeSet<>();
    addLate(files.keySet(), folders, begun, late);
    for (ListLook look : lists.values()) {
      addLate(look.members().files(), look.folders(), begun, late);
    }
    return List.copyOf(late);
  }

  private void addLate(
      Collection<String> paths, Map<String, FolderDigest> made, long begun, TreeSet<String> late) {
    for (String path : paths) {
      FolderDigest folder = made.get(path);
      String shown = folder == null ? path : path + "/";
      addMoved(shown, () -> isLate(path, folder, begun), late);
    }
  }

  /**
   * Returns whether a file or folder changed after the start. A product made just before often has
   * the start's very time, so that time does not count for products.
   */
  private boolean isLate(String path, FolderDigest folder, long begun) throws IOException {
    long late = isMade(path) ? begun + 1 : begun;
    Stamp stamp = digests.stamp(path);
    return !stamp.exists()
        || stamp.ctime() >= late
        || trail.changedSince(path, trail, begun)
        || folder != null && folder.members().stream().anyMatch(m -> m.stamp().ctime() >= late);
  }

  /** Adds a path if the check says so, or if it cannot be looked at any more. */
  private static void addMoved(String path, Io.Get<Boolean> check, TreeSet<String> into) {
    try {
      if (check.get()) {
        into.add(path);
      }
    } catch (IOException e) {
      into.add(path);
    }
  }
}
