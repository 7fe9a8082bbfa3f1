package dev.torc.core.decide;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.FolderDigest;
import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.posix.Io;
import dev.torc.base.text.Refusal;
import dev.torc.core.decide.ListMakers.Led;
import dev.torc.core.decide.StaleFiles.Undeclared;
import dev.torc.core.manifest.ImageIdentity;
import dev.torc.core.manifest.InputSource;
import dev.torc.core.manifest.LeftOut;
import dev.torc.core.manifest.LineKind;
import dev.torc.core.manifest.MachineInputs;
import dev.torc.core.manifest.MachineInputs.ImageSource.Effects;
import dev.torc.core.manifest.MachineInputs.ImageSource.Loaded;
import dev.torc.core.manifest.Manifest;
import dev.torc.core.manifest.ManifestWriter;
import dev.torc.core.manifest.ManifestWriter.Content;
import dev.torc.core.manifest.ToolSearch;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.JobResult.RunDetails;
import dev.torc.core.memory.RecordedProduct;
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
import dev.torc.core.model.Surroundings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Collectors;

/**
 * Gives the present contents of needs: digests of files, and members of globs, folders and jobs
 * once the makers are settled (see {@link JobRecords}). {@link DigestMemo} reads and hashes the
 * files. A file that cannot be read becomes {@link ManifestWriter.Content.Unreadable}. Several
 * threads may use this class.
 */
public final class NeedContents implements InputSource {

  /** The {@code moment} of a list whose makers are all settled. */
  private static final int WHOLE = -1;

  /** The members of a list when {@link JobRecords#settlings} was {@code moment}. */
  private record Gathered(int moment, NeedMembers members) {}

  private final Graph graph;
  private final JobRecords records;
  private final DigestMemo digests;
  private final MachineInputs machine;
  private final StaleFiles stale;
  private final GoneProducts gone;
  final ListLooks looks;
  private final Map<Integer, Gathered> gathered = new ConcurrentHashMap<>();
  private final AtomicIntegerArray passed;
  final NeedValues values;
  final KeyedNeeds keyed;
  private final RealNames names;
  final AtomicBoolean astray; // whether a symlink leads elsewhere than in the graph
  private final ListMembers lists;
  private final Map<Integer, Set<String>> made = new ConcurrentHashMap<>();

  NeedContents(
      Graph graph,
      JobRecords records,
      DigestMemo digests,
      MachineInputs machine,
      StaleFiles stale,
      AtomicBoolean astray) {
    this.stale = stale;
    this.astray = astray;
    this.lists = new ListMembers(this, graph, records, digests);
    this.graph = graph;
    this.records = records;
    this.digests = digests;
    this.values = new NeedValues(graph, records);
    this.keyed = new KeyedNeeds(graph, records);
    this.names = new RealNames(graph, records);
    this.gone = new GoneProducts(graph, records, digests);
    this.machine = machine.with(graph.workflow().root(), digests.counting());
    this.looks = new ListLooks(graph, this, digests);
    this.passed = new AtomicIntegerArray(graph.lists());
  }

  /** Returns contents for which only names matter: no file is read, and digests have no meaning. */
  public NeedContents unread() {
    DigestMemo names = digests.emptyCopy();
    Digest any = Digest.of(new byte[Digest.LENGTH]);
    names.follow(digests, (_, _) -> any);
    return new NeedContents(graph, records, names, machine, stale, astray);
  }

  /** Returns a reason for each image that a job cannot have; see {@link ImageSource#lack}. */
  public List<Reason> lackingImages(int job) {
    List<Reason> lacking = new ArrayList<>(0);
    for (Step step : graph.job(job).runs().steps()) {
      if (step.image() != null) {
        String why = machine.images().lack(step.image(), graph.before().count(job) > 0);
        if (!why.isEmpty()) {
          lacking.add(new Reason(Reason.Kind.IMAGE_UNAVAILABLE, step.image().name(), "", why));
        }
      }
    }
    return lacking;
  }

  /** Returns a reason for each file and error: a job needs values in it that cannot be read. */
  public Set<Reason> unreadableParts(int job) {
    Set<Reason> unreadable = new LinkedHashSet<>(0);
    KeyedPaths.of(graph.job(job))
        .forEach(
            (path, keys) -> {
              for (String key : keys) {
                if (ofKey(job, path, key) instanceof Content.Unreadable(String why)) {
                  unreadable.add(new Reason(Reason.Kind.NEED_UNREADABLE, path, "", why));
                }
              }
            });
    return unreadable;
  }

  /** Takes a snapshot of the needs of a job about to start. Their makers must be settled. */
  public NeedSnapshot snapshot(int job) throws IOException {
    return new NeedSnapshot(graph, this, digests, job);
  }

  /** Returns the values of the placeholders for a job's needs, as far as they are known. */
  public NeedFiles filesOf(int job) {
    SortedMap<String, String> values = values(graph.job(job));
    return new NeedFiles() {
      @Override
      public List<String> files(int list) {
        return members(list).files();
      }

      @Override
      public boolean has(String path) {
        return !graph.isOptional(job, path) || !(of(path) instanceof Content.Missing);
      }

      @Override
      public SortedMap<String, String> data() {
        return values;
      }
    };
  }

  @Override
  public Content of(String path) {
    return of(path, graph.makerOf(path));
  }

  @Override
  public int makerOfFound(Graph graph, int job, String path) {
    return names.makerOfFound(job, path);
  }

  /** Returns the names that found files have once all symlinks are followed. */
  public RealNames names() {
    return names;
  }

  @Override
  public Content of(String path, int maker) {
    String real = maker >= 0 && graph.makerOf(path) < 0 ? names.declared(names.of(path)) : path;
    if (maker >= 0 && !records.isSettled(maker) && !records.isDropped(maker)) {
      return new Content.Pending(maker);
    }
    if (maker >= 0 && (records.isDropped(maker) || !made(maker, real))) {
      return new Content.Missing();
    }
    if (maker >= 0 && records.isForeseen(maker)) {
      RecordedProduct made = records.result(maker).product(real);
      // The members of folders are not known before these are restored.
      return made == null ? new Content.Pending(maker) : new Content.Known(made.digest());
    }
    if (maker < 0 && stale.at(path) != null) {
      return new Content.Missing();
    }
    try {
      // A file in a folder product is looked at again, since this run of its job may not have made
      // it.
      boolean inside = maker >= 0 && !graph.declares(maker, path);
      KnownDigest known = inside ? digests.of(path) : digests.seen(path);
      refuseFolder(graph, path, known);
      boolean source = maker < 0 && known.stamp().kind() == FileKind.FILE;
      Digest digest = source ? known.digest() : product(path, known);
      return content(digest == null && maker >= 0 ? gone.digest(maker, real) : digest);
    } catch (IOException e) {
      return new Content.Unreadable(Refusal.why(e));
    }
  }

  /** Returns whether nothing exists at a path; false if that cannot be found out. */
  boolean isMissing(String path) {
    return Io.or(() -> !digests.stamp(path).exists(), false);
  }

  /** Throws if a source that is needed as a file is a folder. */
  static void refuseFolder(Graph graph, String path, KnownDigest known) throws IOException {
    if (known.stamp().kind() == FileKind.FOLDER
        && graph.fileId(path) >= 0
        && graph.makerOf(path) < 0) {
      throw new IOException("cannot read " + path + ": it is a folder; write " + path + "/");
    }
  }

  public StaleFiles stale() {
    return stale;
  }

  List<String> found(int job) {
    return records.found(job);
  }

  public GoneProducts gone() {
    return gone;
  }

  /** Returns {@code Known} with a digest, or {@code Missing} for null. */
  static Content content(Digest digest) {
    return digest == null ? new Content.Missing() : new Content.Known(digest);
  }

  /** Returns the digest of a file. The digest of a product includes the executable bit. */
  static Digest counted(KnownDigest known, boolean made) {
    return known.stamp().executable() && made ? known.product() : known.digest();
  }

  Digest product(String path, KnownDigest known) throws IOException {
    return known.stamp().kind() == FileKind.FOLDER
        ? digests.folder(path, false).digest()
        : known.product();
  }

  /** Returns the present digest of a product; null if it is missing or of another kind. */
  Digest product(RecordedProduct made) throws IOException {
    String path = made.path();
    KnownDigest known = made.isLink() ? digests.of(path) : digests.seen(path);
    return known.stamp().kind() == made.kind() ? product(path, known) : null;
  }

  /** Returns the present digest of a folder product; null for any other product. */
  FolderDigest folder(RecordedProduct made) throws IOException {
    return made.kind() == FileKind.FOLDER
            && digests.seen(made.path()).stamp().kind() == FileKind.FOLDER
        ? digests.folder(made.path(), false)
        : null;
  }

  /** Returns how a folder's members differ from the recorded product's; null if unknown. */
  public List<Reason> changes(RecordedProduct folder) throws IOException {
    boolean stands = digests.stamp(folder.path()).kind() == FileKind.FOLDER;
    FolderDigest now = stands ? digests.folder(folder.path(), false) : null;
    return new FolderMembers(records).changes(folder, now);
  }

  boolean had(int maker, String path) {
    return new FolderMembers(records).had(maker, path);
  }

  @Override
  public Content ofList(int list) {
    if (pending(list) < 0) {
      members(list); // finds where symlinks lead
    }
    int pending = pending(list);
    return pending >= 0 ? new Content.Pending(pending) : new Content.Known(members(list).digest());
  }

  @Override
  public boolean reordered(int list) {
    return pending(list) < 0 && members(list).reordered();
  }

  @Override
  public LeftOut leftOut(int list) {
    return pending(list) >= 0 ? null : members(list).leftOut();
  }

  /** Returns what the job's last run says if the environment is not made; true without a run. */
  @Override
  public boolean isLocked(Job job, Tool tool) {
    Surroundings in = job.surroundings();
    if (in == null || tool.isPath() || machine.images().loads(in.entry())) {
      return false;
    }
    Map<String, String> made = variables(job);
    if (made != null) {
      return machine.tools().isFoundIn(made.get("PATH"), tool);
    }
    String then = LineKind.TOOL.value(records.details(job.name()), tool.name());
    return then == null || then.equals(Manifest.LOCKED);
  }

  /** Returns what the surroundings of a job do to variables; null if it has none, or none yet. */
  public Map<String, String> variables(Job job) {
    Effects made = effects(job);
    return made == null ? null : made.variables();
  }

  private Effects effects(Job job) {
    Digest in = job.surroundings() == null ? null : Manifest.environment(job, this);
    return in == null ? null : machine.effects(job, in);
  }

  /**
   * Returns what this build loaded, or what is known from the last time if that still counts; else
   * asks the machine.
   */
  @Override
  public Loaded ofLoaded(Job job) {
    Surroundings in = job.surroundings();
    if (in == null || !machine.images().loads(in.entry())) {
      return null;
    }
    Digest digest = Manifest.environment(job, this);
    List<String> now = machine.loadedNow(job, digest);
    Effects made = machine.effects(job, digest);
    boolean known = made != null && made.loaded() != null;
    Loaded told = machine.images().loaded(in.entry(), known ? made.loaded() : loadedThen(job));
    boolean runs = lastInside(job) == null; // the job that loads it tells why it cannot
    return now != null
        ? new Loaded(now, told.asked(), "")
        : runs ? new Loaded(told.names(), told.asked(), "") : told;
  }

  /** Returns a job's last run; null if that had another environment. */
  private RunDetails lastInside(Job job) {
    RunDetails last = records.details(job.name());
    String entry = LineKind.SURROUNDINGS.value(last, "");
    return entry != null && entry.endsWith(" " + job.surroundings().entry()) ? last : null;
  }

  /** Returns what the environment loaded for a job's last run; null if it was another one. */
  private List<String> loadedThen(Job job) {
    List<String> then =
        LineKind.SURROUNDINGS
            .of(lastInside(job))
            .filter(line -> line.name().contains(" " + LineKind.MODULE))
            .map(ManifestEntry::now)
            .toList();
    return then.isEmpty() ? null : then;
  }

  private boolean mayBeLoaded(Job job, Tool tool) {
    Surroundings in = job.surroundings();
    return in != null && !tool.isPath() && machine.images().loads(in.entry());
  }

  /** Returns whether only a job's environment, which is not loaded yet, tells where a tool is. */
  boolean isUnknown(Job job, Tool tool) {
    return mayBeLoaded(job, tool) && variables(job) == null;
  }

  /** Returns where to look for a job's tools before its PATH: in what its environment loads. */
  private String before(Job job, Tool tool) {
    Map<String, String> made = mayBeLoaded(job, tool) ? variables(job) : null;
    String folders = made == null ? "" : made.get("PATH");
    return folders.isEmpty() ? "" : folders + ":";
  }

  /** Returns the path of a tool of a job that no job makes; null if it is not found. */
  public String path(Job job, Tool tool) {
    return machine.tools().path(tool, before(job, tool));
  }

  /** Returns the question where a job's tool is; see {@link ToolSearch#question}. */
  public String question(Job job, Tool tool) {
    return machine.tools().question(tool, before(job, tool));
  }

  @Override
  public Content ofTool(Job job, Tool tool) {
    if (isUnknown(job, tool)) {
      String then = LineKind.TOOL.value(lastInside(job), tool.name());
      return then == null ? new Content.Missing() : new Content.Value(then);
    }
    String path = path(job, tool);
    if (path == null || stale.at(path) != null) {
      return new Content.Missing();
    }
    try {
      return content(digests.seen(path).product());
    } catch (IOException e) {
      return new Content.Unreadable(Refusal.why(e));
    }
  }

  public MachineInputs machine() {
    return machine;
  }

  /**
   * Returns the identity of an image. If the image is missing, the last run's identity of the same
   * name counts.
   */
  @Override
  public ImageIdentity ofImage(int job, String step, Image image) {
    ImageIdentity here = ImageIdentity.here(image, machine, digests);
    return here != null
        ? here
        : ImageIdentity.recorded(image.name(), records.line(job, LineKind.IMAGE, step));
  }

  @Override
  public Optional<String> ofVariable(String name) {
    return machine.variable(name);
  }

  @Override
  public Content ofData(Ref.OfData value) {
    return values.of(value);
  }

  @Override
  public Content ofKey(int job, String path, String key) {
    return keyed.of(job, path, of(path), key);
  }

  /** Returns a job or group before the members of a list are known; -1 for none. */
  int pending(int list) {
    List<Integer> makers = graph.list(list).makers();
    int i = passed.get(list);
    boolean some = graph.list(list).kind() == ListKind.SOME;
    boolean seen = !graph.list(list).ofJobs(); // its members are found on disk
    while (i < makers.size()
        && ((seen ? records.isInPlace(makers.get(i)) : records.isSettled(makers.get(i)))
            || some && records.isDropped(makers.get(i)))) {
      i++;
    }
    passed.set(list, i); // a settled job stays settled
    return i < makers.size() ? makers.get(i) : awaited(gathered(list));
  }

  /**
   * Returns an unsettled job that makes the target of a symlink among the members; -1 if there is
   * none.
   */
  private int awaited(NeedMembers now) {
    for (Led led : now == null ? List.<Led>of() : now.led()) {
      if (!records.isInPlace(led.maker())) {
        return led.maker();
      }
    }
    return -1;
  }

  /**
   * Returns the reason about a symlink to a product for which the job does not wait; null without
   * one.
   */
  Reason unawaited(int job) {
    for (int list : graph.listNeeds().row(job)) {
      NeedMembers now = gathered(list);
      for (Led led : now == null ? List.<Led>of() : now.led()) {
        if (!graph.precedes(led.maker(), job)) {
          return led.refusal(graph);
        }
      }
    }
    return null;
  }

  /** Returns a list's members, each pending or with the contents that this build saw first. */
  public NeedMembers members(int list) {
    int now = pending(list) < 0 ? WHOLE : records.settlings();
    return gathered.compute(
            list,
            (id, old) ->
                old != null && old.moment == now ? old : gathered(now, lists.of(id, null, true)))
        .members;
  }

  /** Returns whether a list is a folder product whose maker may still run. */
  boolean isAllPending(int list) {
    NeedList needed = graph.list(list);
    int maker = needed.kind() == ListKind.FOLDER ? graph.makerOf(needed.text()) : -1;
    return maker >= 0 && !records.isInPlace(maker);
  }

  /** Returns a list's members at the last look; null before one. */
  NeedMembers gathered(int list) {
    Gathered last = gathered.get(list);
    return last == null ? null : last.members;
  }

  private Gathered gathered(int now, NeedMembers members) {
    return new Gathered(awaited(members) >= 0 ? records.settlings() : now, members);
  }

  /** Lists the members again, with the contents that this build saw. */
  public NeedMembers again(int list) {
    return lists.of(list, null, false);
  }

  /** Lists the members again and reads each file with {@code each}. */
  public NeedMembers fresh(int list, Io.Make<String, KnownDigest> each) {
    NeedMembers now = lists.of(list, each, true);
    gathered.put(list, gathered(WHOLE, now));
    return now;
  }

  /** Returns whether torc made a file, declared or not, and it is unmodified and not the user's. */
  boolean isMade(String path) {
    Undeclared found = stale.of(path);
    return found == null ? recorded(path) != null : found.owner() != StaleFiles.Owner.USER;
  }

  /** Returns the record of a file that torc made, if it is unmodified; else null. */
  OwnedPath recorded(String path) {
    OwnedPath owned = records.owned(path);
    if (owned == null || owned.adopted() || owned.kind() != FileKind.FILE) {
      return null;
    }
    // The job that reads the file reports an error.
    return Io.or(() -> owned.digest().equals(digests.seen(path).product()) ? owned : null, null);
  }

  List<String> inside(String folder) throws IOException {
    return digests.folder(folder, false).members().stream()
        .filter(member -> member.kind() == FileKind.FILE)
        .map(member -> folder + "/" + member.path())
        .toList();
  }

  /** Returns whether a settled job made a path, as a product or in a folder product (rule 7). */
  boolean made(int maker, String path) {
    JobResult result = records.isSkipped(maker) ? null : records.result(maker);
    if (result == null || graph.declares(maker, path)) {
      return result != null; // a good run makes every declared product
    }
    Set<String> paths =
        made.computeIfAbsent(
            maker,
            _ -> result.products().stream().map(RecordedProduct::path).collect(Collectors.toSet()));
    for (int end = path.length(); end > 0; end = path.lastIndexOf('/', end - 1)) {
      if (paths.contains(path.substring(0, end))) {
        return true;
      }
    }
    return false;
  }
}
