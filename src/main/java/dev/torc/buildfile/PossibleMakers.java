package dev.torc.buildfile;

import dev.torc.syntax.Glob;
import dev.torc.workflow.InstanceName;
import dev.torc.workflow.Job;
import dev.torc.workflow.Ref;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Tells which job or group may make what another one reads, by what they declare, with wildcards
 * for all values of groups: so a group finds the jobs that decide its instances, and never sees
 * what follows from itself. It errs on the side of too many, and makes no graph.
 */
final class PossibleMakers {

  private final List<Unit> units;
  private final Map<String, Integer> ids = new HashMap<>();
  private final NavigableMap<String, List<Integer>> files = new TreeMap<>();
  private final List<Glob> globs = new ArrayList<>();
  private final List<Integer> globMakers = new ArrayList<>();
  private List<List<Integer>> readers;

  PossibleMakers(List<Unit> units) {
    this.units = units;
    for (int u = 0; u < units.size(); u++) {
      ids.put(units.get(u).name(), u);
      for (Ref ref : units.get(u).job().productRefs()) {
        if (ref instanceof Ref.OfFile file) {
          files.computeIfAbsent(file.path(), p -> new ArrayList<>(1)).add(u);
        } else {
          globs.add(glob(ref));
          globMakers.add(u);
        }
      }
    }
  }

  /** What a product can match. */
  static Glob glob(Ref product) {
    return switch (product) {
      case Ref.OfFile file -> Glob.of(Glob.escape(file.path()));
      case Ref.OfGlob glob -> Glob.of(glob.pattern());
      case Ref.OfFolder folder -> Glob.of(Glob.escape(folder.path()) + "/**");
      default -> throw new IllegalArgumentException("no product: " + product);
    };
  }

  /**
   * What a job makes.
   *
   * @param files those that it declares
   * @param patterns what else it may make
   */
  record Makes(String job, List<String> files, List<Glob> patterns) {

    static Makes of(Job job) {
      List<String> files = new ArrayList<>(1);
      List<Glob> patterns = new ArrayList<>(0);
      for (Ref ref : job.productRefs()) {
        if (ref instanceof Ref.OfFile file) {
          files.add(file.path());
        } else {
          patterns.add(glob(ref));
        }
      }
      return new Makes(job.name(), files, patterns);
    }

    /** Whether it makes what stands at a path. */
    boolean has(String path) {
      return files.contains(path) || patterns.stream().anyMatch(each -> each.matches(path));
    }
  }

  /** Whether a unit has a path itself among its products. */
  boolean declares(int unit, String path) {
    return files.getOrDefault(path, List.of()).contains(unit);
  }

  /** The units that may make what stands at a path. */
  Set<Integer> makers(String path) {
    Set<Integer> makers = new TreeSet<>(files.getOrDefault(path, List.of()));
    for (int g = 0; g < globs.size(); g++) {
      if (globs.get(g).matches(path)) {
        makers.add(globMakers.get(g));
      }
    }
    return makers;
  }

  /** The units that may make what a pattern matches and excludes leave. */
  Set<Integer> makers(Glob glob, List<Glob> excludes) {
    Set<Integer> makers = new TreeSet<>();
    String prefix = glob.fixedPrefix();
    (prefix.isEmpty() ? files : files.subMap(prefix + "/", true, prefix + "0", false))
        .forEach(
            (path, units) -> {
              if (glob.matches(path) && excludes.stream().noneMatch(each -> each.matches(path))) {
                makers.addAll(units);
              }
            });
    for (int g = 0; g < globs.size(); g++) {
      if (sees(glob, excludes, globs.get(g))) {
        makers.add(globMakers.get(g));
      }
    }
    return makers;
  }

  /** Whether a pattern may match some of what another one makes, and excludes leave it. */
  static boolean sees(Glob glob, List<Glob> excludes, Glob made) {
    return made.overlaps(glob) && excludes.stream().noneMatch(each -> each.covers(made));
  }

  /**
   * A unit and all that follow from it: by needs, by {@code after}, and by groups whose values are
   * named to come from it.
   */
  BitSet followers(int unit) {
    if (readers == null) {
      readers = readers();
    }
    BitSet found = new BitSet();
    Deque<Integer> open = new ArrayDeque<>(List.of(unit));
    found.set(unit);
    while (!open.isEmpty()) {
      for (int reader : readers.get(open.pop())) {
        if (!found.get(reader)) {
          found.set(reader);
          open.push(reader);
        }
      }
    }
    return found;
  }

  private List<List<Integer>> readers() {
    List<List<Integer>> readers = new ArrayList<>(units.size());
    units.forEach(unit -> readers.add(new ArrayList<>(0)));
    for (int u = 0; u < units.size(); u++) {
      Set<Integer> makers = new TreeSet<>();
      Job job = units.get(u).job();
      List<Glob> excludes = job.excludes();
      job.needRefs().forEach(ref -> makers.addAll(makers(ref, excludes)));
      job.after().forEach(ref -> makers.addAll(makers(ref, excludes)));
      if (units.get(u) instanceof Unit.Many group) {
        group.axes().forEach(axis -> makers.addAll(deciders(axis)));
      }
      int reader = u;
      makers.forEach(maker -> readers.get(maker).add(reader));
    }
    return readers;
  }

  private Set<Integer> makers(Ref need, List<Glob> excludes) {
    return switch (need) {
      case Ref.OfFile file -> makers(file.path());
      case Ref.OfFolder folder -> {
        Set<Integer> makers = makers(folder.path());
        makers.addAll(makers(glob(folder), excludes));
        yield makers;
      }
      case Ref.OfGlob glob -> makers(Glob.of(glob.pattern()), excludes);
      case Ref.OfJob job -> jobOrGroup(job.job());
      case Ref.OfData data -> data.job() == null ? Set.of() : jobOrGroup(data.job());
      case Ref.Exclude _ -> Set.of();
    };
  }

  private Set<Integer> jobOrGroup(String name) {
    Set<Integer> maker = named(name);
    maker.addAll(named(InstanceName.parse(name).group()));
    return maker;
  }

  private Set<Integer> deciders(Axis axis) {
    return switch (axis) {
      case Axis.Lines lines -> makers(lines.path());
      case Axis.Table table -> makers(table.path());
      case Axis.Products products -> named(products.job());
      case Axis.ValuesOf values -> named(values.group());
      case Axis.Zip zip -> {
        Set<Integer> all = new TreeSet<>();
        zip.axes().forEach(each -> all.addAll(deciders(each)));
        yield all;
      }
      case Axis.Fixed _, Axis.Globbed _, Axis.Matched _ -> Set.of();
    };
  }

  private Set<Integer> named(String name) {
    Integer id = ids.get(name);
    return id == null ? new TreeSet<>() : new TreeSet<>(Set.of(id));
  }
}
