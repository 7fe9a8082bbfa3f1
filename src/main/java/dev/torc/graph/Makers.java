package dev.torc.graph;

import dev.torc.syntax.BadInput;
import dev.torc.syntax.Glob;
import dev.torc.syntax.Place;
import dev.torc.workflow.Group;
import dev.torc.workflow.Job;
import dev.torc.workflow.Ref;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Which job makes what stands at a path, by declared files, folders and globs; refuses declarations
 * that two jobs could both answer for (rule 13). It knows only what is declared, not what is on
 * disk. Jobs are meant by their index in the list given. Groups that are not expanded yet come
 * last: their products are told by patterns, which clash with nothing until the group is expanded.
 */
final class Makers {

  private record Claim(int job, Place place) {}

  private final List<Job> jobs;
  private final Map<String, Claim> files; // and folders
  private NavigableMap<String, Claim> sorted; // the same, once someone asks for what lies near
  private final NavigableMap<String, Claim> folders = new TreeMap<>();
  private final PatternIndex globs = new PatternIndex();
  private final PatternIndex open = new PatternIndex();
  private long compared;
  private final List<BadInput.Diagnostic> errors;
  private int[] renumbered;

  Makers(List<Job> jobs, List<Group> groups, List<BadInput.Diagnostic> errors) {
    this.jobs = jobs;
    this.errors = errors;
    this.files = HashMap.newHashMap(jobs.size());
    for (int j = 0; j < jobs.size(); j++) {
      for (Ref ref : jobs.get(j).productRefs()) {
        declare(j, ref);
      }
    }
    for (int g = 0; g < groups.size(); g++) {
      for (Ref ref : groups.get(g).products()) {
        expect(jobs.size() + g, ref);
      }
    }
    refuseNested();
    refuseMatching();
    refuseDepfiles();
  }

  /** A depfile is cleared before each run of its job: no other job may write or produce it. */
  private void refuseDepfiles() {
    Map<String, Integer> seen = new HashMap<>();
    for (int j = 0; j < jobs.size(); j++) {
      String depfile = jobs.get(j).depfile();
      if (depfile != null) {
        Integer earlier = seen.putIfAbsent(depfile, j);
        int maker = earlier == null ? of(depfile) : earlier;
        if (maker >= 0 && maker != j) {
          refuse(
              jobs.get(j).place(),
              "depfile %s of job %s is that of job %s already or its product"
                  .formatted(depfile, name(j), name(maker)));
        }
      }
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

  private void declare(int job, Ref ref) {
    if (ref instanceof Ref.OfFile file) {
      claim(file.path(), job, ref.place());
    } else if (ref instanceof Ref.OfFolder folder) {
      claim(folder.path(), job, ref.place());
      folders.putIfAbsent(folder.path(), new Claim(job, ref.place()));
    } else if (ref instanceof Ref.OfGlob glob) {
      globs.add(Glob.of(glob.pattern()), job, glob.place());
    } else {
      throw new IllegalArgumentException("no kind of product: " + ref);
    }
  }

  private void claim(String path, int job, Place place) {
    Claim earlier = files.putIfAbsent(path, new Claim(job, place));
    if (earlier != null) {
      refuse(
          place,
          earlier.job == job
              ? "product " + path + " is declared twice by job " + name(job)
              : "product " + path + " is made by job " + name(earlier.job) + " already");
    }
  }

  private synchronized NavigableMap<String, Claim> sorted() {
    if (sorted == null) {
      sorted = new TreeMap<>(files);
    }
    return sorted;
  }

  /** Whether any product lies inside another; each folder is looked for once. */
  private boolean isAnyNested() {
    Set<String> free = new HashSet<>();
    for (String path : files.keySet()) {
      for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
        String folder = path.substring(0, slash);
        if (!free.add(folder)) {
          break; // and so are those that it lies in
        }
        if (files.containsKey(folder)) {
          return true;
        }
      }
    }
    return false;
  }

  /** A product inside another product; told in the order of the paths. */
  private void refuseNested() {
    if (!isAnyNested()) {
      return;
    }
    for (Map.Entry<String, Claim> entry : sorted().entrySet()) {
      String path = entry.getKey();
      for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
        Claim outer = files.get(path.substring(0, slash));
        if (outer != null) {
          refuse(
              entry.getValue().place,
              "product %s lies inside product %s of job %s"
                  .formatted(path, path.substring(0, slash), name(outer.job)));
          break;
        }
      }
    }
  }

  private void refuseMatching() {
    for (PatternIndex.Pattern pattern : globs.all()) {
      String prefix = pattern.glob().literalPrefix();
      starting(sorted(), prefix)
          .forEach(
              (path, claim) -> {
                compared++;
                if (claim.job != pattern.job() && pattern.glob().matches(path)) {
                  refuse(
                      claim.place,
                      "product %s of job %s matches product %s of job %s"
                          .formatted(path, name(claim.job), pattern.glob(), name(pattern.job())));
                }
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

  /** From now on answers are given in new numbers: {@code order[old] = new}. */
  void renumber(int[] order) {
    renumbered = order;
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
      return number(claim.job);
    }
    PatternIndex.Pattern pattern = globs.matching(path);
    pattern = pattern == null ? open.matching(path) : pattern;
    return pattern == null ? -1 : number(pattern.job());
  }

  /** Whether all products are files, so that nothing but their paths has a maker. */
  boolean arePlain() {
    return folders.isEmpty() && globs.all().isEmpty() && open.all().isEmpty();
  }

  /** Jobs with products that a glob could match and that are not all excluded. */
  void matching(Glob glob, List<Glob> excludes, IntConsumer found) {
    starting(sorted(), glob.literalPrefix())
        .forEach(
            (path, claim) -> {
              if (glob.matches(path) && !excluded(claim, path, excludes)) {
                found.accept(number(claim.job));
              }
            });
    foldersNear(glob.literalPrefix())
        .forEach(
            (path, claim) -> {
              if (glob.overlaps(inside(path)) && !excluded(claim, path, excludes)) {
                found.accept(number(claim.job));
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
    under(folder.equals(".") ? "" : folder)
        .forEach(
            (path, claim) -> {
              if (!excluded(claim, path, excludes)) {
                found.accept(number(claim.job));
              }
            });
    overlapping(folder.equals(".") ? null : inside(folder), excludes, found);
  }

  private void overlapping(Glob glob, List<Glob> excludes, IntConsumer found) {
    Consumer<PatternIndex.Pattern> take =
        pattern -> {
          if (!excluded(pattern.glob(), excludes)) {
            found.accept(number(pattern.job()));
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

  private NavigableMap<String, Claim> under(String prefix) {
    return prefix.isEmpty() ? sorted() : sorted().subMap(prefix + "/", true, prefix + "0", false);
  }

  private static Glob inside(String folder) {
    return Glob.of(Glob.escape(folder) + "/**");
  }

  private int number(int job) {
    return renumbered == null ? job : renumbered[job];
  }

  private String name(int job) {
    return jobs.get(job).name();
  }

  private void refuse(Place place, String message) {
    errors.add(new BadInput.Diagnostic(place, message));
  }
}
