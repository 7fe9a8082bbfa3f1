package dev.torc.plan;

import dev.torc.graph.Downstream;
import dev.torc.graph.Graph;
import dev.torc.graph.NeedList;
import dev.torc.hash.Stamp;
import dev.torc.records.JobResult;
import dev.torc.records.RecordedProduct;
import dev.torc.syntax.Glob;
import dev.torc.workflow.Group;
import dev.torc.workflow.Job.Trait;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * Jobs with {@code temporary}: their products that are missing, or need not stay, which jobs read
 * them, and what follows. A temporary job whose products are missing runs only if a reader runs. So
 * its verdict follows from those of its readers, which follow from its own: what it made decides
 * them. All code that deals with this circle is here, but for these three:
 *
 * <ul>
 *   <li>{@link GoneProducts}: what the records tell of a product that is missing. As long as the
 *       maker is up to date, this stands for its bytes when readers are decided.
 *   <li>{@link Plan}: the verdicts. It takes makers as up to date first, and decides their readers.
 *       A reader that runs then <em>wants</em> the missing products that it reads ({@link
 *       PlanContext#wanted}), so their maker runs and its readers are decided anew, until nothing
 *       is wanted in addition. A maker whose readers only may run may run too.
 *   <li>{@code SpentProducts}: removes what is not needed any more under {@code temporary: delete}.
 * </ul>
 *
 * <p>In a build, a maker that is up to date but for missing products waits undecided, and so do its
 * readers, so that all of them see the same bytes. When nothing else can start, {@link #decide}
 * makes a plan of all waiting jobs, in which a maker has a final verdict if it is known whether its
 * readers run. If nothing runs and none has one, the first maker runs, though it may turn out that
 * this was in vain: all others wait for it. A reader may turn out to run late, as when its known
 * result could not be restored, or an instance that an expansion added. Then {@link #wantedBy}
 * wants what it reads, and {@link #revive} lets makers wait again that were up to date.
 *
 * <p>An expansion of groups may rest on what the records tell of a missing product, and its
 * instances may then have the product made again. So the groups are expanded only after that
 * ({@link #revokes}).
 *
 * <p>In another design a maker would wait for its readers by an order-only edge, and be decided
 * once. That would replace {@link #decide} and what {@link Plan} says of makers that may run, some
 * 80 lines, and each reader would be decided twice: its final verdict comes after that of the
 * maker.
 */
public final class Temporaries {

  /**
   * A read of such a product by a job or group.
   *
   * @param told whether the records tell what the reader would find
   */
  record MissingRead(int maker, String path, boolean told) {}

  private final PlanContext context;
  private final Graph graph;
  private final GoneProducts products;
  private final IntFunction<List<RecordedProduct>> missing;
  private final Map<Integer, List<RecordedProduct>> gone = new HashMap<>();
  private final Map<Integer, List<MissingRead>> ofList = new HashMap<>();

  /** Finds the products that are not there. */
  Temporaries(PlanContext context) {
    this(context, context.contents().gone()::of);
  }

  private Temporaries(PlanContext context, IntFunction<List<RecordedProduct>> missing) {
    this.context = context;
    this.graph = context.graph();
    this.products = context.contents().gone();
    this.missing = missing;
  }

  /**
   * Returns the products of some temporary jobs that can go: jobs read them, none of these jobs
   * will run as far as its record tells, and the records will tell the jobs what the products held.
   * A table from which a group takes its values cannot go.
   *
   * @param further jobs that may read them beside those that wait for the makers themselves
   */
  public List<String> spent(BitSet makers, BitSet further) {
    Temporaries all =
        new Temporaries(
            context,
            maker -> {
              JobResult made = makers.get(maker) ? context.records().result(maker) : null;
              boolean own = made != null && made.outcome() == JobResult.Outcome.OK;
              return own ? made.products() : List.of();
            });
    BitSet readers = (BitSet) further.clone();
    makers.stream().forEach(maker -> Downstream.addReaders(graph, maker, readers));
    Map<String, Boolean> can = new TreeMap<>();
    for (int j : graph.inOrder(graph.jobsOf(readers))) {
      List<MissingRead> reads = all.reads(j);
      boolean well = !reads.isEmpty() && isGood(j);
      reads.forEach(read -> can.merge(read.path, read.told && well, Boolean::logicalAnd));
    }
    graph.workflow().groups().forEach(group -> can.keySet().removeAll(group.sources().tables()));
    can.values().removeIf(each -> !each);
    return List.copyOf(can.keySet());
  }

  /** Returns whether a product of a temporary job is not there any more. */
  public boolean lacks(int job) {
    return job >= 0 && !products.of(job).isEmpty();
  }

  /**
   * Returns the final verdicts on those of the undecided jobs of which it is known by now whether a
   * reader needs their products.
   *
   * @param waiting all jobs that wait, the undecided ones among them; blocked jobs do not count as
   *     readers
   * @param idle whether all other jobs wait for the undecided ones, even the readers that would
   *     decide about them: then one of these runs in any case
   */
  public Map<Integer, Verdict> decide(BitSet waiting, BitSet undecided, boolean idle) {
    Plan plan = Plan.amid(context, waiting);
    int[] jobs = graph.inOrder(undecided);
    Map<Integer, Verdict> known = new LinkedHashMap<>();
    for (int job : jobs) {
      if (!(plan.verdict(job) instanceof Verdict.MayRun)) {
        known.put(job, plan.verdict(job));
      }
    }
    if (idle && known.isEmpty()) {
      known.put(jobs[0], context.decider().due(jobs[0], List.of(plan.maybe(jobs[0]))));
    }
    return known;
  }

  /**
   * Returns the context for a job that runs though it was not expected to: the missing products
   * that it reads are wanted. The same context if it reads none.
   */
  public PlanContext wantedBy(int job) {
    List<MissingRead> reads = reads(job);
    if (reads.isEmpty()) {
      return context;
    }
    Map<String, String> wants = new HashMap<>(context.wanted());
    reads.forEach(read -> wants.put(read.path(), graph.name(job)));
    return context.anew(true, wants);
  }

  /**
   * Unsettles jobs that lack products which new jobs, or other such jobs, read; nothing may have
   * been asked of the context before.
   *
   * @return the jobs that it unsettled
   */
  public BitSet revive(BitSet readers) {
    BitSet revived = new BitSet();
    int[] order = graph.inOrder(graph.hasTemporary() ? graph.allJobs() : revived);
    for (int i = order.length - 1; i >= 0; i--) {
      if (readers.get(order[i]) || revived.get(order[i])) {
        for (MissingRead read : reads(order[i])) {
          if (context.records().isSettled(read.maker())) {
            context.records().unsettle(read.maker());
            revived.set(read.maker());
          }
        }
      }
    }
    return revived;
  }

  /** Adds the missing products by whose records groups are expanded, with the groups. */
  void addCounted(Map<String, Integer> counted) {
    for (int group : context.selection().open().stream().toArray()) {
      reads(group).forEach(read -> counted.put(read.path(), group));
    }
  }

  /**
   * Returns whether a missing product by whose record a group was expanded turns out to be made
   * again, for an instance of the group, say, or a group turns out to wait for other jobs too. Then
   * the product is made first: {@code wanted} takes it.
   */
  static boolean revokes(Plan plan, Map<String, Integer> counted, Map<String, String> wanted) {
    int before = wanted.size();
    Graph graph = plan.context().graph();
    counted.forEach(
        (path, node) -> {
          Group group = graph.open().get(node);
          int maker = graph.makerOf(path);
          boolean waits =
              group != null
                  && group.further().problems().isEmpty()
                  && (!group.grows() || graph.before().has(node, maker));
          if (waits == plan.verdict(maker) instanceof Verdict.UpToDate) {
            wanted.putIfAbsent(path, graph.name(node));
          }
        });
    return wanted.size() > before;
  }

  /** Returns whether the record of a job gives no reason to run it. */
  private boolean isGood(int job) {
    JobResult result = context.records().result(job);
    boolean good = result != null && result.outcome().isGood() && result.moved().isEmpty();
    return good && !graph.job(job).has(Trait.ALWAYS);
  }

  private List<RecordedProduct> of(int maker) {
    return maker >= 0 && graph.isTemporary(maker)
        ? gone.computeIfAbsent(maker, missing::apply)
        : List.of();
  }

  /**
   * Returns the missing products that a node reads: a job, also by what its depfile named, or a
   * group that is not expanded yet.
   */
  List<MissingRead> reads(int node) {
    List<MissingRead> reads = new ArrayList<>(0);
    Group group = graph.open().get(node);
    if (group == null) {
      addReads(node, reads);
    } else if (group.further().problems().isEmpty()) {
      addAwaited(node, group, reads);
    }
    return reads;
  }

  private void addReads(int job, List<MissingRead> reads) {
    for (int file : graph.needs().row(job)) {
      addFile(graph.maker(file), graph.path(file), reads);
    }
    for (int list : graph.listNeeds().row(job)) {
      reads.addAll(ofList.computeIfAbsent(list, id -> ofList(graph.list(id))));
    }
    for (String path : context.records().found(job)) {
      int maker = graph.makerOf(path);
      if (maker >= 0 && graph.precedes(maker, job)) {
        addFile(maker, path, reads);
      }
    }
  }

  private void addFile(int maker, String path, List<MissingRead> reads) {
    for (RecordedProduct made : of(maker)) {
      boolean whole = path.equals(made.path());
      if (whole || path.startsWith(made.path() + "/")) {
        reads.add(new MissingRead(maker, made.path(), whole || products.tells(made)));
      }
    }
  }

  private List<MissingRead> ofList(NeedList list) {
    List<MissingRead> reads = new ArrayList<>(0);
    for (int maker : list.makers()) {
      for (RecordedProduct made : of(maker)) {
        if (list.ofJobs() || holds(list, made)) {
          reads.add(new MissingRead(maker, made.path(), products.tells(list, made)));
        }
      }
    }
    return reads;
  }

  /** Returns whether a product, or what was in it, may be among the members of a glob or folder. */
  private static boolean holds(NeedList list, RecordedProduct made) {
    String path = made.path();
    if (made.kind() == Stamp.FileKind.FILE) {
      return list.covers(path) && !list.excludes(path);
    }
    return list.kind() == NeedList.ListKind.GLOB
        ? list.glob().overlaps(Glob.of(Glob.escape(path) + "/**"))
        : list.covers(path) || (list.text() + "/").startsWith(path + "/");
  }

  /**
   * Adds what a group that is not expanded yet awaits: for a file its recorded name is enough,
   * unless the file is a table.
   */
  private void addAwaited(int node, Group group, List<MissingRead> reads) {
    for (int before : graph.before().row(node)) {
      for (RecordedProduct made : of(before)) {
        boolean told =
            made.kind() == Stamp.FileKind.FILE && !group.sources().tables().contains(made.path());
        reads.add(new MissingRead(before, made.path(), told));
      }
    }
  }
}
