package dev.torc.plan;

import dev.torc.graph.Graph;
import dev.torc.hash.Digest;
import dev.torc.hash.Stamp;
import dev.torc.records.Cache;
import dev.torc.records.JobResult;
import dev.torc.records.ManifestEntry;
import dev.torc.records.Origin;
import dev.torc.records.RecordedProduct;
import dev.torc.results.Result;
import dev.torc.results.ResultStore;
import dev.torc.results.ResultStore.Hit;
import dev.torc.syntax.Glob;
import dev.torc.workflow.Job;
import dev.torc.workflow.Ref;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Asks a shared store for a good result of what a job is now, and says what it would be here: only
 * what the job declares, made with the programs that are here. It waits for the store, and fetches
 * no product. Callable from any thread.
 */
public record SharedResults(Graph graph, Cache cache, KnownResults known, Programs programs) {

  /**
   * A result that may stand for a run.
   *
   * @param result the same as if it had been kept here
   * @param lists the members of its lists by their digests, which go into the cache with it
   */
  public record Match(Hit hit, Result result, Map<Digest, List<ManifestEntry>> lists) {}

  /** Whether results of a job may go to shared stores, and come from them. */
  public static boolean mayShare(Job job) {
    return KnownResults.mayKeep(job) && job.caching() != Job.Caching.LOCAL;
  }

  /** The same as {@link #of(ResultStore, int, Function)} by the needs of a job as they are now. */
  public Match of(ResultStore store, Decider decider, int id, NeedSnapshot needs) {
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
            return null; // what cannot be looked at is no file of then
          }
        });
  }

  /**
   * What a store has for a job; null where that is nothing.
   *
   * @param manifests the manifest with what a depfile named; null where that is not known yet
   */
  Match of(ResultStore store, int id, Function<List<String>, Decider.Described> manifests) {
    Job job = graph.job(id);
    if (!mayShare(job)) {
      return null;
    }
    return known.find(
        id,
        manifests,
        store,
        () -> {
          JobResult last = cache.result(job.name());
          return last == null ? List.of() : List.of(last.found());
        },
        (key, first, named, now) -> {
          Hit hit = store.find(key);
          boolean same = hit.result() != null && hit.result().found().equals(named);
          Result here = same ? here(id, hit, first, now) : null;
          return here == null ? null : new Match(hit, here, now.lists());
        });
  }

  /** What a result would be here; null where it does not fit the job. */
  private Result here(int id, Hit hit, Digest first, Decider.Described now) {
    Result there = hit.result();
    Job job = graph.job(id);
    List<RecordedProduct> products = products(id, there);
    String depfile = there.depfile() == null ? null : there.depfile().path();
    boolean same = depfile == null ? job.depfile() == null : depfile.equals(job.depfile());
    if (products == null
        || !same
        || !there.manifest().equals(now.digest())
        || !programs.of(job).equals(there.programs())) {
      return null;
    }
    Origin from = origin(there, job.name(), hit.store().name());
    return there.as(first, job.name(), products, now.lines(), from);
  }

  /** Where a result was made that is one of a job here. */
  static Origin origin(Result there, String job, String store) {
    Origin from = there.originFor(job);
    return new Origin(store, from.build(), from.host(), from.time(), from.job());
  }

  /** The products in the order of a run here; null where they are not those that are declared. */
  private List<RecordedProduct> products(int id, Result there) {
    Map<String, RecordedProduct> left = new HashMap<>();
    there.products().forEach(product -> left.put(product.path(), product));
    List<RecordedProduct> products = new ArrayList<>();
    for (Ref ref : graph.job(id).productRefs()) {
      if (ref instanceof Ref.OfGlob glob) {
        Glob pattern = Glob.of(glob.pattern());
        Map<String, RecordedProduct> matching = new TreeMap<>();
        left.forEach(
            (path, product) -> {
              if (pattern.matches(path) && graph.makerOf(path) == id) {
                matching.put(path, product);
              }
            });
        for (String path : matching.keySet()) {
          products.add(of(left.remove(path), Stamp.Kind.FILE));
        }
      } else if (ref instanceof Ref.OfFolder folder) {
        products.add(of(left.remove(folder.path()), Stamp.Kind.FOLDER));
      } else if (ref instanceof Ref.OfFile file) {
        products.add(of(left.remove(file.path()), Stamp.Kind.FILE));
      }
    }
    return left.isEmpty() && !products.contains(null) ? products : null;
  }

  /** A product as a run here has it, if it is of that kind; else null. */
  private static RecordedProduct of(RecordedProduct product, Stamp.Kind kind) {
    return product == null || product.kind() != kind
        ? null
        : new RecordedProduct(
            product.path(), kind, product.digest(), product.size(), product.link());
  }
}
