package dev.torc.features.adopt;

import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.ParallelShares;
import dev.torc.base.digests.Stamp;
import dev.torc.base.posix.Io;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.NearestPath;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.AttemptFailure;
import dev.torc.core.attempt.AttemptOutcome;
import dev.torc.core.attempt.FoundNeeds;
import dev.torc.core.attempt.GoodProducts;
import dev.torc.core.attempt.ProductScan;
import dev.torc.core.attempt.Recorder;
import dev.torc.core.decide.Expander;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.ProductRoots;
import dev.torc.core.decide.Verdict;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.memory.Batch;
import dev.torc.core.memory.BuildRecord.BuildId;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Workflow;
import dev.torc.features.finds.DiscoveredNeeds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Accepts existing files as the products of jobs that did not run, under the jobs' present
 * manifests. It handles the named jobs in build order, so that jobs that depend on an adopted one
 * can be adopted, too. It only gathers the records; the caller stores all of them or none.
 */
public final class Adoption {

  private final Expander expander;
  private final DigestMemo digests;
  private final ProductRoots grounds;
  private final Recorder recorder;
  private final Batch batch = new Batch();
  private final List<String> adopted = new ArrayList<>();
  private final List<String> upToDate = new ArrayList<>();
  private final List<Diagnostic> problems = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();
  private final List<Sound> sound = new ArrayList<>();
  private PlanContext context;
  private Map<Integer, String> dataReaders;

  /**
   * A visited job that waits for its record: its makers are settled and its products exist.
   *
   * @param spent the products that it may lack
   */
  private record Sound(int id, Job job, List<RecordedProduct> spent) {}

  /** Adopts the jobs that the selection names; {@code expander} returns later contexts. */
  public Adoption(PlanContext first, Expander expander, DigestMemo digests, BuildId build)
      throws IOException {
    this.expander = expander;
    this.digests = digests;
    Workflow workflow = first.graph().workflow();
    this.grounds = new ProductRoots(workflow.root(), workflow.settings().roots());
    this.recorder = new Recorder(build, null);
    this.context = first;
  }

  /**
   * The outcome. If there are problems, its batch must not be stored. Its context is the last one,
   * in which the adopted jobs are settled.
   */
  public record Adopted(
      PlanContext context,
      Batch batch,
      List<String> jobs,
      List<String> upToDate,
      List<Diagnostic> problems) {}

  public Adopted run() throws IOException {
    PlanContext next = context;
    do {
      context = next;
      dataReaders = dataReaders(context.graph());
      visitJobs(false);
      next = expander.next(context);
    } while (next != context);
    visitJobs(true);
    for (int group : context.graph().inOrder(context.selection().namedOpen())) {
      unknown(group);
    }
    return new Adopted(context, batch, adopted, upToDate, problems);
  }

  /** Visits the named jobs that wait for no group; if {@code last}, also all other named jobs. */
  private void visitJobs(boolean last) throws IOException {
    boolean all = last || context.graph().open().isEmpty();
    int[] jobs = context.graph().inOrder(context.selection().named());
    if (all) {
      readAhead(jobs);
    }
    try {
      for (int j : jobs) {
        boolean now = all || !context.graph().isOpen(context.decider().pending(j));
        if (now && seen.add(context.graph().name(j))) {
          visit(j);
        }
      }
    } finally {
      adoptSound(); // a failure of these comes before that of a later job
    }
  }

  /**
   * Reads the files of jobs without a record, on several threads. Files that cannot be read are
   * reported when their jobs are visited.
   */
  private void readAhead(int[] jobs) throws IOException {
    Graph graph = context.graph();
    BitSet files = new BitSet();
    for (int j : jobs) {
      if (context.records().result(j) == null) {
        for (int file : graph.products().row(j)) {
          files.set(file);
        }
        for (int file : graph.needs().row(j)) {
          if (graph.maker(file) < 0) {
            files.set(file);
          }
        }
      }
    }
    int[] all = files.stream().toArray();
    ParallelShares.each(
        all.length,
        i -> {
          String path = graph.path(all[i]);
          Io.or(() -> graph.maker(all[i]) < 0 ? digests.seen(path) : digests.product(path), null);
        });
  }

  private void visit(int id) throws IOException {
    Job job = context.graph().job(id);
    if (context.records().unsettledBefore(id) >= 0 || job.depfile() != null) {
      adoptSound(); // the job may read what one of these makes
    }
    boolean never = context.records().result(id) == null && job.extras().isEmpty();
    if (!never && context.decide(id) instanceof Verdict.UpToDate) {
      context.records().settle(id);
      upToDate.add(job.name());
      return;
    }
    int before = problems.size();
    if (job.has(Trait.ALWAYS)) {
      problem(job, "it always runs, so nothing can be adopted for it");
      return;
    }
    if (dataReaders.containsKey(id)) {
      String reader = SafeText.name(dataReaders.get(id));
      problem(job, "job " + reader + " needs its data, and values cannot be adopted; " + run(job));
    }
    List<RecordedProduct> spent = SpentTemporary.of(context, id);
    products(job, spent);
    int pending = pending(id);
    if (pending >= 0) {
      problem(job, waits(job, pending));
    }
    if (problems.size() == before) {
      sound.add(new Sound(id, job, spent));
    }
  }

  /**
   * Returns an unsettled node before a job; only lists and found needs wait for more than edges.
   */
  private int pending(int id) {
    boolean plain =
        context.graph().listNeeds().count(id) == 0 && context.records().found(id).isEmpty();
    return plain && context.records().unsettledBefore(id) < 0 ? -1 : context.decider().pending(id);
  }

  /** Checks that each declared product exists or is spent; of globs alone, one match is enough. */
  private void products(Job job, List<RecordedProduct> spent) throws IOException {
    int globs = 0;
    Set<String> without = new HashSet<>();
    spent.forEach(product -> without.add(product.path()));
    for (Ref ref : job.productRefs()) {
      switch (ref) {
        case Ref.OfFile file when without.contains(file.path()) -> {}
        case Ref.OfFolder folder when without.contains(folder.path()) -> {}
        case Ref.OfFile file -> product(job, file.path(), Stamp.FileKind.FILE);
        case Ref.OfFolder folder -> product(job, folder.path(), Stamp.FileKind.FOLDER);
        case Ref.OfGlob glob -> globs += glob.optional() ? 0 : 1;
        case Ref.Exclude _, Ref.OfJob _, Ref.OfData _ -> {}
      }
    }
    if (globs > 0
        && globs == job.productRefs().size()
        && ProductScan.of(grounds, digests, job, false).made().isEmpty()) {
      problem(job, "none of its products exists; " + run(job));
    }
    if (job.depfile() != null
        && digests.product(job.depfile()).stamp().kind() != Stamp.FileKind.FILE) {
      problem(
          job,
          "depfile %s %s, or write it with the compiler, as gcc -MM -MF does"
              .formatted(SafeText.name(job.depfile()), missing(job, job.depfile())));
    }
  }

  private void product(Job job, String path, Stamp.FileKind kind) throws IOException {
    Stamp.FileKind there = digests.seen(path).stamp().kind(); // the scan looks at it again
    if (there != kind) {
      problem(job, ProductScan.lack(SafeText.name(path), there, missing(job, path)));
    }
  }

  private String missing(Job job, String path) {
    boolean temporary = job.has(Trait.TEMPORARY) && !path.equals(job.depfile());
    String or = temporary ? ", or adopt all jobs that read it in the same call" : "";
    String near = NearestPath.inParentheses(grounds.root().resolve(path), path);
    return "is missing" + near + "; " + run(job) + or;
  }

  /** Returns why a job cannot be adopted: a job or group before it has yet to run. */
  private String waits(Job job, int node) {
    String name = context.graph().name(node);
    String line = "it needs what job %s makes";
    if (!context.graph().isJob(node)) {
      line =
          "it needs what group %s makes, whose instances are not known yet; run `torc build %1$s`"
              + " first";
    } else if (!seen.contains(name)) {
      line +=
          ", which is not up to date; build or adopt %1$s first, or build with --frozen "
              + SafeText.name(job.name()).replace("%", "%%");
    }
    return line.formatted(SafeText.name(name));
  }

  private void unknown(int group) {
    var open = context.graph().open().get(group);
    if (!open.further().problems().isEmpty()) {
      problems.addAll(open.further().problems());
      return;
    }
    String name = SafeText.name(context.graph().name(context.records().unsettledBefore(group)));
    String line =
        "group %s: its instances are known when %2$s has ended; build or adopt %2$s first";
    problems.add(new Diagnostic(open.place(), line.formatted(SafeText.name(open.name()), name)));
  }

  /** Adopts the sound jobs: looks at their files on several threads, then records in order. */
  private void adoptSound() throws IOException {
    List<Sound> jobs = List.copyOf(sound);
    sound.clear();
    Recorder.Record[] records = new Recorder.Record[jobs.size()];
    Exception[] failures = new Exception[records.length];
    ParallelShares.each(
        records.length,
        i -> {
          try {
            records[i] = look(jobs.get(i));
          } catch (AttemptFailure | IOException e) {
            failures[i] = e;
          }
        });
    for (int i = 0; i < records.length; i++) {
      Sound each = jobs.get(i);
      if (failures[i] instanceof IOException e) {
        throw e;
      } else if (failures[i] != null) {
        problem(each.job, failures[i].getMessage());
        continue;
      }
      batch.add(recorder.whole(records[i]));
      context.records().replace(each.id, records[i].result());
      context.records().settle(each.id);
      adopted.add(each.job.name());
    }
  }

  /** Returns the record of a job; changes nothing. */
  private Recorder.Record look(Sound job) throws IOException {
    NeedSnapshot snapshot = context.contents().snapshot(job.id);
    snapshot.recall();
    refuse(snapshot.lack());
    FoundNeeds needs = DiscoveredNeeds.read(context.graph(), job.id, snapshot, Stamp.MISSING, null);
    for (String path : needs.found()) {
      int maker = snapshot.makerOfFound(context.graph(), job.id, path);
      if (maker >= 0 && !context.records().isSettled(maker)) {
        refuse(waits(job.job, maker));
      }
      refuse(digests.of(path).digest() == null ? snapshot.gone(path) : null);
    }
    ProductScan products = ProductScan.of(grounds, digests, job.job, job.spent.isEmpty());
    GoodProducts.check(context, job.id, products);
    products = SpentTemporary.with(products.adopted(_ -> true), job.spent);
    AttemptOutcome.Made made =
        new AttemptOutcome.Made(products, needs, List.of(), List.of(), false, List.of());
    ProcessEnd.How how = ProcessEnd.How.NOT_STARTED;
    AttemptOutcome outcome = AttemptOutcome.unstarted(how, "", snapshot, made);
    return recorder.adopted(context, job.id, outcome);
  }

  private static void refuse(String problem) {
    if (problem != null) {
      throw new AttemptFailure(problem);
    }
  }

  /** Reports a problem of a job, after those of the jobs before. */
  private void problem(Job job, String line) throws IOException {
    adoptSound();
    problems.add(new Diagnostic(job.place(), "job " + SafeText.name(job.name()) + ": " + line));
  }

  private static String run(Job job) {
    return "make it with `torc build " + SafeText.name(job.name()) + "`";
  }

  /** Returns the jobs whose values other jobs need, each with one of those jobs. */
  static Map<Integer, String> dataReaders(Graph graph) {
    Map<Integer, String> readers = new HashMap<>();
    for (int j : graph.inOrder(graph.allJobs())) {
      boolean first = graph.before().count(j) == 0; // such a job is not unpacked
      for (Ref ref : first ? List.<Ref>of() : graph.job(j).needRefs()) {
        if (ref instanceof Ref.OfData data && data.job() != null) {
          for (int maker : graph.makers(data)) {
            readers.putIfAbsent(maker, graph.name(j));
          }
        }
      }
    }
    return readers;
  }
}
