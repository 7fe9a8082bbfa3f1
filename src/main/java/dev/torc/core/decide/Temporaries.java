package dev.torc.core.decide;

import dev.torc.base.digests.Stamp;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.model.Downstream;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Group;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.ProductIndex;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/**
 * Handles jobs with {@code temporary}: finds which of their products are missing or can be removed,
 * and which jobs read them. A temporary job whose products are missing runs only if a reader runs.
 * So its verdict depends on its readers' verdicts, which in turn depend on its products. This class
 * handles that cycle, together with:
 *
 * <ul>
 *   <li>{@link GoneProducts}: the recorded contents of a missing product. As long as the maker is
 *       up to date, its readers are decided with the recorded contents.
 *   <li>{@link Plan}: the verdicts. It first assumes that makers are up to date and decides their
 *       readers. A reader that runs <em>wants</em> the missing products that it reads ({@link
 *       PlanContext.Wanted}), so their makers run and all readers of these products are decided
 *       again, until no more products are wanted. If the readers only may run, the maker may run.
 *   <li>{@code SpentProducts}: removes products that are no longer needed under {@code temporary:
 *       delete}.
 * </ul>
 *
 * <p>In a build, a maker that is up to date except for missing products stays undecided, and its
 * readers wait, so that all of them see the same bytes. When no other job can start, {@link
 * #decide} plans all waiting jobs; a maker's verdict is final if it is known whether its readers
 * run. If no verdict is final and nothing runs, the first maker runs, perhaps for nothing, because
 * all other jobs wait for it. A reader may also turn out to run late, for example because its known
 * result could not be restored or because an expansion added it. Then {@link #wantedBy} wants the
 * products that it reads, and {@link #revive} makes their makers wait again.
 *
 * <p>A group may be expanded from the record of a missing product, and then an instance may cause
 * that product to be made again. Such a group is expanded only after the product exists ({@link
 * #revokes}).
 *
 * <p>An alternative is an order-only edge from each maker to its readers, so that the maker is
 * decided once. That would replace {@link #decide} and the part of {@link Plan} for makers that may
 * run, about 80 lines, but each reader would be decided twice, since its final verdict depends on
 * the maker's.
 */
public final class Temporaries {

  /**
   * A missing product that a job or group reads. {@code told} is whether the records have
   * everything that the reader would find there.
   */
  record MissingRead(int maker, String path, boolean told) {}

  private final PlanContext context;
  private final Graph graph;
  private final GoneProducts products;
  private final IntFunction<List<RecordedProduct>> missing;
  private final Map<Integer, List<RecordedProduct>> gone = new HashMap<>();
  private final Map<Integer, List<MissingRead>> ofList = new HashMap<>();
  private Boolean anyGone; // null until asked

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
   * Returns the products of temporary jobs that can be removed: they have readers, the record of
   * each reader is good, and the records hold what the readers would find. The table of a group
   * stays, and so does the target of a symlink that a reader made. {@code further} are readers
   * besides those that wait for the makers.
   */
  public List<String> spent(BitSet makers, BitSet further) {
    Temporaries all = new Temporaries(context, maker -> made(maker, makers));
    BitSet readers = (BitSet) further.clone();
    makers.stream().forEach(maker -> Downstream.addReaders(graph, maker, readers));
    Map<String, Boolean> can = new TreeMap<>();
    for (int j : graph.inOrder(graph.jobsOf(readers))) {
      List<MissingRead> reads = all.reads(j);
      boolean well = !reads.isEmpty() && isGood(j);
      reads.removeIf(read -> !makers.get(read.maker));
      for (MissingRead read : reads) {
        boolean free = read.told && well && !leadsTo(context.records().result(j), read.path);
        can.merge(read.path, free, Boolean::logicalAnd);
      }
    }
    graph.workflow().groups().forEach(group -> can.keySet().removeAll(group.sources().tables()));
    can.values().removeIf(each -> !each);
    return List.copyOf(can.keySet());
  }

  private List<RecordedProduct> made(int maker, BitSet makers) {
    JobResult made = makers.get(maker) ? context.records().result(maker) : null;
    return made != null && made.outcome() == JobResult.Outcome.OK ? made.products() : List.of();
  }

  /** Returns whether a job made a symlink to a path or to something in it. */
  private boolean leadsTo(JobResult result, String path) {
    Path root = products.digests().root();
    for (RecordedProduct made : result.products()) {
      for (String link : products.links(made)) {
        try {
          if (root.resolve(link).toRealPath().startsWith(root.resolve(path).toRealPath())) {
            return true;
          }
        } catch (IOException e) {
          // A dangling symlink: removing the path changes nothing for it.
        }
      }
    }
    return false;
  }

  public boolean lacks(int job) {
    return job >= 0 && (!products.of(job).isEmpty() || demanded(job) != null);
  }

  /**
   * Returns the final verdict on each undecided job for which it is known whether a reader needs
   * its products.
   *
   * @param waiting all waiting jobs, including the undecided ones; blocked jobs do not count as
   *     readers
   * @param idle whether all other jobs wait for the undecided ones, so that one of these has to run
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
   * Returns a context that wants the missing products that a job reads, since the job turned out to
   * run. Returns the present context if no product is missing.
   */
  public PlanContext wantedBy(int job) {
    List<MissingRead> reads = reads(job);
    if (reads.isEmpty()) {
      return context;
    }
    Map<String, String> wants = new HashMap<>(context.wanted().products());
    reads.forEach(read -> wants.put(read.path(), graph.name(job)));
    return context.anew(true, wants);
  }

  /**
   * Unsettles and returns the makers whose missing products are read by {@code readers} or by other
   * unsettled makers. The context must not have decided anything yet.
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

  /** Adds the missing products that open groups read, each with the group. */
  void addCounted(Map<String, Integer> counted) {
    for (int group : context.selection().open().stream().toArray()) {
      reads(group).forEach(read -> counted.put(read.path(), group));
    }
  }

  /**
   * Adds to {@code wanted} the products whose records must not decide the instances of a group:
   * each will be made again, or the group has to wait for it. Returns whether any was added.
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

  private String demanded(int job) {
    return graph.isTemporary(job) ? context.decider().lacks(job) : null;
  }

  private boolean isGood(int job) {
    JobResult result = context.records().result(job);
    boolean good = result != null && result.outcome().isGood() && result.needs().areSure();
    return good && !graph.job(job).has(Trait.ALWAYS);
  }

  private List<RecordedProduct> of(int maker) {
    return maker >= 0 && graph.isTemporary(maker)
        ? gone.computeIfAbsent(maker, missing::apply)
        : List.of();
  }

  /** Returns the missing products that a job reads, or that an open group waits for. */
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
    for (int maker : graph.before().row(job)) {
      String lack = demanded(maker);
      if (lack != null) {
        reads.add(new MissingRead(maker, lack, true));
      }
    }
    for (int file : graph.needs().row(job)) {
      String path = graph.path(file);
      addFile(graph.maker(file), path, reads);
      addLed(graph.maker(file), job, link -> (path + "/").startsWith(link + "/"), reads);
    }
    for (int list : graph.listNeeds().row(job)) {
      reads.addAll(ofList.computeIfAbsent(list, id -> ofList(graph.list(id))));
    }
    for (String path : context.records().found(job)) {
      int maker = context.contents().makerOfFound(graph, job, path);
      if (maker >= 0 && graph.precedes(maker, job)) {
        RealNames names = context.contents().names();
        addFile(maker, names.declared(names.of(path)), reads);
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

  /**
   * Adds what a symlink in a folder product leads to. The records do not tell the contents behind
   * it.
   *
   * @param reader the job that reads the symlink, or the node that it waits for
   */
  private void addLed(int maker, int reader, Predicate<String> read, List<MissingRead> reads) {
    JobResult result = maker >= 0 && graph.isJob(maker) ? context.records().result(maker) : null;
    for (RecordedProduct made : result == null ? List.<RecordedProduct>of() : result.products()) {
      boolean folder = made.kind() == Stamp.FileKind.FOLDER && anyGone();
      for (String link : folder ? products.links(made) : List.<String>of()) {
        String real = read.test(link) ? context.contents().names().of(link) : link;
        int behind = real.equals(link) ? -1 : graph.makerOf(real);
        for (RecordedProduct lost : of(behind)) {
          if ((real + "/").startsWith(lost.path() + "/") && graph.precedes(behind, reader)) {
            reads.add(new MissingRead(behind, lost.path(), false));
          }
        }
      }
    }
  }

  private boolean anyGone() {
    if (anyGone == null) {
      anyGone = graph.allJobs().stream().anyMatch(job -> !of(job).isEmpty());
    }
    return anyGone;
  }

  private List<MissingRead> ofList(NeedList list) {
    List<MissingRead> reads = new ArrayList<>(0);
    for (int maker : list.makers()) {
      addLed(maker, list.awaited(), link -> list.ofJobs() || list.covers(link), reads);
      for (RecordedProduct made : of(maker)) {
        if (list.ofJobs() ? list.takes(graph.job(maker), made.path()) : holds(list, made)) {
          reads.add(new MissingRead(maker, made.path(), products.tells(list, made)));
        }
      }
    }
    return reads;
  }

  /** Returns whether a glob or folder may contain a product, or members of a folder product. */
  private static boolean holds(NeedList list, RecordedProduct made) {
    String path = made.path();
    if (made.kind() == Stamp.FileKind.FILE) {
      return list.covers(path) && !list.excludes(path);
    }
    return list.kind() == NeedList.ListKind.GLOB
        ? list.overlaps(ProductIndex.inside(path))
        : list.covers(path) || list.liesIn(path);
  }

  /**
   * Adds the missing products that an open group waits for. For a file other than a table, the
   * recorded name is enough.
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
