package dev.torc.features.fastpath;

import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.Stamp;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.Verdict;
import dev.torc.core.manifest.Footprint;
import dev.torc.core.manifest.MachineInputs;
import dev.torc.core.manifest.MachineInputs.ImageSource;
import dev.torc.core.manifest.MachineInputs.ImageSource.Loaded;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.Adjacency;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Tool;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Step.Image;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Finds, after a build, which jobs are {@linkplain FreshJobs fresh}: settled jobs that depend only
 * on plain files and on the names in folders. A verdict holds only for the stamps it was based on:
 * if the build saw two stamps of a file, or its verdicts used two, the next build decides all jobs
 * that touch the file. The other jobs of the build are dirty: all their files that may matter are
 * stored as the build saw them. If a stamp cannot be trusted yet (rule 4), such as a new product's,
 * the next build reads the file, and decides no job if the bytes are the same.
 */
final class FreshCollector {

  private final PlanContext context;
  private final Graph graph;
  private final DigestMemo digests;
  private final Set<String> replaced;
  private final FreshFiles gathered;
  private final int[][] extra;
  private final FreshMembers members;
  private final String build;
  private final BitSet jobs = new BitSet();
  private final BitSet dirty = new BitSet();
  private final BitSet torn = new BitSet();
  private final BitSet woken = new BitSet();

  private FreshCollector(PlanContext context, String build) {
    this.context = context;
    this.build = build;
    this.graph = context.graph();
    this.digests = context.basis().digests();
    this.replaced = digests.replaced();
    this.members = new FreshMembers(context, digests);
    this.extra = new int[graph.nodes()][];
    this.gathered = new FreshFiles(graph);
  }

  /**
   * Returns the fresh and dirty jobs; see {@link FreshJobs#after}. The answers to store come from
   * the context's {@link MachineInputs}; {@code NeedContents} asked a copy.
   */
  static FreshJobs of(
      PlanContext context, FreshJobs.Held held, FreshJobs before, BitSet stayed, String build)
      throws IOException {
    FreshCollector fresh = new FreshCollector(context, build);
    Set<String> variables = new TreeSet<>();
    if (before != null) {
      fresh.wake(before, stayed);
      fresh.dirty.or(before.dirty());
      fresh.dirty.andNot(context.selection().jobs());
      fresh.jobs.or(stayed);
      fresh.copyFiles(before);
      variables.addAll(before.held().caller().keySet());
    }
    BitSet due = fresh.deletingNext(stayed);
    BitSet others = (BitSet) context.selection().jobs().clone();
    others.andNot(stayed);
    for (int j : context.graph().inOrder(context.graph().allJobs())) {
      if (stayed.get(j) || due.get(j) || !fresh.canBeFresh(j)) {
        continue;
      }
      Deciding found = fresh.find(j, true);
      if (found.whole && fresh.verdictHolds(found)) {
        fresh.addFresh(found);
        variables.addAll(found.questions);
        others.clear(j);
      }
    }
    for (int j = others.nextSetBit(0); j >= 0; j = others.nextSetBit(j + 1)) {
      fresh.addDirty(fresh.find(j, false));
    }
    return fresh.fresh(
        held.with(context.basis().machine(), variables), context.basis().cache().nextBuildNumber());
  }

  private FreshJobs fresh(FreshJobs.Held held, long number) {
    Adjacency.RowCollector rows = new Adjacency.RowCollector();
    for (int j = 0; j < extra.length; j++) {
      if (extra[j] != null) {
        Arrays.stream(extra[j]).forEach(rows::add);
      }
      rows.endRow(true);
    }
    // No file has such a stamp, so the next build decides the jobs that touch the file.
    torn.stream().forEach(file -> gathered.put(file, new long[] {SeenFiles.TORN, 0, 1, 0}));
    return new FreshJobs(held, number, jobs, dirty, gathered.seen(rows.build()), null);
  }

  /** Marks fresh jobs for a new decision if a temporary product that they touch came or went. */
  private void wake(FreshJobs before, BitSet stayed) {
    BitSet moved = new BitSet();
    for (String path : graph.hasTemporary() ? replaced : Set.<String>of()) {
      int file = before.files().number(graph, path);
      if (file >= 0) {
        moved.set(file);
      }
    }
    if (!moved.isEmpty()) {
      stayed.stream().filter(before.anyOf(graph, moved)).forEach(woken::set);
      stayed.andNot(woken);
    }
  }

  /** Copies the stamps and digests of the files of jobs that stayed fresh or dirty. */
  private void copyFiles(FreshJobs before) {
    BitSet stayed = (BitSet) jobs.clone();
    stayed.or(dirty);
    EarlierFiles files = new EarlierFiles(gathered, graph, before.files());
    for (int j = stayed.nextSetBit(0); j >= 0; j = stayed.nextSetBit(j + 1)) {
      extra[j] = files.copyOf(j);
    }
  }

  /** Returns the jobs whose products the next build will remove, even if it runs no job. */
  private BitSet deletingNext(BitSet stayed) {
    BitSet due = new BitSet();
    BitSet makers = new BitSet();
    IntStream jobs = graph.allJobs().stream().filter(j -> graph.deletes(j) && !stayed.get(j));
    jobs.filter(this::canBeFresh).forEach(makers::set); // other jobs may have undeclared products
    context.temporaries().spent(makers, new BitSet()).stream()
        .filter(path -> !isGone(path))
        .forEach(path -> due.set(graph.makerOf(path)));
    return due;
  }

  private boolean isGone(String path) {
    KnownDigest known = digests.last(path);
    return known != null && !known.stamp().exists();
  }

  /** Returns whether a job is settled and depends only on the disk and on other jobs' results. */
  private boolean canBeFresh(int id) {
    if (!context.records().isSettled(id)
        || context.records().isSkipped(id)
        || !isOnDisk(graph.job(id))) {
      return false;
    }
    Job job = graph.job(id);
    JobResult result = context.records().result(id);
    boolean well = result != null && result.needs().areSure();
    if (!well || job.has(Trait.ALWAYS) || job.has(Trait.TRACE) && !result.traced()) {
      return false;
    }
    // The maker of a found file may run although the graph has no edge from the maker to this job.
    return result.needs().found().stream().allMatch(path -> graph.makerOf(path) < 0);
  }

  /** Returns whether files alone decide the conditions of a job. */
  private boolean isOnDisk(Job job) {
    return job.extras().isEmpty()
        || context.basis().conditions().of(job).stream().allMatch(each -> each.restsOnFiles(job));
  }

  /** The files and folders that decide a job, by number. */
  private final class Deciding {
    final int job;
    final Set<Integer> all = new LinkedHashSet<>();
    final Map<Integer, long[]> folders = new HashMap<>();
    final BitSet made = new BitSet(); // files in unchanged folder products
    final Set<String> questions = new TreeSet<>();
    final int named;
    boolean whole = true; // only these files and folders decide
    boolean listed; // other jobs may have seen more of a needed glob or folder, or of modules

    Deciding(int job) {
      this.job = job;
      IntStream.of(graph.needs().row(job)).forEach(all::add);
      IntStream.of(graph.products().row(job)).forEach(all::add);
      this.named = all.size();
    }

    int add(String path) {
      int file = gathered.number(path);
      all.add(file);
      return file;
    }

    /** Returns the files other than the named needs and products. */
    int[] also() {
      return all.stream().skip(named).mapToInt(file -> file).toArray();
    }

    /** Adds the members of a glob or folder; {@code found} is null if anything else decides. */
    void add(FreshMembers.Members found, boolean own) {
      if (found == null) {
        whole = false;
        return;
      }
      found.folders().forEach((path, stamp) -> folders.put(add(path), SeenFiles.numbers(stamp)));
      for (String path : found.files()) {
        made.set(add(path), own);
      }
    }
  }

  private void addFresh(Deciding deciding) {
    extra[deciding.job] = deciding.also();
    jobs.set(deciding.job);
    for (int file : deciding.all) {
      long[] folder = deciding.folders.get(file);
      KnownDigest known = digests.last(gathered.path(file));
      setStamp(file, folder != null ? folder : FreshFiles.numbers(known));
      if (folder == null) {
        gathered.digests.put(file, known.digest());
      }
    }
  }

  /**
   * Finds the files that decide a job. For a job that is not {@code settled}, which will be dirty,
   * finds its files as the build saw them.
   */
  private Deciding find(int id, boolean settled) throws IOException {
    Deciding to = new Deciding(id);
    Footprint footprint = context.decider().footprint(id);
    to.questions.addAll(footprint.variables());
    for (String path : footprint.files()) {
      to.add(path);
      if (settled && isFolder(id, path)) {
        to.add(folder(path), false);
      }
    }
    for (RecordedProduct product : products(id)) {
      to.add(product.path());
      if (settled && isFolder(id, product.path())) {
        to.add(members.of(product), true);
      } else if (!settled && product.kind() == Stamp.FileKind.FOLDER) {
        members.seen(product.path(), hasLooked(id)).forEach(to::add);
      }
    }
    MachineInputs around = context.contents().machine();
    for (Job entering : footprint.entering()) {
      Loaded loaded = context.contents().ofLoaded(entering);
      to.listed |= loaded != null; // this build may have loaded others
      if (loaded != null && loaded.asked()) {
        to.questions.add(around.question(entering.surroundings()));
      }
    }
    for (Tool tool : footprint.tools()) {
      if (context.contents().isLocked(graph.job(id), tool)) {
        continue;
      }
      String path = context.contents().path(graph.job(id), tool);
      if (path == null) {
        to.whole = false;
        continue;
      }
      to.add(path);
      if (!tool.isPath()) {
        to.questions.add(context.contents().question(graph.job(id), tool));
      }
    }
    for (Image image : settled ? footprint.images() : List.<Image>of()) {
      to.questions.add(around.question(image));
      ImageSource.Here here = around.image(image);
      if (here != null && here.file() != null) {
        to.add(here.file());
      }
    }
    for (int list : footprint.lists()) {
      if (graph.list(list).ofJobs()) {
        continue; // the result of another job decides
      }
      if (!settled) {
        members.seen(list, hasLooked(id)).forEach(to::add);
      } else {
        to.listed = true;
        to.add(members.of(list), false);
      }
    }
    to.whole &=
        context.leftOut(id).isEmpty(); // the jobs that it left out may have results next time
    return to;
  }

  /** Returns whether the build looked at a job's needs: it ran the job or settled it. */
  private boolean hasLooked(int id) {
    return ran(id) || context.records().isSettled(id);
  }

  private boolean ran(int id) {
    JobResult result = context.records().result(id);
    return result != null && build.equals(result.build());
  }

  /** Returns the stamp and digest that the build saw for a job's file; null if it did not look. */
  private KnownDigest known(int id, String path) throws IOException {
    return woken.get(id) ? digests.seen(path) : digests.last(path);
  }

  private boolean isFolder(int id, String path) throws IOException {
    KnownDigest known = known(id, path);
    return known != null && known.stamp().kind() == Stamp.FileKind.FOLDER;
  }

  /** Returns the members of a needed folder that a job made; null if anything else decides. */
  private FreshMembers.Members folder(String path) throws IOException {
    int maker = graph.makerOf(path);
    JobResult result = maker < 0 ? null : context.records().result(maker);
    RecordedProduct made = result == null ? null : result.product(path);
    return made == null ? null : members.of(made);
  }

  private List<RecordedProduct> products(int job) {
    JobResult result = context.records().result(job);
    return result == null ? List.of() : result.products();
  }

  /** Returns whether the verdict on a job follows from the known stamps of its files. */
  private boolean verdictHolds(Deciding deciding) throws IOException {
    int id = deciding.job;
    boolean doubt = woken.get(id) || deciding.listed;
    for (int file : deciding.all) {
      if (deciding.folders.containsKey(file)) {
        continue;
      }
      String path = gathered.path(file);
      KnownDigest known = known(id, path);
      boolean plain = known != null && known.stamp().kind() == Stamp.FileKind.FILE;
      if (!plain && !(isGone(path) && goesWithout(id, path))) {
        return false; // neither a file nor known to be missing
      }
      doubt |= !deciding.made.get(file) && replaced.contains(path);
    }
    return !doubt || context.decide(id) instanceof Verdict.UpToDate;
  }

  /** Returns whether a file may be missing: a recorded temporary product, or an optional need. */
  private boolean goesWithout(int id, String path) {
    int maker = graph.makerOf(path);
    return maker < 0
        ? graph.job(id).isOptional(path)
        : context.temporaries().lacks(maker) || graph.job(maker).mayLack(path);
  }

  /** Sets the stamp that a verdict was based on. A file with two such stamps decides nothing. */
  private void setStamp(int file, long[] stamp) {
    int at = file * SeenFiles.WIDTH;
    long[] stamps = gathered.stamps();
    if (gathered.isKnown(file)
        && !Arrays.equals(stamps, at, at + SeenFiles.WIDTH, stamp, 0, SeenFiles.WIDTH)) {
      torn.set(file);
    }
    gathered.put(file, stamp);
  }

  private void addDirty(Deciding seen) {
    extra[seen.job] = seen.also();
    dirty.set(seen.job);
    JobResult result = context.records().result(seen.job);
    List<String> moved = ran(seen.job) ? result.needs().moved() : List.of();
    for (int file : seen.all) {
      String path = gathered.path(file);
      if (moved.contains(path) || replaced.contains(path) && graph.makerOf(path) < 0) {
        torn.set(file);
      } else if (!gathered.isKnown(file)) {
        KnownDigest known = members.last(path);
        gathered.put(file, known == null ? PresentFiles.now(digests, path) : known);
      }
    }
  }
}
