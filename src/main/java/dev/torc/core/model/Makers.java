package dev.torc.core.model;

import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.syntax.Excludes;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.PatternIndex.Pattern;
import dev.torc.base.syntax.Place;
import dev.torc.core.model.ProductIndex.Claim;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * The products of a graph's jobs and of groups that are not expanded yet. It refuses declarations
 * by which two jobs could make the same path (rule 13). It knows declarations only, not the disk.
 * Jobs and groups are named by their nodes. The expected products of a group conflict with nothing
 * until the group is expanded. A {@code Makers} object never changes: an extended one shares its
 * data.
 */
final class Makers {

  private IntFunction<Job> jobs; // these three are null after construction, to free their owner
  private IntFunction<String> names;
  private List<Diagnostic> errors;
  private final ProductIndex products;
  private final PersistentMap<Boolean> above; // all folders above products
  private final PersistentMap<Integer> depfiles;
  private long compared;

  Makers() {
    this.products = ProductIndex.NONE;
    this.above = PersistentMap.none();
    this.depfiles = PersistentMap.none();
  }

  /**
   * Creates the makers with the products of {@code base} and of {@code added} jobs. {@code groups}
   * are the groups that are still not expanded. {@code sources} are paths that match a pattern of
   * such a group but that the group does not make. If {@code base} has jobs, the reported errors
   * may be incomplete and out of order.
   */
  Makers(
      Makers base,
      int[] added,
      IntFunction<Job> jobs,
      Map<Integer, Group> groups,
      Set<String> sources,
      IntFunction<String> names,
      List<Diagnostic> errors) {
    this.jobs = jobs;
    this.names = names;
    this.errors = errors;
    Map<String, Claim> claims = HashMap.newHashMap(added.length);
    Map<Integer, Job> clearing = new LinkedHashMap<>();
    IntFunction<List<Ref>> made =
        node -> {
          Job job = jobs.apply(node);
          if (job.depfile() != null) {
            clearing.put(node, job);
          }
          return job.productRefs();
        };
    this.products = base.products.with(added, made, groups, sources, claims, this::refuseTwice);
    Map<String, Boolean> outer = new HashMap<>();
    if (isAnyNested(claims, base.above, outer)) {
      products.files().range("", null, this::refuseNested); // in the order of the paths
    }
    this.above = base.above.with(outer);
    refuseMatching(base.products.globs().all().size(), claims);
    Map<String, Integer> cleared = new HashMap<>();
    clearing.forEach((j, job) -> refuseDepfile(j, job, base.depfiles, cleared));
    this.depfiles = base.depfiles.with(cleared);
    if (!products.addsFilesTo(base.products)) {
      base.depfiles.range("", null, this::refuseDepfile);
    } else if (!base.depfiles.isEmpty()) {
      claims.forEach((path, _) -> refuseDepfile(path, base.depfiles.get(path)));
    }
    this.jobs = null;
    this.names = null;
    this.errors = null;
  }

  ProductIndex products() {
    return products;
  }

  /** Refuses a depfile that is another job's depfile or product: each run clears its depfile. */
  private void refuseDepfile(
      int j, Job job, PersistentMap<Integer> known, Map<String, Integer> cleared) {
    Integer earlier = known.get(job.depfile());
    earlier = earlier == null ? cleared.putIfAbsent(job.depfile(), j) : earlier;
    int maker = earlier == null ? products.owner(job.depfile()) : earlier;
    if (maker >= 0 && maker != j) {
      refuse(
          job.place(),
          "depfile %s of job %s is that of job %s already or its product"
              .formatted(job.depfile(), job.name(), name(maker)));
    }
  }

  private void refuseDepfile(String path, Integer job) {
    if (job != null && products.owner(path) >= 0 && products.owner(path) != job) {
      refuse(Place.NONE, path);
    }
  }

  private void refuseTwice(String path, Claim earlier, Claim claim) {
    String hint = missingPlaceholder(jobs.apply(earlier.owner()), jobs.apply(claim.owner()));
    refuse(
        claim.place(),
        earlier.owner() == claim.owner()
            ? "product " + path + " is declared twice by job " + name(claim.owner())
            : "product " + path + " is made by job " + name(earlier.owner()) + " already" + hint);
  }

  /**
   * Returns a hint that names the parameters in which two instances differ; empty for other jobs.
   */
  private static String missingPlaceholder(Job one, Job other) {
    if (one.group() == null || !one.group().equals(other.group())) {
      return "";
    }
    String names =
        one.parameters().entrySet().stream()
            .filter(value -> !value.getValue().equals(other.parameters().get(value.getKey())))
            .map(value -> "{" + value.getKey() + "}")
            .collect(Collectors.joining(" and "));
    return names.isEmpty() ? "" : "; put " + names + " in its path";
  }

  /**
   * Returns whether any new product lies inside another product, or the other way around. {@code
   * known} has the folders above earlier products; those above new products are added to {@code
   * outer}. Each folder is looked up once.
   */
  private boolean isAnyNested(
      Map<String, Claim> claims, PersistentMap<Boolean> known, Map<String, Boolean> outer) {
    for (String path : claims.keySet()) {
      if (known.get(path) != null) {
        return true;
      }
      for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
        String folder = path.substring(0, slash);
        if (known.get(folder) != null || outer.putIfAbsent(folder, true) != null) {
          break; // the folders above it are known too
        }
        if (products.files().get(folder) != null) {
          return true;
        }
      }
    }
    return false;
  }

  /** Refuses a product inside another one. */
  private void refuseNested(String path, Claim claim) {
    for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      Claim outer = products.files().get(path.substring(0, slash));
      if (outer != null
          && (outer.folder() == null
              || !Excludes.all(outer.folder().excludes(), claim.glob(path)))) {
        refuse(
            claim.place(),
            "product %s is inside product %s of job %s; choose another folder, or declare only one"
                .formatted(path, path.substring(0, slash), name(outer.owner())));
        return;
      }
    }
  }

  /**
   * Refuses globs that may match other products. Compares the globs from index {@code known} on
   * with all files and folders, and earlier globs only with the {@code added} ones.
   */
  private void refuseMatching(int known, Map<String, Claim> added) {
    List<Pattern> all = products.globs().all();
    for (Pattern pattern : all) {
      String prefix = pattern.glob().literalPrefix();
      boolean isNew = pattern.order() >= known;
      if (isNew) {
        String end = prefix + Character.MAX_VALUE;
        products.files().range(prefix, end, (path, claim) -> refuseMatching(path, claim, pattern));
      }
      products
          .foldersNear(prefix)
          .forEach(
              (path, claim) -> {
                if (isNew || added.containsKey(path)) {
                  refuseInside(path, claim, pattern);
                }
              });
    }
    if (known > 0) {
      added.forEach(
          (path, claim) -> {
            Pattern pattern = products.globs().matching(path);
            if (pattern != null) {
              refuseMatching(path, claim, pattern);
            }
          });
    }
    for (Pattern[] pair : products.globs().clashes(known)) {
      refuse(
          pair[1].place(),
          "products %s of job %s and %s of job %s can match the same path"
              .formatted(pair[1].glob(), name(pair[1].job()), pair[0].glob(), name(pair[0].job())));
    }
  }

  private void refuseInside(String path, Claim claim, Pattern pattern) {
    compared++;
    if (claim.owner() != pattern.job() && pattern.glob().overlaps(claim.glob(path))) {
      refuse(
          pattern.place(),
          "product %s of job %s may match inside folder %s/ of job %s"
              .formatted(pattern.glob(), name(pattern.job()), path, name(claim.owner())));
    }
  }

  private void refuseMatching(String path, Claim claim, Pattern pattern) {
    compared++;
    if (claim.owner() != pattern.job() && pattern.glob().matches(path)) {
      Glob glob = pattern.glob();
      boolean text = glob.matchesAsPattern(path) && glob.mayBeText();
      String next = text ? "; write \\[ for the character" : "";
      refuse(
          claim.place(),
          "product %s of job %s matches product %s of job %s%s"
              .formatted(path, name(claim.owner()), glob, name(pattern.job()), next));
    }
  }

  /** Returns how many times a glob was compared with a path or another glob. */
  long compared() {
    return compared + products.compared();
  }

  private String name(int job) {
    return names.apply(job);
  }

  private void refuse(Place place, String message) {
    errors.add(new Diagnostic(place, message));
  }
}
