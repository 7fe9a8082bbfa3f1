package dev.torc.graph;

import dev.torc.syntax.BadInput;
import dev.torc.syntax.Glob;
import dev.torc.syntax.PatternIndex;
import dev.torc.syntax.Place;
import dev.torc.workflow.Group;
import dev.torc.workflow.Job;
import dev.torc.workflow.Ref;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/**
 * Which job makes what stands at a path, by declared files, folders and globs; refuses declarations
 * that two jobs could both answer for (rule 13). It knows only what is declared, not what is on
 * disk. Jobs and groups are meant by their nodes. What groups make that are not expanded yet is
 * told by patterns, which come last and clash with nothing until the group is expanded. It never
 * changes: one with further jobs shares what it knows. For several threads.
 */
final class Makers {

  private record Claim(int job, Place place) {}

  private IntFunction<Job> jobs; // these three until it is made: what they belong to is to go
  private IntFunction<String> names;
  private List<BadInput.Diagnostic> errors;
  private final LayeredMap<Claim> files; // and folders
  private final LayeredMap<Boolean> above; // the folders in which these lie
  private final LayeredMap<Integer> depfiles;
  private final NavigableMap<String, Claim> folders;
  private final PatternIndex globs;
  private final PatternIndex open = new PatternIndex();
  private long compared;

  /** Those of no jobs. */
  Makers() {
    this.files = LayeredMap.none();
    this.above = LayeredMap.none();
    this.depfiles = LayeredMap.none();
    this.folders = new TreeMap<>();
    this.globs = new PatternIndex();
  }

  private Makers(
      Makers base,
      int[] fresh,
      IntFunction<Job> jobs,
      Map<Integer, Group> groups,
      IntFunction<String> names,
      List<BadInput.Diagnostic> errors) {
    this.jobs = jobs;
    this.names = names;
    this.errors = errors;
    boolean plain = !base.files.isEmpty();
    for (int i = 0; plain && i < fresh.length; i++) {
      plain = jobs.apply(fresh[i]).productRefs().stream().allMatch(Ref.OfFile.class::isInstance);
    }
    this.folders = plain ? base.folders : new TreeMap<>(base.folders);
    this.globs = plain ? base.globs : base.globs.copy();
    Map<String, Claim> claims = HashMap.newHashMap(fresh.length);
    Map<Integer, Job> clearing = new LinkedHashMap<>();
    for (int j : fresh) {
      Job job = jobs.apply(j);
      for (Ref ref : job.productRefs()) {
        declare(j, ref, base.files, claims);
      }
      if (job.depfile() != null) {
        clearing.put(j, job);
      }
    }
    this.files = base.files.with(claims);
    groups.forEach((node, group) -> group.products().forEach(ref -> expect(node, ref)));
    Map<String, Boolean> outer = new HashMap<>();
    if (isAnyNested(claims, base.above, outer)) {
      refuseNested();
    }
    this.above = base.above.with(outer);
    if (!plain) {
      refuseMatching();
    } else if (!globs.all().isEmpty()) {
      claims.forEach(this::refuseMatching);
    }
    Map<String, Integer> cleared = new HashMap<>();
    clearing.forEach((j, job) -> refuseDepfile(j, job, base.depfiles, cleared));
    this.depfiles = base.depfiles.with(cleared);
    if (!plain) {
      base.depfiles.range("", null, this::refuseDepfile);
    } else if (!base.depfiles.isEmpty()) {
      claims.forEach((path, _) -> refuseDepfile(path, base.depfiles.get(path)));
    }
    this.jobs = null;
    this.names = null;
    this.errors = null;
  }

  /**
   * The same with further jobs.
   *
   * @param nodes of the jobs
   * @param groups those that are not expanded now, by node
   * @param names of nodes
   * @param errors takes what clashes; of jobs that come later not all of it, nor in order
   */
  Makers with(
      int[] nodes,
      IntFunction<Job> jobs,
      Map<Integer, Group> groups,
      IntFunction<String> names,
      List<BadInput.Diagnostic> errors) {
    return new Makers(this, nodes, jobs, groups, names, errors);
  }

  /** A depfile is cleared before each run of its job: no other job may write or produce it. */
  private void refuseDepfile(
      int j, Job job, LayeredMap<Integer> known, Map<String, Integer> cleared) {
    Integer earlier = known.get(job.depfile());
    earlier = earlier == null ? cleared.putIfAbsent(job.depfile(), j) : earlier;
    int maker = earlier == null ? of(job.depfile()) : earlier;
    if (maker >= 0 && maker != j) {
      refuse(
          job.place(),
          "depfile %s of job %s is that of job %s already or its product"
              .formatted(job.depfile(), job.name(), name(maker)));
    }
  }

  /** The same for one that was known before. */
  private void refuseDepfile(String path, Integer job) {
    if (job != null && of(path) >= 0 && of(path) != job) {
      refuse(Place.NONE, path);
    }
  }

  private void expect(int group, Ref ref) {
    String pattern =
        switch (ref) {
          case Ref.OfFile file -> Glob.escape(file.path());
          case Ref.OfFolder folder -> Glob.escape(folder.path()) + "{,/**}";
          case Ref.OfGlob glob -> glob.pattern();
          case Ref.Exclude _, Ref.OfJob _, Ref.OfData _ ->
              throw new IllegalArgumentException("no kind of product: " + ref);
        };
    open.add(Glob.of(pattern), group, ref.place());
  }

  private void declare(int job, Ref ref, LayeredMap<Claim> known, Map<String, Claim> claims) {
    Claim claim = new Claim(job, ref.place());
    if (ref instanceof Ref.OfFile file) {
      claim(file.path(), claim, known, claims);
    } else if (ref instanceof Ref.OfFolder folder) {
      claim(folder.path(), claim, known, claims);
      folders.putIfAbsent(folder.path(), claim);
    } else if (ref instanceof Ref.OfGlob glob) {
      globs.add(Glob.of(glob.pattern()), job, glob.place());
    } else {
      throw new IllegalArgumentException("no kind of product: " + ref);
    }
  }

  private void claim(String path, Claim claim, LayeredMap<Claim> known, Map<String, Claim> claims) {
    Claim earlier = known.get(path);
    earlier = earlier == null ? claims.putIfAbsent(path, claim) : earlier;
    if (earlier != null) {
      String hint = missingPlaceholder(jobs.apply(earlier.job), jobs.apply(claim.job));
      refuse(
          claim.place,
          earlier.job == claim.job
              ? "product " + path + " is declared twice by job " + name(claim.job)
              : "product " + path + " is made by job " + name(earlier.job) + " already" + hint);
    }
  }

  /** What tells apart two instances of one group that make the same; nothing of other jobs. */
  private static String missingPlaceholder(Job one, Job other) {
    if (one.group() == null || !one.group().equals(other.group())) {
      return "";
    }
    StringJoiner names = new StringJoiner(" and ", "; put ", " in its path");
    names.setEmptyValue("");
    one.parameters()
        .forEach(
            (name, value) -> {
              if (!value.equals(other.parameters().get(name))) {
                names.add("{" + name + "}");
              }
            });
    return names.toString();
  }

  /**
   * Whether any product lies inside another; each folder is looked for once.
   *
   * @param known folders in which others lie
   * @param outer takes those in which these lie
   */
  private boolean isAnyNested(
      Map<String, Claim> claims, LayeredMap<Boolean> known, Map<String, Boolean> outer) {
    for (String path : claims.keySet()) {
      if (known.get(path) != null) {
        return true;
      }
      for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
        String folder = path.substring(0, slash);
        if (known.get(folder) != null || outer.putIfAbsent(folder, true) != null) {
          break; // and so are those that it lies in
        }
        if (files.get(folder) != null) {
          return true;
        }
      }
    }
    return false;
  }

  /** A product inside another product; told in the order of the paths. */
  private void refuseNested() {
    files.range(
        "",
        null,
        (path, claim) -> {
          for (int slash = path.lastIndexOf('/');
              slash > 0;
              slash = path.lastIndexOf('/', slash - 1)) {
            Claim outer = files.get(path.substring(0, slash));
            if (outer != null) {
              refuse(
                  claim.place,
                  "product %s lies inside product %s of job %s"
                      .formatted(path, path.substring(0, slash), name(outer.job)));
              break;
            }
          }
        });
  }

  private void refuseMatching() {
    for (PatternIndex.Pattern pattern : globs.all()) {
      String prefix = pattern.glob().literalPrefix();
      files.range(
          prefix,
          prefix + Character.MAX_VALUE,
          (path, claim) -> {
            compared++;
            refuseMatching(path, claim, pattern);
          });
      foldersNear(prefix)
          .forEach(
              (path, claim) -> {
                compared++;
                if (claim.job != pattern.job() && pattern.glob().overlaps(inside(path))) {
                  refuse(
                      pattern.place(),
                      "product %s of job %s may match inside folder %s/ of job %s"
                          .formatted(pattern.glob(), name(pattern.job()), path, name(claim.job)));
                }
              });
    }
    for (PatternIndex.Pattern[] pair : globs.clashes()) {
      refuse(
          pair[1].place(),
          "products %s of job %s and %s of job %s can match the same path"
              .formatted(pair[1].glob(), name(pair[1].job()), pair[0].glob(), name(pair[0].job())));
    }
  }

  private void refuseMatching(String path, Claim claim) {
    PatternIndex.Pattern pattern = globs.matching(path);
    if (pattern != null) {
      refuseMatching(path, claim, pattern);
    }
  }

  private void refuseMatching(String path, Claim claim, PatternIndex.Pattern pattern) {
    if (claim.job != pattern.job() && pattern.glob().matches(path)) {
      refuse(
          claim.place,
          "product %s of job %s matches product %s of job %s"
              .formatted(path, name(claim.job), pattern.glob(), name(pattern.job())));
    }
  }

  /** The folders in which something can begin with a text, or that the text leads into. */
  private NavigableMap<String, Claim> foldersNear(String prefix) {
    NavigableMap<String, Claim> near = new TreeMap<>(starting(folders, prefix));
    for (int slash = prefix.indexOf('/'); slash > 0; slash = prefix.indexOf('/', slash + 1)) {
      Claim claim = folders.get(prefix.substring(0, slash));
      if (claim != null) {
        near.put(prefix.substring(0, slash), claim);
      }
    }
    return near;
  }

  private static NavigableMap<String, Claim> starting(
      NavigableMap<String, Claim> paths, String prefix) {
    return paths.subMap(prefix, true, prefix + Character.MAX_VALUE, false);
  }

  /** How often a glob was compared with a path or another glob. */
  long compared() {
    return compared + globs.compared() + open.compared();
  }

  /** The job that makes whatever stands at a path, -1 if none does. */
  int of(String path) {
    Claim claim = files.get(path);
    if (claim == null && !folders.isEmpty()) {
      for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
        claim = folders.get(path.substring(0, slash));
        if (claim != null) {
          break;
        }
      }
    }
    if (claim != null) {
      return claim.job;
    }
    PatternIndex.Pattern pattern = globs.matching(path);
    pattern = pattern == null ? open.matching(path) : pattern;
    return pattern == null ? -1 : pattern.job();
  }

  /** Whether all products are files, so that nothing but their paths has a maker. */
  boolean arePlain() {
    return folders.isEmpty() && globs.all().isEmpty() && open.all().isEmpty();
  }

  /** Jobs with products that a glob could match and that are not all excluded. */
  void matching(Glob glob, List<Glob> excludes, IntConsumer found) {
    files.range(
        glob.literalPrefix(),
        glob.literalPrefix() + Character.MAX_VALUE,
        (path, claim) -> {
          if (glob.matches(path) && !excluded(claim, path, excludes)) {
            found.accept(claim.job);
          }
        });
    foldersNear(glob.literalPrefix())
        .forEach(
            (path, claim) -> {
              if (glob.overlaps(inside(path)) && !excluded(claim, path, excludes)) {
                found.accept(claim.job);
              }
            });
    overlapping(glob, excludes, found);
  }

  /**
   * Jobs with products inside a folder that are not all excluded, or that make the folder or one
   * that it lies in.
   */
  void within(String folder, List<Glob> excludes, IntConsumer found) {
    int outer = of(folder);
    if (outer >= 0) {
      found.accept(outer);
    }
    boolean all = folder.equals(".");
    files.range(
        all ? "" : folder + "/",
        all ? null : folder + "0",
        (path, claim) -> {
          if (!excluded(claim, path, excludes)) {
            found.accept(claim.job);
          }
        });
    overlapping(folder.equals(".") ? null : inside(folder), excludes, found);
  }

  private void overlapping(Glob glob, List<Glob> excludes, IntConsumer found) {
    Consumer<PatternIndex.Pattern> take =
        pattern -> {
          if (!excluded(pattern.glob(), excludes)) {
            found.accept(pattern.job());
          }
        };
    for (PatternIndex patterns : List.of(globs, open)) {
      if (glob == null) {
        patterns.all().forEach(take);
      } else {
        patterns.overlapping(glob, take);
      }
    }
  }

  /** Whether excludes leave nothing of a declared file or folder. */
  private boolean excluded(Claim claim, String path, List<Glob> excludes) {
    if (excludes.isEmpty()) {
      return false;
    }
    Claim folder = folders.get(path);
    return excluded(
        folder != null && folder.job == claim.job ? inside(path) : Glob.of(Glob.escape(path)),
        excludes);
  }

  private static boolean excluded(Glob product, List<Glob> excludes) {
    for (Glob exclude : excludes) {
      if (exclude.covers(product)) {
        return true;
      }
    }
    return false;
  }

  private static Glob inside(String folder) {
    return Glob.of(Glob.escape(folder) + "/**");
  }

  private String name(int job) {
    return names.apply(job);
  }

  private void refuse(Place place, String message) {
    errors.add(new BadInput.Diagnostic(place, message));
  }
}
