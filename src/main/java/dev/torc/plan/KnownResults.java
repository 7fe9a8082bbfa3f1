package dev.torc.plan;

import dev.torc.graph.Graph;
import dev.torc.hash.Digest;
import dev.torc.hash.Stamp;
import dev.torc.posix.SystemName;
import dev.torc.records.Cache;
import dev.torc.records.OwnedPath;
import dev.torc.records.RecordedProduct;
import dev.torc.records.Restorable;
import dev.torc.results.KeptResults;
import dev.torc.results.Result;
import dev.torc.results.ResultKey;
import dev.torc.results.ResultStore;
import dev.torc.results.SharedStores;
import dev.torc.workflow.Job;
import dev.torc.workflow.Ref;
import dev.torc.workflow.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Finds the good result for what a job is now, if one is known and its products are to be had; and
 * says of a run under which key its result will be found. It neither keeps nor restores anything.
 */
public final class KnownResults {

  private final Graph graph;
  private final Cache cache;
  private final NeedContents contents;
  private final Manifest manifest;
  private final KeptResults kept;
  private final SharedStores asked;
  private final Programs programs;
  private final ManifestHash hash = new ManifestHash();
  private Boolean blank;
  private boolean some;

  /**
   * For the jobs of a graph.
   *
   * @param kept what is kept for later
   * @param asked the shared stores that are asked, and waited for, where nothing is known here;
   *     null for none
   */
  KnownResults(
      Graph graph,
      Cache cache,
      NeedContents contents,
      Manifest manifest,
      KeptResults kept,
      SharedStores asked) {
    this.graph = graph;
    this.cache = cache;
    this.contents = contents;
    this.manifest = manifest;
    this.kept = kept;
    this.asked = asked;
    this.programs = contents.programs();
  }

  /** The same for another graph. */
  KnownResults over(Graph next, NeedContents now, Manifest over) {
    return new KnownResults(next, cache, now, over, kept, asked);
  }

  /** What asks shared stores. */
  public SharedResults shared() {
    return new SharedResults(graph, cache, this, programs);
  }

  /**
   * Whether results of a job may be kept, as far as its build file says. Whether it stores values
   * is seen when it ran: a run that leaves nothing has no result.
   */
  public static boolean mayKeep(Job job) {
    return !job.always()
        && !job.persist()
        && !job.interactive()
        && job.caching() != Job.Caching.NEVER;
  }

  /**
   * Under which key the result of a run is known, and what else is asked of it later; null where it
   * is not to be kept.
   *
   * @param described the manifest of the run
   * @param bare the same without the files that its depfile named; null for a job without depfile
   * @param system the kind of system that it ran on; null for this machine's
   * @param values whether it stored any
   * @param files how many its products are
   * @param depfile the depfile that it left; null for none
   */
  public Restorable terms(
      int id,
      Digest described,
      Digest bare,
      String system,
      boolean values,
      int files,
      RecordedProduct depfile) {
    Job job = graph.job(id);
    boolean left = values || !job.produces().isEmpty() || job.caching() == Job.Caching.ALWAYS;
    if (isOff() || !left || !mayKeep(job) || system != null && system.isEmpty()) {
      return null;
    }
    return new Restorable(
        key(job, described, system),
        bare == null ? null : key(job, bare, system),
        programs.of(job),
        files,
        job.showsOutput(),
        depfile);
  }

  /** Whether results go nowhere. */
  private boolean isOff() {
    return kept.isOff() && graph.workflow().stores().shared().isEmpty();
  }

  /** Under which key the result of a run here is known that has a manifest. */
  Digest key(Job job, Digest described, String system) {
    boolean contained = !job.steps().isEmpty();
    for (Step step : job.steps()) {
      contained &= step.image() != null;
    }
    String kind =
        contained ? SystemName.architecture() : system == null ? SystemName.here() : system;
    String own = graph.workflow().stores().system();
    return ResultKey.of(
        described,
        job.parameters(),
        own.isEmpty() ? kind : kind + " " + own,
        job.produces().isEmpty() && job.caching() == Job.Caching.ALWAYS ? job.name() : "");
  }

  /**
   * The result that can be put in the place of a run now; null where there is none.
   *
   * @param bytes whether its products are to be had; else nothing stands in their places
   */
  Result of(int id, boolean bytes) {
    Result here = here(id, bytes);
    if (here != null || asked == null || !bytes) {
      return here;
    }
    for (ResultStore store : asked.all()) {
      SharedResults.Match match = shared().of(store, id, found -> described(id, found));
      if (match != null) {
        return match.result();
      }
    }
    return null;
  }

  /**
   * What one place has for a job.
   *
   * @param <T> that
   */
  interface At<T> {

    /**
     * What it has for a job as it is now; null for nothing that fits.
     *
     * @param first leads to what is under the key; null for a job without a depfile
     * @param named what the depfile named then
     * @param now the manifest with that
     */
    T of(Digest key, Digest first, List<String> named, Decider.Described now);
  }

  /**
   * The first result for a job that a place has.
   *
   * @param manifests the manifest with what a depfile named; null where that is not known yet
   * @param place knows what a depfile named in the runs whose results it has
   * @param more what it named in other runs
   */
  <T> T find(
      int id,
      Function<List<String>, Decider.Described> manifests,
      ResultStore place,
      Supplier<List<List<String>>> more,
      At<T> at) {
    Job job = graph.job(id);
    Digest first = null;
    Set<List<String>> lists = new LinkedHashSet<>();
    if (!job.finds()) {
      lists.add(List.of());
    } else {
      Decider.Described bare = manifests.apply(List.of());
      first = bare == null ? null : key(job, bare.digest(), null);
      lists.addAll(first == null ? List.of() : place.names(first));
      lists.addAll(more.get());
    }
    for (List<String> named : lists) {
      Decider.Described now = mayName(id, named) ? manifests.apply(named) : null;
      T found = now == null ? null : at.of(key(job, now.digest(), null), first, named, now);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private Result here(int id, boolean bytes) {
    Job job = graph.job(id);
    if (!kept.restores() || !mayKeep(job) || isBlank()) {
      return null;
    }
    Present present = new Present(job);
    if (!some() && present.all().isEmpty()) {
      return null; // nothing is read for that
    }
    return find(
        id,
        found -> described(id, found),
        kept,
        () -> present.all().stream().map(Result::found).toList(),
        (key, _, _, _) -> {
          Result known = kept.find(key).result();
          if (known != null && serves(job, known, key, bytes)) {
            kept.want(known);
            return known;
          }
          for (Result each : present.all()) {
            if (serves(job, each, key, bytes)) {
              return each;
            }
          }
          return null;
        });
  }

  /** What a job made that stands now, and what another one made in its places. */
  private final class Present {

    private final Job job;
    private List<Result> all; // read late: seldom asked for

    Present(Job job) {
      this.job = job;
    }

    List<Result> all() {
      if (all == null) {
        String maker = maker(job);
        all = new ArrayList<>(2);
        all.add(Result.of(cache, job.name()));
        all.add(maker == null ? null : Result.of(cache, maker));
        all.removeIf(Objects::isNull);
      }
      return all;
    }
  }

  /** Whether a result is that of a key, by the programs of now, and is to be had. */
  private boolean serves(Job job, Result result, Digest key, boolean bytes) {
    return result.key().equals(key)
        && programs.of(job).equals(result.programs())
        && (bytes ? isHere(result) : isGone(result));
  }

  /** Whether nothing was known when it was asked first: what this build makes, no job asks for. */
  private boolean isBlank() {
    if (blank == null) {
      blank = cache.isBlank() && kept.isEmpty();
    }
    return blank;
  }

  /** Whether any result is kept. Once there is, the store is not asked again. */
  private boolean some() {
    some = some || !kept.isEmpty();
    return some;
  }

  /** Another job that made the first of the job's products as it stands; null for none. */
  private String maker(Job job) {
    List<Ref> products = job.productRefs();
    Ref first = products.isEmpty() ? null : products.getFirst();
    OwnedPath owned =
        first instanceof Ref.OfFile file
            ? cache.owned(file.path())
            : first instanceof Ref.OfFolder folder ? cache.owned(folder.path()) : null;
    return owned == null || owned.adopted() || owned.job().equals(job.name()) ? null : owned.job();
  }

  /** The manifest with what a depfile named then; null where that is not known yet. */
  private Decider.Described described(int id, List<String> found) {
    manifest.describe(id, found, contents, hash);
    int pending = hash.pending();
    Digest digest = hash.digest();
    return pending < 0 ? new Decider.Described(digest, List.of(), Map.of()) : null;
  }

  /** Whether a depfile may name these; else a run would say what to add to the needs. */
  private boolean mayName(int id, List<String> found) {
    for (String path : found) {
      int maker = graph.makerOf(path);
      if (maker >= 0 && !graph.precedes(maker, id)) {
        return false;
      }
    }
    return true;
  }

  /** The key of what a job is now, with what its depfile named; null where that is not known. */
  Digest key(int id, List<String> found) {
    Decider.Described now = mayName(id, found) ? described(id, found) : null;
    return now == null ? null : key(graph.job(id), now.digest(), null);
  }

  /** Hands over all kept results. */
  void each(Consumer<Result> visitor) {
    kept.each(visitor);
  }

  /** How other programs differ from those that a job runs now, in a phrase; empty for not. */
  String otherPrograms(int id, List<String> then) {
    return Programs.difference(then, programs.of(graph.job(id)));
  }

  /** Whether nothing stands where the products of a result stood. */
  private boolean isGone(Result result) {
    return result.parts().stream().allMatch(part -> contents.gone().isGone(part.path()));
  }

  /** Whether its products are to be had, and its log where that belongs to it. */
  private boolean isHere(Result result) {
    if (result.log() != null && !kept.has(result.logPart())) {
      return false;
    }
    for (OwnedPath part : result.parts()) {
      if (!kept.has(part) && !stands(part)) {
        return false;
      }
    }
    return true;
  }

  /** Whether a product stands where it stood, as torc made it. */
  private boolean stands(OwnedPath part) {
    OwnedPath owned = cache.owned(part.path());
    if (owned == null || owned.adopted() || !owned.isLike(part)) {
      return false;
    }
    try {
      if (part.kind() != Stamp.Kind.LINK) {
        return part.digest().equals(contents.product(part.path(), part.kind()));
      }
      Path link = graph.workflow().root().resolve(part.path());
      return Files.isSymbolicLink(link)
          && part.digest().equals(Digest.ofText(Files.readSymbolicLink(link).toString()));
    } catch (IOException e) {
      return false;
    }
  }
}
