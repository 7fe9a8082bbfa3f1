package dev.torc.core.run;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;

/**
 * A naive model of a build: which jobs of a random project run and what is on the disk afterwards,
 * by the rules alone. A job runs if it never ran, did not end well last time, or if its inputs or
 * its products are not the same anymore. The model keeps whole contents, knows no digests, stamps,
 * cache or threads, and looks at jobs one after the other.
 */
final class Oracle {

  /** The last run of a job: how it ended, its manifest, found need, products and stored value. */
  private record Last(
      boolean ok,
      Map<String, String> manifest,
      String found,
      SortedMap<String, String> made,
      String stored) {

    /** A run that did not end well. */
    static Last bad(SortedMap<String, String> made) {
      return new Last(false, Map.of(), null, made, null);
    }
  }

  /** What becomes of a job in a build. */
  enum Fate {
    UP_TO_DATE,
    RUNS,
    FAILS,
    BLOCKED
  }

  /** A job, or a group whose instances may not all be known yet. */
  interface Unit {
    int index();

    String name();

    /** The jobs known so far, and one that stands for the rest while there may be more. */
    List<Spec> expand(Oracle oracle);
  }

  /** The end of a need that leaves out failed jobs. */
  static final String SKIP = ", failed: skip}";

  /** The caller's value of {@link Spec#VARIABLE}, which some jobs read. */
  String variable = "0";

  /** The jobs that this build restored from known results: they read nothing. */
  Set<String> restored = Set.of();

  /** All files but torc's own and the build file, by path. */
  final SortedMap<String, String> disk = new TreeMap<>();

  /** Files that torc made, as it made them. */
  private final Map<String, String> owned = new HashMap<>();

  /** The jobs that torc was killed in, until the next build. */
  private final List<Spec> killed = new ArrayList<>();

  private final Map<String, Last> last = new HashMap<>();

  /** The manifests of the runs that ended well: only their results can be restored. */
  private final Set<Map<String, String>> results = new HashSet<>();

  private SortedMap<Integer, Unit> units = new TreeMap<>();

  /** The jobs of each unit as far as they are known. */
  private final SortedMap<Integer, List<Spec>> known = new TreeMap<>();

  /** The jobs whose results hold at this point of the build. */
  private TreeSet<String> over = new TreeSet<>();

  /** The jobs that failed in this build, or are blocked by a failure. */
  private TreeSet<String> lost = new TreeSet<>();

  /** Replaces the units by the present ones, and forgets what held and failed before. */
  void jobs(SortedMap<Integer, ? extends Unit> now) {
    units = new TreeMap<>(now);
    over = new TreeSet<>();
    lost = new TreeSet<>();
    known.clear();
    units.values().forEach(this::expand);
  }

  /** Begins a build: what a killed run left is torc's if no job declares it any more (rule 13). */
  void begin() {
    for (Spec job : killed) {
      disk.forEach(
          (path, text) -> {
            if (maker(path) == null && job.produces().stream().anyMatch(p -> matches(p, path))) {
              owned.put(path, text);
            }
          });
    }
    killed.clear();
  }

  Unit unit(int index) {
    return units.get(index);
  }

  /** The units with smaller indices than {@code before}. */
  List<Unit> units(int before) {
    return List.copyOf(units.headMap(before).values());
  }

  /** Returns the jobs of a unit; expands it again unless all of them are known. */
  List<Spec> expand(Unit unit) {
    List<Spec> jobs = known.get(unit.index());
    if (jobs == null || !isKnown(unit)) {
      jobs = unit.expand(this);
      known.put(unit.index(), jobs);
    }
    return jobs;
  }

  /** Whether all jobs of a unit are known. */
  boolean isKnown(Unit unit) {
    return known.get(unit.index()).stream().noneMatch(Oracle::isRest);
  }

  /** Whether a job stands for those instances of a group that are not known. */
  static boolean isRest(Spec job) {
    return job.name().equals(job.group());
  }

  /** Whether the results of a job hold. */
  boolean isOver(Spec job) {
    return over.contains(job.name());
  }

  /** The jobs of a unit as it was last expanded. */
  List<Spec> jobs(Unit unit) {
    return known.get(unit.index());
  }

  /** Whether all jobs of a unit are known and all their results hold. */
  boolean isOver(Unit unit) {
    return isKnown(unit) && jobs(unit).stream().allMatch(job -> over.contains(job.name()));
  }

  /** All known jobs, and the jobs that stand for unknown instances. */
  List<Spec> jobs() {
    return known.values().stream().flatMap(List::stream).toList();
  }

  /** The jobs meant by the name of a job, a group or a part of one; {@link #isRest} ones too. */
  private List<Spec> named(String name) {
    int slash = name.indexOf('/');
    return jobs().stream()
        .filter(
            job ->
                job.name().equals(name)
                    || name.equals(job.group())
                    || slash > 0
                        && name.substring(0, slash).equals(job.group())
                        && (job.name().equals(job.group())
                            || List.of(job.name().substring(slash + 1).split(","))
                                .containsAll(List.of(name.substring(slash + 1).split(",")))))
        .toList();
  }

  /** The files that a job made when it last ran. */
  SortedMap<String, String> made(Spec job) {
    return last.get(job.name()).made;
  }

  /** The jobs that are up to date before anything runs. */
  TreeSet<String> upToDate() {
    jobs(units);
    settle();
    // If a job runs, its readers are not up to date, nor are the makers of its needs that are gone.
    while (over.removeIf(
        name ->
            jobs().stream()
                    .anyMatch(r -> !over.contains(r.name()) && !reads(r, job(name)).isEmpty())
                || makers(job(name)).stream().anyMatch(m -> !over.contains(m.name())))) {}
    return new TreeSet<>(over);
  }

  /** Marks the jobs that are up to date now, or blocked, after all runs so far. */
  void settle() {
    for (Unit unit : units.values()) {
      for (Spec job : expand(unit)) {
        if (isBlocked(job)) {
          lost.add(job.name());
        } else if (!isRest(job)
            && makers(job).stream().allMatch(m -> isOver(m) || isLost(m))
            && !runs(job)) {
          over.add(job.name());
        }
      }
    }
  }

  private boolean isBlocked(Spec job) {
    return before(job).stream().anyMatch(this::isLost)
        || job.needs().stream()
            .filter(Oracle::skips)
            .map(need -> named(name(need)))
            .anyMatch(some -> !some.isEmpty() && some.stream().allMatch(this::isLost));
  }

  private boolean isLost(Spec job) {
    return lost.contains(job.name());
  }

  /**
   * Plays a whole build.
   *
   * @param ran the jobs that torc was seen to run: whether a temporary job that only lacks a
   *     product runs depends on its readers, which this method reaches later
   */
  SortedMap<String, Fate> build(Collection<String> ran) {
    SortedMap<String, Fate> fates = new TreeMap<>();
    TreeSet<String> settled = upToDate();
    for (Unit unit : units.values()) {
      for (Spec job : expand(unit)) {
        fates.put(job.name(), fate(job, settled, ran));
      }
    }
    spent().forEach(this::remove);
    return fates;
  }

  /** Whether torc made a file, whatever it holds now. */
  boolean isOwned(String path) {
    return owned.containsKey(path);
  }

  /** Removes a product as {@code temporary: delete} does: torc also forgets that it made it. */
  void remove(String path) {
    disk.remove(path);
    owned.remove(path);
  }

  /**
   * The products that {@code temporary: delete} removes while these results hold: each has readers,
   * and all jobs that read anything of the same job are done.
   */
  TreeSet<String> spent() {
    TreeSet<String> spent = new TreeSet<>();
    for (Spec job : jobs()) {
      if (job.deletes()
          && over.contains(job.name())
          && jobs().stream()
              .filter(
                  r ->
                      r.depfile() && behind(job).contains(r) || !reads(r, job, made(job)).isEmpty())
              .allMatch(r -> over.contains(r.name()))) {
        for (String path : made(job).keySet()) {
          List<Spec> readers =
              jobs().stream().filter(r -> reads(r, job, made(job)).contains(path)).toList();
          if (disk.containsKey(path)
              && !readers.isEmpty()
              && readers.stream().allMatch(r -> !r.always() && isTold(r, job, path))) {
            spent.add(path);
          }
        }
      }
    }
    return spent;
  }

  private Fate fate(Spec job, TreeSet<String> settled, Collection<String> ran) {
    if (settled.contains(job.name())) {
      return Fate.UP_TO_DATE;
    }
    if (isRest(job) || isBlocked(job)) {
      lost.add(job.name());
      return Fate.BLOCKED;
    }
    if (!runs(job) && !(lacks(job) && ran.contains(job.name()))) {
      over.add(job.name());
      return Fate.UP_TO_DATE;
    }
    return run(job) ? Fate.RUNS : Fate.FAILS;
  }

  /** Whether a job runs, once all that it waits for is done. */
  boolean runs(Spec job) {
    Last then = last.get(job.name());
    return job.always()
        || then == null
        || !then.ok
        || !then.manifest.equals(manifest(job, then.found))
        || !then.made.equals(counting(job))
        || jobs().stream()
            .anyMatch(r -> reads(r, job).stream().anyMatch(path -> !isTold(r, job, path)));
  }

  /** Whether a product of a temporary job that ended well is gone. */
  boolean lacks(Spec job) {
    return !gone(job).isEmpty();
  }

  /** The jobs that wait for a job, directly or not. */
  List<Spec> behind(Spec first) {
    List<Spec> behind = new ArrayList<>(List.of(first));
    jobs().stream()
        .filter(job -> before(job).stream().anyMatch(behind::contains))
        .forEach(behind::add);
    return behind.subList(1, behind.size());
  }

  /** Products that a temporary job made, still declares and lacks; a folder only if all is gone. */
  private SortedMap<String, String> gone(Spec job) {
    SortedMap<String, String> gone = new TreeMap<>();
    Last then = last.get(job.name());
    if (job.temporary() && then != null && then.ok) {
      then.made.forEach(
          (path, text) -> {
            String folder = folder(job, path);
            boolean there =
                folder == null
                    ? disk.containsKey(path)
                    : disk.keySet().stream().anyMatch(p -> p.startsWith(folder));
            if (!there && job.produces().stream().anyMatch(p -> matches(p, path))) {
              gone.put(path, text);
            }
          });
    }
    return gone;
  }

  private static String folder(Spec job, String path) {
    return job.produces().stream()
        .filter(p -> p.endsWith("/") && path.startsWith(p))
        .findFirst()
        .orElse(null);
  }

  /** The products of a job that are there, and those that count though they are gone. */
  private SortedMap<String, String> counting(Spec job) {
    SortedMap<String, String> counting = standing(job, last.get(job.name()).made);
    counting.putAll(gone(job));
    return counting;
  }

  /** The paths of a job's missing products that a reader needs. */
  private TreeSet<String> reads(Spec reader, Spec job) {
    return reads(reader, job, gone(job));
  }

  private TreeSet<String> reads(Spec reader, Spec job, SortedMap<String, String> products) {
    TreeSet<String> read = new TreeSet<>();
    if (reader.index() != job.index()) {
      for (String path : products.keySet()) {
        for (String need : reader.needs()) {
          String folder = folder(job, path);
          if (need.startsWith("{") && !isData(need) && named(name(need)).contains(job)
              || !need.startsWith("{")
                  && (matches(need, path) || folder != null && need.startsWith(folder))) {
            read.add(path);
          }
        }
      }
    }
    return read;
  }

  /** Whether records tell what a reader finds at a path: not if it needs a larger folder. */
  private boolean isTold(Spec reader, Spec job, String path) {
    String folder = folder(job, path);
    return reader.needs().stream()
        .noneMatch(
            need ->
                need.endsWith("/")
                    && matches(need, path)
                    && (folder == null || !need.startsWith(folder)));
  }

  /** The job of a name, null if none is known. */
  Spec job(String name) {
    return jobs().stream().filter(job -> job.name().equals(name)).findFirst().orElse(null);
  }

  /** Runs a job to its end; returns whether it ended well. */
  boolean run(Spec job) {
    if (missesNeed(job)) {
      last.put(job.name(), Last.bad(new TreeMap<>()));
      lost.add(job.name());
      return false;
    }
    clear(job);
    SortedMap<String, String> all = inputs(job);
    String found = find(job, all);
    SortedMap<String, String> made = job.fails() ? job.begins(all) : job.makes(all);
    disk.putAll(made);
    owned.putAll(made);
    if (!job.fails()) {
      disk.putAll(depfile(job, found));
    }
    String stored = job.fails() ? null : job.stores(all);
    Map<String, String> manifest = manifest(job, found);
    last.put(job.name(), new Last(!job.fails(), manifest, found, made, stored));
    if (!job.fails()) {
      results.add(manifest);
    }
    (job.fails() ? lost : over).add(job.name());
    return !job.fails();
  }

  /**
   * Begins a job that is ended, by torc or together with it, after it wrote its first file.
   *
   * @param with whether torc was killed, too
   * @param recorded tells by path and text whether torc recorded a file as its own
   */
  void end(Spec job, boolean with, BiPredicate<String, String> recorded) {
    if (missesNeed(job)) {
      throw new IllegalStateException("it is not started at all");
    }
    clear(job);
    SortedMap<String, String> all = inputs(job);
    find(job, all);
    SortedMap<String, String> made = job.begins(all);
    disk.putAll(made);
    made.entrySet().stream()
        .filter(file -> recorded.test(file.getKey(), file.getValue()))
        .forEach(file -> owned.put(file.getKey(), file.getValue()));
    last.put(job.name(), Last.bad(new TreeMap<>()));
    if (with) {
      killed.add(job);
    }
  }

  /**
   * Takes the products of a job as they are on the disk, removed or put back, if the job may be
   * restored: torc may have been doing so when the build was cut off.
   */
  void cut(Spec job, Map<String, String> there) {
    Last then = last.get(job.name());
    if (job.fails()
        || job.always()
        || then != null && !then.ok
        || missesNeed(job)
        || before(job).stream().anyMatch(b -> !isOver(b))) {
      return;
    }
    SortedMap<String, String> all = inputs(job);
    String found = find(job, all);
    if (!results.contains(manifest(job, found))) {
      return;
    }
    SortedMap<String, String> result = job.makes(all);
    result.putAll(depfile(job, found));
    disk.keySet().removeIf(path -> !there.containsKey(path) && isMade(job, path));
    result.entrySet().removeIf(made -> !made.getValue().equals(there.get(made.getKey())));
    disk.putAll(result);
    owned.putAll(result);
  }

  /** Adds the file that a job finds to its inputs, and returns its path; null if it finds none. */
  private String find(Spec job, SortedMap<String, String> inputs) {
    String found = job.depfile() ? job.finds(inputs) : null;
    if (found != null) {
      inputs.put(found, disk.get(found));
    }
    return found;
  }

  /** The text of a job's depfile, by its path; empty for a traced job and one without depfile. */
  private static Map<String, String> depfile(Spec job, String found) {
    return hasDepfile(job) ? Map.of(job.depfilePath(), "x: " + found + "\n") : Map.of();
  }

  private static boolean hasDepfile(Spec job) {
    return job.depfile() && !job.traced();
  }

  /** Whether a job makes what stands at a path, its depfile included. */
  private static boolean isMade(Spec job, String path) {
    return job.produces().stream().anyMatch(p -> matches(p, path))
        || hasDepfile(job) && path.equals(job.depfilePath());
  }

  /** Whether a file that the job needs by its path is not there, or was not made by its maker. */
  boolean missesNeed(Spec job) {
    return job.needs().stream()
        .anyMatch(need -> !need.startsWith("{") && !isList(need) && !isThere(need));
  }

  private boolean isThere(String path) {
    Spec maker = maker(path);
    if (maker == null) {
      return disk.containsKey(path);
    }
    Last then = last.get(maker.name());
    return then != null // it may never have run
        && then.made.containsKey(path)
        && (disk.containsKey(path) || gone(maker).containsKey(path));
  }

  /** Everything that the result of a job depends on. */
  private Map<String, String> manifest(Spec job, String found) {
    Map<String, String> manifest = new TreeMap<>();
    manifest.put("command", job.command());
    manifest.put("produces", new TreeSet<>(job.produces()).toString());
    manifest.put("depfile", job.depfile() + " " + job.traced());
    List<String> made = new ArrayList<>();
    for (String need : job.needs()) {
      if (isData(need)) {
        manifest.put("data " + name(need), members(job, need).toString());
      } else if (need.startsWith("{")) {
        made.add(members(job, need).toString()); // the makers' names do not count
      } else {
        manifest.put("need " + need, members(job, need).toString());
      }
    }
    manifest.putAll(values(job));
    manifest.put("made", made.stream().sorted().toList().toString());
    if (found != null) {
      manifest.put("found " + found, disk.get(found));
    }
    return manifest;
  }

  /** The texts of the files that a job reads, by path, and its values. */
  private SortedMap<String, String> inputs(Spec job) {
    SortedMap<String, String> inputs = new TreeMap<>(values(job));
    for (String need : job.needs()) {
      members(job, need)
          .forEach(
              (path, text) -> {
                if (!path.startsWith("//")) {
                  inputs.put(path, text);
                }
              });
    }
    return inputs;
  }

  /** The values that a job reads besides files, by names that no file has. */
  SortedMap<String, String> values(Spec job) {
    SortedMap<String, String> values = new TreeMap<>();
    if (job.variable()) {
      values.put("//variable", variable);
    }
    return values;
  }

  private SortedMap<String, String> members(Spec reader, String need) {
    SortedMap<String, String> members = new TreeMap<>();
    if (isData(need)) {
      members.put("/data " + name(need), stored(need));
    } else if (need.startsWith("{")) {
      for (Spec other : named(name(need))) {
        if (skips(need) && !over.contains(other.name())) {
          continue;
        }
        Last then = last.get(other.name());
        if (then != null && then.made.isEmpty()) {
          members.put("//" + other.values(), then.manifest.toString());
        } else if (then != null) {
          members.putAll(counting(other));
        }
      }
    } else if (isList(need)) {
      disk.forEach(
          (path, text) -> {
            if (matches(need, path) && counts(reader, path)) {
              members.put(path, text);
            }
          });
      for (Spec maker : jobs()) {
        gone(maker)
            .forEach(
                (path, text) -> {
                  if (maker.index() != reader.index() && matches(need, path)) {
                    members.put(path, text);
                  }
                });
      }
    } else if (isThere(need)) {
      members.put(need, disk.containsKey(need) ? disk.get(need) : gone(maker(need)).get(need));
    }
    return members;
  }

  /** The stored values that a {@code data} need means, as JSON; null if its job never ran. */
  private String stored(String need) {
    SortedMap<String, String> values = new TreeMap<>();
    for (Spec other : named(name(need))) {
      if (other.group() == null) {
        Last then = last.get(other.name());
        return then == null ? null : then.stored;
      } else if (over.contains(other.name())) {
        String instance = other.name().substring(other.group().length() + 1);
        values.put(instance, last.get(other.name()).stored);
      }
    }
    return values.entrySet().stream()
        .map(each -> "\"" + each.getKey() + "\":" + each.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static boolean isData(String need) {
    return need.startsWith("{data: ");
  }

  /** The name in a need such as {@code {job: "train/lr=1"}}, or {@code {data: train.k}}. */
  private static String name(String need) {
    int end = skips(need) ? need.length() - SKIP.length() : need.length() - 1;
    String name = need.substring(need.indexOf(' ') + 1, end).replace("'", "");
    return isData(need) ? name.substring(0, name.length() - ".k".length()) : name;
  }

  /** Whether a need takes the products or values of the jobs that ended well only. */
  private static boolean skips(String need) {
    return need.endsWith(SKIP);
  }

  private boolean counts(Spec reader, String path) {
    Spec maker = maker(path);
    if (maker == null) {
      return !isStale(path);
    }
    Last then = last.get(maker.name());
    return maker.index() != reader.index() && then != null && then.made.containsKey(path);
  }

  /** Whether a path holds an unaltered product that no job declares anymore. */
  boolean isStale(String path) {
    return maker(path) == null && disk.get(path).equals(owned.get(path));
  }

  /** The files that stand where a job made its products; of a folder, all files in it. */
  private SortedMap<String, String> standing(Spec job, SortedMap<String, String> made) {
    SortedMap<String, String> standing = new TreeMap<>();
    disk.forEach(
        (path, text) -> {
          boolean inFolder =
              job.produces().stream().anyMatch(p -> p.endsWith("/") && path.startsWith(p));
          if (inFolder || made.containsKey(path)) {
            standing.put(path, text);
          }
        });
    return standing;
  }

  /** Removes what stands at the places of a job's products, and stale files that it would read. */
  private void clear(Spec job) {
    disk.keySet()
        .removeIf(
            path ->
                isMade(job, path)
                    || !restored.contains(job.name())
                        && job.needs().stream()
                            .anyMatch(n -> isList(n) && matches(n, path) && isStale(path)));
  }

  /** The job that declares what stands at a path, null if none does. */
  Spec maker(String path) {
    return jobs().stream()
        .filter(job -> job.produces().stream().anyMatch(p -> matches(p, path)))
        .findFirst()
        .orElse(null);
  }

  /** The jobs that decide what a job reads. */
  private List<Spec> makers(Spec job) {
    return makers(job, job.needs());
  }

  private List<Spec> makers(Spec job, List<String> needs) {
    List<Spec> makers = new ArrayList<>();
    for (Spec other : jobs()) {
      for (String need : needs) {
        boolean makes =
            need.startsWith("{") && named(name(need)).contains(other)
                || isList(need) && other.produces().stream().anyMatch(p -> matches(need, p))
                || !isList(need)
                    && other.produces().stream().anyMatch(p -> matches(p, need))
                    && !(isRest(other) && !isRest(maker(need))); // a known job makes it
        if (makes) {
          makers.add(other);
        }
      }
    }
    return makers;
  }

  /** The jobs that must end well before a job can run. */
  private List<Spec> before(Spec job) {
    List<Spec> before = makers(job, job.needs().stream().filter(n -> !skips(n)).toList());
    job.after().forEach(i -> before.addAll(known.get(i)));
    return before;
  }

  private static boolean isList(String need) {
    return !need.startsWith("{") && (need.endsWith("/") || need.contains("*"));
  }

  /** Knows only the patterns that random projects have: a folder, one star, or a path itself. */
  private static boolean matches(String pattern, String path) {
    if (pattern.endsWith("/")) {
      return path.startsWith(pattern);
    }
    int star = pattern.indexOf('*');
    if (star < 0) {
      return pattern.equals(path);
    }
    String begin = pattern.substring(0, star);
    String end = pattern.substring(star + 1);
    return path.length() >= begin.length() + end.length()
        && path.startsWith(begin)
        && path.endsWith(end)
        && path.indexOf('/', begin.length()) < 0;
  }
}
