package dev.torc.features.stores;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.Stamp.FileKind;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.Walk;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.Paths;
import dev.torc.core.decide.Decider;
import dev.torc.core.decide.Decider.Recalls;
import dev.torc.core.decide.NeedContents;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Recall;
import dev.torc.core.decide.Verdict;
import dev.torc.core.manifest.Described;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.core.memory.JobResult.Origin;
import dev.torc.core.memory.JobResult.Restorable;
import dev.torc.core.memory.RecordedProduct;
import dev.torc.core.memory.RecordedProduct.OwnedPath;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.Ref;
import dev.torc.features.intents.MaxAge;
import dev.torc.features.secrets.SecretValues;
import dev.torc.features.stores.SharedStore.Hit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/**
 * Finds a known good result that can replace a run of a job in its present state, and computes the
 * key under which a run's result is stored. It queries shared stores and waits for them, but stores
 * and restores nothing. {@link NearestResult} explains why no result fits.
 */
public final class KnownResults implements Recall {

  /**
   * A result that may replace a run.
   *
   * @param hit the hit in a shared store; null for a result of this root
   * @param lists the members of the result's lists by digest, to be stored in the cache with the
   *     result
   */
  record Match(Hit hit, Result result, Map<Digest, List<ManifestEntry>> lists) {}

  private final Graph graph;
  private final NeedContents contents;
  final Places places;
  private final Programs programs;
  private Boolean blank;
  private boolean some;

  /**
   * Where the known results of a command are.
   *
   * @param asked the shared stores to query, and wait for, while jobs are decided; null for none
   */
  public record Places(Cache cache, DigestMemo digests, LocalStore stored, SharedStores asked)
      implements Recalls {

    @Override
    public Recall of(Graph graph, NeedContents contents) {
      return new KnownResults(graph, contents, this);
    }
  }

  private KnownResults(Graph graph, NeedContents contents, Places places) {
    this.graph = graph;
    this.contents = contents;
    this.places = places;
    DigestMemo digests = places.digests;
    this.programs =
        new Programs(digests.root(), contents, digests.counting(), new ConcurrentHashMap<>());
  }

  /** Returns the known results of a graph's jobs. */
  static KnownResults of(PlanContext context) {
    return (KnownResults) context.decider().recall();
  }

  /** Returns whether a job's results may be uploaded to shared stores and restored from them. */
  static boolean mayShare(Job job) {
    return job.mayStore() && job.links().caching() != Job.Caching.LOCAL;
  }

  @Override
  public Restorable terms(
      int id,
      Digest described,
      Digest bare,
      String system,
      boolean values,
      int files,
      RecordedProduct depfile) {
    Job job = graph.job(id);
    boolean makes =
        values || !job.links().produces().isEmpty() || job.links().caching() == Job.Caching.ALWAYS;
    boolean off = places.stored.isOff() && graph.workflow().settings().stores().shared().isEmpty();
    if (off || !makes || !job.mayStore() || system != null && system.isEmpty()) {
      return null;
    }
    return new Restorable(
        key(job, described, system),
        bare == null ? null : key(job, bare, system),
        programs.of(job),
        files,
        job.has(Trait.SHOWS_OUTPUT) && job.extra(SecretValues.KEY) == null,
        depfile);
  }

  Digest key(Job job, Digest described, String system) {
    return ResultKey.of(job, described, system, graph.workflow().settings().stores().system());
  }

  @Override
  public Result of(int id, boolean bytes, Function<List<String>, Described> manifests) {
    Match match = here(graph.job(id), bytes, manifests);
    if (match == null && places.asked != null && bytes) {
      for (SharedStore store : places.asked.all()) {
        Match there = match == null ? of(store, id, manifests) : null;
        match = there != null && store.holds(there.hit()) ? there : match;
      }
    }
    return match == null ? null : match.result();
  }

  @Override
  public boolean mayCome(int id) {
    return places.asked == null
        && places.stored.restores()
        && !graph.workflow().settings().stores().shared().isEmpty()
        && mayShare(graph.job(id));
  }

  @Override
  public Result ofLastRun(int id) {
    Result last = places.stored.restores() ? Result.of(places.cache, graph.name(id)) : null;
    if (last == null || !isHere(last)) {
      return null;
    }
    places.stored.want(last);
    return last;
  }

  /** Returns a shared store's result for a job with these needs; null if the store has none. */
  Match of(SharedStore store, Decider decider, int id, NeedSnapshot needs) {
    return of(
        store,
        id,
        found -> {
          try {
            for (String path : found) {
              if (!needs.declares(path)) {
                needs.add(path);
              }
            }
            return decider.describe(id, found, needs);
          } catch (IOException e) {
            return null; // that run read a file that cannot be read here
          }
        });
  }

  private Match of(SharedStore store, int id, Function<List<String>, Described> manifests) {
    return !mayShare(graph.job(id))
        ? null
        : find(
            graph.job(id),
            manifests,
            store::names,
            (key, first, named, now) -> {
              Hit hit = store.find(key);
              Result there = hit.result();
              boolean same =
                  there != null && there.found().equals(named) && !places.stored.isReplaced(there);
              Result as = same ? asOwn(id, hit, first, now) : null;
              return as == null ? null : new Match(hit, as, now.lists());
            });
  }

  private interface Place {

    /**
     * Returns the result with a key; null if none fits.
     *
     * @param first the key without found needs; null for a job that finds none
     * @param named the found needs of the result's run
     * @param now the present manifest with the found needs {@code named}
     */
    Match at(Digest key, Digest first, List<String> named, Described now);
  }

  /**
   * Returns the first result that a place has for a job; null if there is none.
   *
   * @param manifests returns its present manifest with given found needs; null if not known yet
   * @param names returns the found needs of each run whose result the place has, for a key without
   *     found needs
   */
  private Match find(
      Job job,
      Function<List<String>, Described> manifests,
      Function<Digest, List<List<String>>> names,
      Place place) {
    Digest first = null;
    Set<List<String>> lists = new LinkedHashSet<>();
    if (!job.finds()) {
      lists.add(List.of());
    } else {
      Described bare = manifests.apply(List.of());
      first = bare == null ? null : key(job, bare.digest(), null);
      lists.addAll(first == null ? List.of() : names.apply(first));
      for (String each : makers(job)) {
        JobResult last = places.cache.result(each);
        if (last != null) {
          lists.add(last.needs().found());
        }
      }
    }
    for (List<String> named : lists) {
      Described now = manifests.apply(named);
      Match match = now == null ? null : place.at(key(job, now.digest(), null), first, named, now);
      if (match != null
          && !MaxAge.isTooOld(job, match.result.origin().started(), match.result.spent().wall())) {
        return match;
      }
    }
    return null;
  }

  private Match here(Job job, boolean bytes, Function<List<String>, Described> manifests) {
    if (!places.stored.restores() || !job.mayStore() || isBlank()) {
      return null;
    }
    if (!hasAny() && standing(job, null).isEmpty()) {
      return null; // do not read the needs for nothing
    }
    return find(
        job,
        manifests,
        places.stored::names,
        (key, _, _, now) -> {
          Result known = LocalStore.find(places.cache, key);
          if (known != null && serves(job, known, key, bytes)) {
            places.stored.want(known);
            return new Match(null, known, Map.of());
          }
          for (Result each : standing(job, now.digest())) {
            if (serves(job, each, key, bytes)) {
              return new Match(null, each, Map.of());
            }
          }
          return null;
        });
  }

  /**
   * Returns the results of the job's last run and of the last maker of its first product, with this
   * manifest unless it is null.
   */
  private List<Result> standing(Job job, Digest manifest) {
    List<Result> standing = new ArrayList<>(2);
    for (String each : makers(job)) {
      JobResult last = places.cache.result(each);
      boolean fits = last != null && (manifest == null || last.manifest().equals(manifest));
      Result result = fits ? Result.of(places.cache, each) : null; // decodes all that the run read
      if (result != null) {
        standing.add(result);
      }
    }
    return standing;
  }

  /** Returns whether a result has this key, the present programs, and restorable products. */
  private boolean serves(Job job, Result result, Digest key, boolean bytes) {
    return result.key().equals(key)
        && programs.of(job, result.terms().programs()).equals(result.terms().programs())
        && (bytes
            ? isHere(result)
            : result.parts().stream().allMatch(part -> contents.gone().isGone(part.path())));
  }

  /** Returns whether no result was known at the first call, before this build added results. */
  private boolean isBlank() {
    if (blank == null) {
      blank = places.cache.isBlank() && places.stored.isEmpty();
    }
    return blank;
  }

  /** Returns whether any result is places.stored. Queries the store only until it has one. */
  private boolean hasAny() {
    some = some || !places.stored.isEmpty();
    return some;
  }

  /** Returns the job's name, and the name of its first product's last maker if that differs. */
  private List<String> makers(Job job) {
    List<Ref> products = job.productRefs();
    Ref first = products.isEmpty() ? null : products.getFirst();
    OwnedPath owned =
        first instanceof Ref.OfFile file
            ? places.cache.owned(file.path())
            : first instanceof Ref.OfFolder folder ? places.cache.owned(folder.path()) : null;
    return owned == null || owned.adopted() || owned.job().equals(job.name())
        ? List.of(job.name())
        : List.of(job.name(), owned.job());
  }

  /** Returns whether all products of a result, and its log if it has one, are available. */
  private boolean isHere(Result result) {
    return (result.outputs().log() == null || places.stored.has(result.logPart()))
        && result.parts().stream().allMatch(part -> places.stored.has(part) || stands(part))
        && result.products().stream().allMatch(each -> !each.isLink() || leads(each, result));
  }

  /** Returns whether a symlink leads to the recorded bytes, or to another product of the result. */
  private boolean leads(RecordedProduct link, Result result) {
    Path root = places.digests.root();
    Path target = Walk.to(Walk.real(root.resolve(link.path()).getParent()), link.link());
    Io.Get<Digest> now = () -> places.digests.digestNow(Paths.named(root, target), link.kind());
    return result.products().stream()
            .filter(other -> !other.path().equals(link.path()))
            .anyMatch(other -> target.startsWith(root.resolve(other.path())))
        || link.digest().equals(Io.or(now, null));
  }

  /**
   * Returns whether a product is in its place with exactly these bytes, even if torc did not put it
   * there.
   */
  private boolean stands(OwnedPath part) {
    return Io.or(
        () -> part.digest().equals(places.digests.digestNow(part.path(), part.kind())), false);
  }

  /** Converts a shared store's result to one of this root; null if it does not fit the job. */
  private Result asOwn(int id, Hit hit, Digest first, Described now) {
    Result there = hit.result();
    Job job = graph.job(id);
    List<RecordedProduct> products = products(id, there);
    String depfile = there.depfile() == null ? null : there.depfile().path();
    boolean same = depfile == null ? job.depfile() == null : depfile.equals(job.depfile());
    if (products == null
        || !same
        || !there.inputs().manifest().equals(now.digest())
        || !programs.of(job, there.terms().programs()).equals(there.terms().programs())) {
      return null;
    }
    Origin from = there.originFor(job.name(), hit.store().name());
    return there.as(first, job.name(), products, now.lines(), from);
  }

  /** Returns the products in the order that a run records; null if they are not as declared. */
  private List<RecordedProduct> products(int id, Result there) {
    Map<String, RecordedProduct> others = new HashMap<>();
    there.products().forEach(product -> others.put(product.path(), product));
    List<RecordedProduct> products = new ArrayList<>();
    for (Ref ref : graph.job(id).productRefs()) {
      if (ref instanceof Ref.OfGlob glob) {
        Glob pattern = glob.glob();
        others.keySet().stream()
            .filter(path -> pattern.matches(path) && graph.makerOf(path) == id)
            .sorted()
            .toList()
            .forEach(path -> products.add(of(others.remove(path), FileKind.FILE)));
      } else if (ref instanceof Ref.OfFolder folder) {
        products.add(of(others.remove(folder.path()), FileKind.FOLDER));
      } else if (ref instanceof Ref.OfFile file) {
        products.add(of(others.remove(file.path()), FileKind.FILE));
      }
    }
    return others.isEmpty() && !products.contains(null) ? products : null;
  }

  /** Returns a product as a run on this machine records it; null if it is not of this kind. */
  private static RecordedProduct of(RecordedProduct product, FileKind kind) {
    return product == null || product.kind() != kind
        ? null
        : new RecordedProduct(
            product.path(), kind, product.digest(), product.size(), product.link());
  }

  /**
   * The earlier result that is nearest to a job's present state, and why it cannot be restored.
   * Only reports use it.
   *
   * @param reasons the differences between the manifests
   * @param lack what else prevents a restore, as a phrase; empty if nothing does
   */
  public record NearestResult(Origin from, List<Reason> reasons, String lack) {

    /** The maximum number of records to read from shared stores. */
    private static final int MOST = 1000;

    /** The nearest result first; the newer one first if two are equally near. */
    private static final Comparator<NearestResult> ORDER =
        Comparator.comparingInt(NearestResult::distance)
            .thenComparing(near -> near.from.started(), Comparator.reverseOrder());

    /**
     * Returns the nearest result of each job, except one whose differences are the job's reasons.
     * Reads all stored results once.
     *
     * @param runs the verdicts on jobs that will run
     * @param folders shared stores to search too; null for none
     */
    public static Map<Integer, NearestResult> of(
        PlanContext context, Map<Integer, Verdict.WillRun> runs, SharedStores folders) {
      Map<Integer, NearestResult> nearest = new HashMap<>();
      KnownResults known = KnownResults.of(context);
      Graph graph = context.graph();
      known.places.stored.each(
          stored -> {
            int id = graph.jobId(stored.job());
            if (runs.containsKey(id) && graph.job(id).mayStore()) {
              Described now = context.decider().present(id, stored.found());
              boolean here =
                  now != null && stored.key().equals(known.key(graph.job(id), now.digest(), null));
              String lack = here ? "its products are not in the store anymore" : "";
              of(context, id, stored, stored.origin(), lack).putInto(nearest, id, runs.get(id));
            }
          });
      boolean shares =
          runs.keySet().stream().anyMatch(job -> KnownResults.mayShare(graph.job(job)));
      if (folders != null && shares) {
        folders.newest(
            MOST,
            found -> {
              Result each = found.result();
              int id = graph.jobId(each.job());
              if (runs.containsKey(id) && KnownResults.mayShare(graph.job(id))) {
                String lack =
                    each.root() != null
                        ? "its bytes name its root, " + each.root()
                        : known.places.stored.isReplaced(each)
                            ? "a newer result was seen here"
                            : "";
                Origin from = each.originFor(each.job(), found.store().name());
                of(context, id, each, from, lack).putInto(nearest, id, runs.get(id));
              }
            });
      }
      return nearest;
    }

    private static NearestResult of(
        PlanContext context, int id, Result then, Origin from, String lack) {
      List<Reason> reasons = context.decider().difference(id, then.found(), then.inputs().lines());
      List<String> had = then.terms().programs();
      Job job = context.graph().job(id);
      String programs = Programs.difference(had, KnownResults.of(context).programs.of(job, had));
      String why = programs.isEmpty() ? lack : programs;
      String other = "it was made on another system, or with other parameters";
      return new NearestResult(from, reasons, why.isEmpty() && reasons.isEmpty() ? other : why);
    }

    private void putInto(Map<Integer, NearestResult> nearest, int id, Verdict.WillRun will) {
      if (!reasons.equals(will.reasons())) {
        nearest.merge(id, this, BinaryOperator.minBy(ORDER));
      }
    }

    private int distance() {
      return 2 * reasons.size() + (lack.isEmpty() ? 0 : 1);
    }
  }
}
