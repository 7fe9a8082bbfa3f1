package dev.torc.core.decide;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.FolderDigest;
import dev.torc.base.digests.PathTrail;
import dev.torc.base.digests.Stamp;
import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.Walk;
import dev.torc.base.syntax.NearestPath;
import dev.torc.base.text.Refusal;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.ListMakers.Led;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.manifest.Described;
import dev.torc.core.manifest.ImageIdentity;
import dev.torc.core.manifest.InputSource;
import dev.torc.core.manifest.LeftOut;
import dev.torc.core.manifest.MachineInputs.ImageSource;
import dev.torc.core.manifest.MachineInputs.ImageSource.Loaded;
import dev.torc.core.manifest.ManifestWriter;
import dev.torc.core.manifest.ManifestWriter.Content;
import dev.torc.core.manifest.ToolSearch;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Tool;
import dev.torc.core.model.KeyedPaths;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.NeedList.ListKind;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Step;
import dev.torc.core.model.Step.Image;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The needs of a job as they were when it started. The job's record says that the job read this
 * state. When the job has ended, its needs are compared with this state (rule 6). Creating a
 * snapshot looks at every needed file again.
 */
public final class NeedSnapshot implements InputSource, NeedFiles {

  private static final int FEW = 8;

  private final Graph graph;
  private final NeedContents contents;
  private final DigestMemo digests;
  private final int job;
  private final Map<String, KnownDigest> files = new LinkedHashMap<>(); // not members of lists
  private final Map<String, FolderDigest> folders = new HashMap<>(); // the folders in files
  private final PathTrail trail; // the links and folders above files
  private PathTrail later; // the same paths after the job ended
  private PathTrail found; // where add() records paths: trail, then later
  private Set<String> returned = Set.of(); // what the job itself moved away and back
  private final Map<Integer, ListLook> lists = new LinkedHashMap<>();
  private Set<Path> targets; // real paths of the files; null until needed
  private final Map<String, KnownDigest> images = new HashMap<>(); // images stored as files here
  private final SortedMap<String, Content> data = new TreeMap<>();
  private final TreeSet<String> missing = new TreeSet<>();
  private final Set<String> without = new LinkedHashSet<>(0); // optional needs that do not exist
  private final Map<String, Map<String, Content>> parts = new HashMap<>(0); // values by path, key
  private final Map<String, Content> recalled = new HashMap<>(0); // missing needs, from records
  private String missingData; // the message about a missing value or program
  private final Set<String> locked = new HashSet<>(0); // tools for which the environment stands
  private final Loaded loaded; // by its environment; null if that is made
  private long end;

  /** The manifest without found needs, kept by {@link Decider#describe}; null until asked for. */
  Described described;

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
      boolean there = addFile(path, path) && (maker >= 0 || contents.stale().at(path) == null);
      Led led = maker < 0 && found.leads(path) ? Led.of(graph, path) : null;
      if (led != null && !graph.precedes(led.maker(), job)) {
        throw new IOException(led.refusal(graph).lack());
      }
      if (!there || maker >= 0 && !contents.made(maker, path)) {
        (graph.isOptional(job, path) ? without : missing).add(path);
      }
    }
    for (String path : KeyedPaths.of(graph.job(job)).keySet()) {
      addParts(path);
    }
    Job reader = graph.job(job);
    for (Tool tool : ToolSearch.unmade(graph, reader)) {
      addTool(reader, tool);
    }
    this.loaded = contents.ofLoaded(reader);
    for (Step step : reader.runs().steps()) {
      Image image = step.image();
      if (image != null && image.file() == null) {
        ImageSource.Here here = contents.machine().image(image);
        if (here != null && here.file() != null) {
          images.put(image.name(), add(here.file()));
        }
      }
    }
    InputSource.neededValues(reader).forEach(this::addValue);
    long begin = contents.looks.now();
    for (int list : graph.listNeeds().row(job)) {
      addList(list, begin);
    }
  }

  /** Looks at a needed file or program; returns whether it exists. */
  private boolean addFile(String need, String path) throws IOException {
    try {
      return add(path).stamp().exists();
    } catch (IOException e) {
      throw unreadable(need, Refusal.why(e));
    }
  }

  private void addTool(Job reader, Tool tool) throws IOException {
    if (contents.isLocked(reader, tool)) {
      locked.add(tool.name());
    } else if (!contents.isUnknown(reader, tool)) { // else the job does not run
      String path = contents.path(reader, tool);
      if (path == null) {
        String lack = contents.machine().tools().lack(reader, tool);
        missingData = "tool %s is %s".formatted(SafeText.name(tool.name()), lack);
      } else if (!addFile(tool.name(), path) || contents.stale().at(path) != null) {
        missing.add(path);
      }
    }
  }

  /** Reads the values of a file of which the job needs a part. */
  private void addParts(String path) throws IOException {
    Map<String, Content> now = parts(path, of(path));
    for (Content value : now.values()) {
      if (value instanceof Content.Unreadable unreadable) {
        throw unreadable(path, unreadable.why());
      }
    }
    parts.put(path, now);
  }

  private Map<String, Content> parts(String path, Content file) {
    Map<String, Content> now = new TreeMap<>();
    for (String key : KeyedPaths.of(graph.job(job)).get(path)) {
      now.put(key, contents.keyed.of(job, path, file, key));
    }
    return now;
  }

  private void addValue(String name, Ref.OfData value) {
    Content content = contents.ofData(value);
    data.put(name, content);
    if (content instanceof Content.Missing && value.job() != null) {
      missingData = contents.values.missing(value);
    }
  }

  private void addList(int id, long begin) throws IOException {
    ListLook look = contents.looks.lookAfter(id, begin);
    lists.put(id, look);
    ManifestEntry unreadable = look.members().unreadable();
    if (unreadable != null) {
      String why = unreadable.now().substring(ManifestWriter.UNREADABLE.length());
      throw unreadable(unreadable.name(), why);
    }
    for (Led led : look.members().led()) {
      if (!graph.precedes(led.maker(), job)) {
        throw new IOException(led.refusal(graph).lack());
      }
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

  /** Returns whether a link or folder on a path changed at or after a time (ns since 1970). */
  public boolean wayChanged(String path, long begun) throws IOException {
    return later.changedSince(path, found, begun, returned);
  }

  /** Notes which paths the job moved away and back; this does not change its needs. */
  public void ignore(Set<String> paths) {
    returned = paths;
  }

  public boolean ignores(String path) {
    return returned.contains(path);
  }

  /** Returns whether a path existed when this build last looked at it. */
  public boolean saw(String path) {
    KnownDigest last = digests.last(path);
    return last != null && last.stamp().exists();
  }

  /** Adds a found need and returns its stamp and digest. */
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
    } else if (recalled.containsKey(path)) {
      return recalled.get(path);
    }
    FolderDigest folder = folders.get(path);
    return folder != null ? NeedContents.content(folder.digest()) : content(path, files.get(path));
  }

  private Content content(String path, KnownDigest known) {
    return NeedContents.content(NeedContents.counted(known, isMade(path)));
  }

  @Override
  public Content ofKey(int job, String path, String key) {
    return parts.get(path).get(key);
  }

  @Override
  public boolean has(String path) {
    return !without.contains(path);
  }

  @Override
  public int makerOfFound(Graph graph, int job, String path) {
    return files.containsKey(path) && found.leads(path)
        ? contents.makerOfFound(graph, job, path)
        : contents.names().makerOfReal(job, path);
  }

  /** Returns the name under which a job may make a file that was looked at: its real path. */
  public String real(String path) {
    return found.leads(path) ? contents.names().of(path) : path;
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
  public boolean isLocked(Job job, Tool tool) {
    return locked.contains(tool.name());
  }

  @Override
  public Loaded ofLoaded(Job job) {
    return loaded;
  }

  @Override
  public Content ofTool(Job job, Tool tool) {
    if (contents.isUnknown(job, tool)) {
      return contents.ofTool(job, tool);
    }
    KnownDigest found = files.get(contents.path(job, tool));
    return NeedContents.content(found == null ? null : found.product());
  }

  /** Returns the identity of an image, which was fetched before the job started. */
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

  /** Returns, for each need that skips failed jobs, the jobs that it left out. */
  public List<LeftOut> leftOut() {
    return leftOut(graph, job);
  }

  /**
   * Returns the message about a missing file or value; null if none is missing. A file that its
   * maker's last run did not make counts as missing even if it exists.
   */
  public String lack() {
    return missing.isEmpty() ? missingData : gone(missing.getFirst());
  }

  /** Takes the contents of missing needs from the records; for a job that does not run. */
  public void recall() {
    for (String path : List.copyOf(missing)) {
      if (contents.of(path) instanceof Content.Known known) {
        recalled.put(path, known);
        missing.remove(path);
      }
    }
  }

  /** Returns the message about a missing needed file. */
  public String gone(String path) {
    int maker = graph.makerOf(path);
    OwnedPath left = maker < 0 ? contents.stale().at(path) : null;
    if (left != null) {
      return "need " + SafeText.name(path) + " is a leftover, which " + StaleFiles.told(left);
    }
    String lack =
        maker < 0
            ? " is gone"
            : contents.had(maker, path)
                ? " was deleted after job " + graph.name(maker) + " had made it"
                : " was not made by job " + graph.name(maker);
    return "need "
        + SafeText.name(path)
        + lack
        + NearestPath.inParentheses(graph.workflow().root().resolve(path), path);
  }

  /** Returns whether a path is a declared need, directly or as a member of a list. */
  public boolean declares(String path) {
    return files.containsKey(path)
        || !lists.isEmpty()
            && lists.values().stream().anyMatch(look -> look.files().containsKey(path));
  }

  /** Returns whether a need leads, through links, to an existing file or a folder above it. */
  public synchronized boolean declaresTarget(Path file) throws IOException {
    if (targets == null) {
      targets = new HashSet<>();
      Set<String> all = new HashSet<>(files.keySet());
      all.removeIf(Walk::isWay);
      for (ListLook look : lists.values()) {
        all.addAll(look.members().files());
        all.addAll(look.folders().keySet());
      }
      for (String path : all) {
        targets.add(Walk.real(graph.workflow().root().resolve(path)));
      }
    }
    return Stream.iterate(file.toRealPath(), Objects::nonNull, Path::getParent)
        .anyMatch(targets::contains); // the file, or a needed folder product
  }

  @Override
  public List<String> files(int list) {
    return lists.get(list).members().files();
  }

  /** Returns the members of lists and the values of groups, by digest, to be recorded. */
  public Map<Digest, List<ManifestEntry>> members() {
    Map<Digest, List<ManifestEntry>> all = new TreeMap<>();
    lists.values().forEach(l -> all.put(l.members().digest(), l.members().entries()));
    for (Content content : data.values()) {
      if (content instanceof Content.Value value && value.members() != null) {
        all.put(Digest.ofText(value.json()), value.members());
      }
    }
    return all;
  }

  /**
   * Returns the stale files of needed globs and folders (see {@link NeedMembers}), those in the
   * places of optional needs, and those that the last run found.
   */
  public List<OwnedPath> stale() {
    List<OwnedPath> stale = new ArrayList<>();
    lists.values().forEach(look -> stale.addAll(look.members().stale()));
    Stream.concat(without.stream(), contents.found(job).stream())
        .map(this::stale)
        .filter(Objects::nonNull)
        .forEach(stale::add);
    return stale;
  }

  /** Returns the leftover at a found path; null if there is none. */
  public OwnedPath stale(String path) {
    OwnedPath left = contents.stale().at(path);
    return left != null && contents.makerOfFound(graph, job, path) < 0 ? left : null;
  }

  /** Returns whether only a few files have to be looked at when the job has ended. */
  public boolean isSmall() {
    return lists.isEmpty() && folders.isEmpty() && files.size() <= FEW;
  }

  /** Notes that the job's processes have ended. Comparisons use only looks that began later. */
  public void ended() {
    end = contents.looks.now();
    later = new PathTrail(digests);
    found = later; // needs found from now on are looked at only after the job
  }

  /**
   * Takes the present bytes of a declared need that the job itself changed, after {@link #ended};
   * returns whether they are others.
   */
  public boolean renew(String path) throws IOException {
    KnownDigest known = files.get(path);
    boolean renewed = known != null && digests.moved(path, known, () -> false);
    if (renewed) {
      add(path);
      if (parts.containsKey(path)) {
        addParts(path);
      }
    }
    for (Map.Entry<Integer, ListLook> each : lists.entrySet()) {
      TreeSet<String> moved = new TreeSet<>();
      ListLook now = contents.looks.lookAfter(each.getKey(), end);
      each.getValue().addMoved(now, returned, moved);
      if (moved.contains(path)) {
        each.setValue(now);
        renewed = true;
      }
    }
    described = renewed ? null : described;
    return renewed;
  }

  /**
   * Returns the needs that changed between start and {@link #ended}, sorted, even if their bytes
   * are the same again: see {@link DigestMemo#moved(String, Known,
   * java.util.function.BooleanSupplier)}.
   */
  public List<String> moved() {
    TreeSet<String> moved = new TreeSet<>();
    files.forEach((path, known) -> addMoved(path, () -> isMoved(path, known), moved));
    folders.forEach(
        (path, folder) -> addMoved(path + "/", () -> digests.moved(path, folder, false), moved));
    lists.forEach(
        (list, look) ->
            addMoved(
                graph.list(list).written(),
                () -> {
                  look.addMoved(contents.looks.lookAfter(list, end), returned, moved);
                  return false;
                },
                moved));
    return List.copyOf(moved);
  }

  private boolean isMoved(String path, KnownDigest known) throws IOException {
    if (staysAbsent(path, known)) {
      return false;
    }
    return later.moved(path, trail, returned)
        || (ignores(path)
                ? !digests.of(path).product().equals(known.product())
                : digests.moved(path, known, () -> isMade(path)))
            && !keepsParts(path);
  }

  /**
   * Returns the needs that changed at or after a time, sorted: it is unknown which bytes the job
   * read. The time is in nanoseconds since 1970, by the clock of the needs' file system.
   */
  public List<String> changedSince(long begun) {
    TreeSet<String> late = new TreeSet<>(changedSince(files.keySet(), begun));
    for (ListLook look : lists.values()) {
      addLate(look.members().files(), look.folders(), begun, late);
    }
    return List.copyOf(late);
  }

  /** Returns those of some added needs that changed at or after a time, sorted. */
  public Collection<String> changedSince(Collection<String> some, long begun) {
    TreeSet<String> late = new TreeSet<>();
    addLate(some, folders, begun, late);
    return late;
  }

  /**
   * Returns whether an optional need does not exist, as before the run; its folder may be new. A
   * leftover does not exist (rule 13), and another job may have moved it away meanwhile.
   */
  private boolean staysAbsent(String path, KnownDigest known) throws IOException {
    return without.contains(path)
        && (!digests.of(path).stamp().exists() || !digests.moved(path, known, () -> false));
  }

  /**
   * Returns whether a changed file has other bytes but the same needed values. If the bytes are the
   * same, the values may have been others in between.
   */
  private boolean keepsParts(String path) throws IOException {
    Map<String, Content> then = parts.get(path);
    if (then == null) {
      return false;
    }
    KnownDigest now = digests.of(path);
    return !Objects.equals(now.digest(), files.get(path).digest())
        && then.equals(parts(path, content(path, now)));
  }

  private void addLate(
      Collection<String> paths, Map<String, FolderDigest> made, long begun, TreeSet<String> late) {
    for (String path : paths) {
      FolderDigest folder = made.get(path);
      addMoved(
          folder == null ? path : path + "/",
          () ->
              !(files.get(path) instanceof KnownDigest known && staysAbsent(path, known))
                  && isLate(path, folder, begun)
                  && !keepsParts(path),
          late);
    }
  }

  /**
   * Returns whether a file or folder changed since the job started. A product made just before
   * often has exactly the time of the start, so for products a change at that time does not count.
   */
  private boolean isLate(String path, FolderDigest folder, long begun) throws IOException {
    long late = isMade(path) ? begun + 1 : begun;
    Stamp stamp = digests.stamp(path);
    return !stamp.exists()
        || stamp.ctime() >= late
        || trail.changedSince(path, trail, begun, returned)
        || folder != null && folder.members().stream().anyMatch(m -> m.stamp().ctime() >= late);
  }

  /** Adds a path if the check returns true or fails to read the path. */
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
