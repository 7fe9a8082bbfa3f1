package dev.torc.plan;

import dev.torc.graph.Graph;
import dev.torc.graph.NeedList;
import dev.torc.hash.Digest;
import dev.torc.hash.Digest.KnownDigest;
import dev.torc.hash.DigestMemo;
import dev.torc.hash.FolderDigest;
import dev.torc.hash.Stamp;
import dev.torc.plan.NeedContents.NeedFiles;
import dev.torc.posix.Io;
import dev.torc.records.JobResult.ManifestEntry;
import dev.torc.records.RecordedProduct.OwnedPath;
import dev.torc.text.Refusal;
import dev.torc.workflow.Job.Tool;
import dev.torc.workflow.Ref;
import dev.torc.workflow.Step;
import dev.torc.workflow.Step.Image;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The needs of a job as they stood when it started: what its record says that it read, and what is
 * held against the disk when it has ended (rule 6). Taking one looks at every needed file afresh.
 */
public final class NeedSnapshot implements InputSource, NeedFiles {

  private static final int FEW = 8;

  private final Graph graph;
  private final DigestMemo digests;
  private final NeedContents contents;
  private final Map<String, KnownDigest> files = new LinkedHashMap<>();
  private final Map<String, FolderDigest> folders = new HashMap<>();
  private final Map<Integer, NeedMembers> lists = new LinkedHashMap<>();
  private final Map<Integer, ProductRechecks.Recheck> swept = new LinkedHashMap<>();
  private final Map<String, KnownDigest> tools = new HashMap<>();
  private final Map<String, KnownDigest> images = new HashMap<>(); // those that are files here
  private final TreeSet<String> needs = new TreeSet<>();
  private final SortedMap<String, ManifestWriter.Content> data = new TreeMap<>();
  private String missing;
  private String missingData;
  private long end;

  private NeedSnapshot(Graph graph, NeedContents contents, DigestMemo digests) {
    this.graph = graph;
    this.contents = contents;
    this.digests = digests;
  }

  /** Looks at the needs of a job that is about to start; all that make them are settled. */
  public static NeedSnapshot take(Graph graph, NeedContents contents, DigestMemo digests, int job)
      throws IOException {
    NeedSnapshot snapshot = new NeedSnapshot(graph, contents, digests);
    for (int file : graph.needs().row(job)) {
      String path = graph.path(file);
      snapshot.needs.add(path);
      try {
        snapshot.add(path);
      } catch (IOException e) {
        throw unreadable(path, Refusal.why(e));
      }
      int maker = graph.maker(file);
      if (maker >= 0 && !contents.made(maker, path)) {
        snapshot.missing = path;
      }
    }
    for (Tool tool : ToolSearch.unmade(graph, graph.job(job))) {
      String path = contents.machine().tools().path(tool);
      if (path == null) {
        snapshot.missing = tool.name();
        continue;
      }
      try {
        snapshot.tools.put(tool.name(), snapshot.add(path));
      } catch (IOException e) {
        throw unreadable(tool.name(), Refusal.why(e));
      }
      snapshot.needs.add(path);
    }
    for (Step step : graph.job(job).steps()) {
      Image image = step.image();
      if (image != null && image.file() == null) {
        ImageSource.Here here = contents.machine().image(image);
        if (here != null && here.file() != null) {
          snapshot.images.put(image.name(), snapshot.add(here.file()));
        }
      }
    }
    Manifest.data(graph.job(job))
        .forEach(
            (name, value) -> {
              ManifestWriter.Content content = contents.ofData(value);
              snapshot.data.put(name, content);
              if (content instanceof ManifestWriter.Content.Missing && value.job() != null) {
                snapshot.missingData = contents.values().without(value) + "." + value.key();
              }
            });
    long begin = contents.rechecks().now();
    for (int id : graph.listNeeds().row(job)) {
      NeedList list = graph.list(id);
      if (list.ofJobs()) {
        ProductRechecks.Recheck recheck = contents.rechecks().after(id, begin);
        snapshot.swept.put(id, recheck);
        snapshot.lists.put(id, recheck.members());
      } else {
        snapshot.lists.put(id, contents.fresh(id, snapshot::add));
      }
      ManifestEntry unreadable = snapshot.lists.get(id).unreadable();
      if (unreadable != null) {
        String why = unreadable.now().substring(ManifestWriter.UNREADABLE.length());
        throw unreadable(unreadable.name(), why);
      }
      if (list.kind() == NeedList.Kind.FOLDER
          && list.makers().isEmpty()
          && !digests.stamp(list.text()).exists()) {
        snapshot.missing = list.text() + "/";
      }
    }
    return snapshot;
  }

  private static IOException unreadable(String need, String why) {
    return new IOException(new Reason(Reason.Kind.NEED_UNREADABLE, need, "", why).lack());
  }

  /** Whether this build saw something at a path when it last looked there. */
  public boolean saw(String path) {
    KnownDigest last = digests.last(path);
    return last != null && last.stamp().exists();
  }

  /** Takes in a file that turned out to be needed too; returns what is known of it. */
  public KnownDigest add(String path) throws IOException {
    KnownDigest known = digests.of(path);
    NeedContents.refuseFolder(graph, path, known);
    files.put(path, known);
    if (known.stamp().kind() == Stamp.Kind.FOLDER) {
      folders.put(path, digests.folder(path, false));
    }
    return known;
  }

  @Override
  public ManifestWriter.Content of(String path) {
    FolderDigest folder = folders.get(path);
    return NeedContents.content(
        folder != null ? folder.digest() : NeedContents.counted(graph, path, files.get(path)));
  }

  @Override
  public ManifestWriter.Content ofList(int list) {
    return new ManifestWriter.Content.Known(lists.get(list).digest());
  }

  @Override
  public LeftOut leftOut(int list) {
    return lists.get(list).leftOut();
  }

  @Override
  public ManifestWriter.Content ofTool(Tool tool) {
    return NeedContents.content(tools.get(tool.name()).product());
  }

  /** It was fetched before, so it is here. */
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
  public ManifestWriter.Content ofData(Ref.OfData value) {
    return data.get(value.written());
  }

  @Override
  public SortedMap<String, String> data() {
    SortedMap<String, String> values = new TreeMap<>();
    data.forEach(
        (name, content) -> {
          if (content instanceof ManifestWriter.Content.Value value) {
            values.put(name, value.json());
          }
        });
    return values;
  }

  /** For each need that leaves out what failed, which jobs it left out. */
  public List<LeftOut> leftOut() {
    List<LeftOut> all = new ArrayList<>(0);
    for (NeedMembers list : lists.values()) {
      if (list.leftOut() != null) {
        all.add(list.leftOut());
      }
    }
    for (ManifestWriter.Content content : data.values()) {
      if (content instanceof ManifestWriter.Content.Value value && value.leftOut() != null) {
        all.add(value.leftOut());
      }
    }
    return all;
  }

  /** The job and key of a needed value that the job did not store; null if none. */
  public String missingData() {
    return missingData;
  }

  /** A file needed by its path that is not there, or that its maker did not make; null if none. */
  public String missing() {
    if (missing != null) {
      return missing;
    }
    for (String path : needs) {
      if (!files.get(path).stamp().exists()) {
        return path;
      }
    }
    return null;
  }

  /** Whether a path is needed as declared, by itself or as a member of a list. */
  public boolean declares(String path) {
    if (files.containsKey(path)) {
      return true;
    }
    for (ProductRechecks.Recheck recheck : swept.values()) {
      if (recheck.files().containsKey(path)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public List<String> files(int list) {
    return lists.get(list).files();
  }

  /**
   * What a record keeps of the lists, and of the values of groups, by the digest in their lines.
   */
  Map<Digest, List<ManifestEntry>> members() {
    Map<Digest, List<ManifestEntry>> all = new TreeMap<>();
    lists.values().forEach(list -> all.put(list.digest(), list.entries()));
    for (ManifestWriter.Content content : data.values()) {
      if (content instanceof ManifestWriter.Content.Value value && value.members() != null) {
        all.put(Digest.ofText(value.json()), value.members());
      }
    }
    return all;
  }

  /** What stands unaltered in the way of the needed globs and folders; see {@link NeedMembers}. */
  public List<OwnedPath> stale() {
    List<OwnedPath> stale = new ArrayList<>();
    lists.values().forEach(members -> stale.addAll(members.stale()));
    return stale;
  }

  /** Whether no more than a few files have to be looked at again. */
  public boolean isSmall() {
    return lists.isEmpty() && folders.isEmpty() && files.size() <= FEW;
  }

  /** The job's processes are gone: what is looked at from now on is looked at after them. */
  public void ended() {
    end = contents.rechecks().now();
  }

  /**
   * The needs that moved since, to be asked after {@link #ended}, even if the bytes were put back;
   * see {@link DigestMemo#moved(String, Known, java.util.function.BooleanSupplier)}. Sorted, each
   * once.
   */
  public List<String> moved() {
    TreeSet<String> moved = new TreeSet<>();
    files.forEach(
        (path, known) ->
            addMoved(
                path, () -> digests.moved(path, known, () -> graph.makerOf(path) >= 0), moved));
    for (Map.Entry<Integer, ProductRechecks.Recheck> entry : swept.entrySet()) {
      addMoved(
          graph.list(entry.getKey()).written(),
          () -> {
            moved(entry.getValue(), contents.rechecks().after(entry.getKey(), end), moved);
            return false;
          },
          moved);
    }
    folders.forEach(
        (path, folder) -> addMoved(path + "/", () -> digests.moved(path, folder, false), moved));
    for (Map.Entry<Integer, NeedMembers> entry : lists.entrySet()) {
      if (graph.list(entry.getKey()).ofJobs()) {
        continue; // its members are those that the jobs made, and were swept
      }
      NeedMembers before = entry.getValue();
      NeedMembers now = contents.fresh(entry.getKey());
      Map<String, String> then = new HashMap<>();
      before.entries().forEach(member -> then.put(member.name(), member.now()));
      for (ManifestEntry member : now.entries()) {
        if (!member.now().equals(then.remove(member.name())) || before.moved(member.name(), now)) {
          moved.add(member.name());
        }
      }
      moved.addAll(then.keySet());
    }
    return List.copyOf(moved);
  }

  /**
   * The needs that changed when or after something began, by the clock of their file system: what
   * was read of them then is not known. Sorted, each once.
   *
   * @param begun nanoseconds since 1970
   */
  public List<String> since(long begun) {
    TreeSet<String> late = new TreeSet<>();
    for (String path : files.keySet()) {
      addMoved(path, () -> isLate(path, begun), late);
    }
    folders.forEach(
        (path, folder) ->
            addMoved(
                path + "/",
                () -> folder.members().stream().anyMatch(m -> m.stamp().ctime() >= begun),
                late));
    for (NeedMembers list : lists.values()) {
      for (ManifestEntry member : list.entries()) {
        if (member.code() == LineKind.NEED.ordinal()) {
          addMoved(member.name(), () -> isLate(member.name(), begun), late);
        }
      }
    }
    return List.copyOf(late);
  }

  /** What an earlier job made often has the very time of the start, and its bytes are known. */
  private boolean isLate(String path, long begun) throws IOException {
    Stamp stamp = digests.stamp(path);
    long since = stamp.ctime() - begun;
    return !stamp.exists() || (graph.makerOf(path) < 0 ? since >= 0 : since > 0);
  }

  /** Whether something that moved is still a need. */
  public boolean holds(String moved) {
    String path = moved.endsWith("/") ? moved.substring(0, moved.length() - 1) : moved;
    return files.containsKey(path)
        || lists.values().stream()
            .anyMatch(list -> list.entries().stream().anyMatch(e -> e.name().equals(path)));
  }

  /** What cannot be looked at any more has moved. */
  private static void addMoved(String path, Io.Get<Boolean> check, TreeSet<String> into) {
    try {
      if (check.get()) {
        into.add(path);
      }
    } catch (IOException e) {
      into.add(path);
    }
  }

  private static void moved(
      ProductRechecks.Recheck then, ProductRechecks.Recheck now, TreeSet<String> moved) {
    if (now.files() != then.files()) {
      for (Map.Entry<String, KnownDigest> file : then.files().entrySet()) {
        KnownDigest again = now.files().get(file.getKey());
        if (again == null || DigestMemo.moved(file.getValue(), again)) {
          moved.add(file.getKey());
        }
      }
    }
    for (Map.Entry<String, FolderDigest> folder : then.folders().entrySet()) {
      FolderDigest again = now.folders().get(folder.getKey());
      if (again == null || DigestMemo.moved(folder.getValue(), again)) {
        moved.add(folder.getKey() + "/");
      }
    }
  }
}
