package dev.torc.build;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Says naively which jobs of a random project run in a build and what is on the disk afterwards,
 * from the contract alone: a job runs if it never ran, did not end well last time, or if what it
 * was made from or what it made is not the same any more. It keeps whole contents, knows no
 * digests, stamps, cache or threads, and looks at jobs one after the other.
 */
final class Oracle {

  /** How the last run of a job ended, and under what. */
  private record Last(
      boolean ok, Map<String, String> manifest, String found, SortedMap<String, String> made) {}

  /** What becomes of a job in a build. */
  enum Fate {
    UP_TO_DATE,
    RUNS,
    FAILS,
    BLOCKED
  }

  /** All files but torc's own and the build file, by path. */
  final SortedMap<String, String> disk = new TreeMap<>();

  /** Files that torc made, as it made them. */
  private final Map<String, String> owned = new HashMap<>();

  private final Map<String, Last> last = new HashMap<>();
  private SortedMap<Integer, Spec> jobs = new TreeMap<>();

  /** The jobs as they are now. */
  void jobs(SortedMap<Integer, Spec> now) {
    jobs = new TreeMap<>(now);
  }

  /** The jobs that are up to date before anything runs. */
  TreeSet<String> upToDate() {
    TreeSet<String> settled = new TreeSet<>();
    for (Spec job : jobs.values()) {
      if (makers(job).stream().allMatch(m -> settled.contains(m.name())) && !runs(job)) {
        settled.add(job.name());
      }
    }
    // Who is wanted by one that is not, and who reads what such a one makes, is not either.
    while (settled.removeIf(
        name ->
            jobs.values().stream()
                    .anyMatch(r -> !settled.contains(r.name()) && !reads(r, job(name)).isEmpty())
                || makers(job(name)).stream().anyMatch(m -> !settled.contains(m.name())))) {}
    return settled;
  }

  /**
   * Goes through a whole build.
   *
   * @param ran the jobs that were seen to run: of a temporary job that only lacks a product, what
   *     its readers do decides, and these come later
   */
  SortedMap<String, Fate> build(Collection<String> ran) {
    SortedMap<String, Fate> fates = new TreeMap<>();
    TreeSet<String> settled = upToDate();
    for (Spec job : jobs.values()) {
      boolean blocked = false;
      for (Spec before : before(job)) {
        Fate fate = fates.get(before.name());
        blocked |= fate == Fate.FAILS || fate == Fate.BLOCKED;
      }
      Fate fate;
      if (settled.contains(job.name())) {
        fate = Fate.UP_TO_DATE;
      } else if (blocked) {
        fate = Fate.BLOCKED;
      } else if (!runs(job) && !(lacks(job) && ran.contains(job.name()))) {
        fate = Fate.UP_TO_DATE;
      } else {
        fate = run(job) ? Fate.RUNS : Fate.FAILS;
      }
      fates.put(job.name(), fate);
    }
    return fates;
  }

  /** Whether a job runs, all that it waits for being done. */
  boolean runs(Spec job) {
    Last then = last.get(job.name());
    return job.always()
        || then == null
        || !then.ok
        || !then.manifest.equals(manifest(job, then.found))
        || !then.made.equals(counting(job))
        || jobs.values().stream()
            .anyMatch(r -> reads(r, job).stream().anyMatch(path -> !isTold(r, job, path)));
  }

  /** Whether a temporary job that ended well has made something that is gone. */
  boolean lacks(Spec job) {
    return !gone(job).isEmpty();
  }

  /** The jobs that wait for one, directly or not. */
  List<Spec> behind(Spec first) {
    List<Spec> behind = new ArrayList<>(List.of(first));
    jobs.values().stream()
        .filter(job -> before(job).stream().anyMatch(behind::contains))
        .forEach(behind::add);
    return behind.subList(1, behind.size());
  }

  /** What a temporary job made and what is not there, of a folder only as a whole. */
  private SortedMap<String, String> gone(Spec job) {
    SortedMap<String, String> gone = new TreeMap<>();
    Last then = last.get(job.name());
    if (job.temporary() && then != null && then.ok) {
      then.made.forEach(
          (path, text) -> {
            String folder = folder(job, path);
            if (folder == null
                ? !disk.containsKey(path)
                : disk.keySet().stream().noneMatch(p -> p.startsWith(folder))) {
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

  /** What stands of a job's products, and what counts though it is gone. */
  private SortedMap<String, String> counting(Spec job) {
    SortedMap<String, String> counting = standing(job, last.get(job.name()).made);
    counting.putAll(gone(job));
    return counting;
  }

  /** Which of the products of a job that are gone another one reads. */
  private TreeSet<String> reads(Spec reader, Spec job) {
    TreeSet<String> read = new TreeSet<>();
    if (reader.index() != job.index()) {
      for (String path : gone(job).keySet()) {
        for (String need : reader.needs()) {
          String folder = folder(job, path);
          if (need.equals("{job: " + job.name() + "}")
              || !need.startsWith("{")
                  && (matches(need, path) || folder != null && need.startsWith(folder))) {
            read.add(path);
          }
        }
      }
    }
    return read;
  }

  /** Whether the contents that a reader would find are known: not of parts of folders. */
  private boolean isTold(Spec reader, Spec job, String path) {
    return reader.needs().stream()
        .filter(need -> !need.startsWith("{"))
        .noneMatch(
            need ->
                folder(job, path) != null
                    ? need.startsWith(folder(job, path)) || matches(need, path)
                    : need.endsWith("/") && matches(need, path));
  }

  Spec job(String name) {
    return jobs.get(Integer.parseInt(name.substring(1)));
  }

  /** Runs a job to its end; returns whether it ended well. */
  boolean run(Spec job) {
    if (missesNeed(job)) {
      last.put(job.name(), new Last(false, Map.of(), null, new TreeMap<>()));
      return false;
    }
    clear(job);
    SortedMap<String, String> inputs = inputs(job);
    String found = job.depfile() ? job.finds(inputs) : null;
    SortedMap<String, String> all = new TreeMap<>(inputs);
    if (found != null) {
      all.put(found, disk.get(found));
    }
    SortedMap<String, String> made = job.fails() ? job.begins(all) : job.makes(all);
    disk.putAll(made);
    owned.putAll(made);
    if (job.depfile() && !job.fails()) {
      disk.put(job.depfilePath(), "x: " + found + "\n");
    }
    last.put(job.name(), new Last(!job.fails(), manifest(job, found), found, made));
    return !job.fails();
  }

  /** Begins a job that torc ends, or with which torc ends, when it has written its first file. */
  void end(Spec job, boolean recorded) {
    if (missesNeed(job)) {
      throw new IllegalStateException("it is not started at all");
    }
    clear(job);
    SortedMap<String, String> all = inputs(job);
    if (job.depfile()) {
      String found = job.finds(all);
      all.put(found, disk.get(found));
    }
    SortedMap<String, String> made = job.begins(all);
    disk.putAll(made);
    if (recorded) {
      owned.putAll(made);
    }
    last.put(job.name(), new Last(false, Map.of(), null, new TreeMap<>()));
  }

  /** Whether a file that the job needs by its path was not made. */
  boolean missesNeed(Spec job) {
    return job.needs().stream()
        .anyMatch(need -> !need.startsWith("{") && !isList(need) && !isThere(need));
  }

  private boolean isThere(String path) {
    Spec maker = maker(path);
    return maker == null
        ? disk.containsKey(path)
        : last.get(maker.name()).made.containsKey(path)
            && (disk.containsKey(path) || gone(maker).containsKey(path));
  }

  /** Everything that the result of a job depends on. */
  private Map<String, String> manifest(Spec job, String found) {
    Map<String, String> manifest = new TreeMap<>();
    manifest.put("command", job.command());
    manifest.put("produces", new TreeSet<>(job.produces()).toString());
    manifest.put("depfile", "" + job.depfile());
    for (String need : job.needs()) {
      manifest.put("need " + need, members(job, need).toString());
    }
    if (found != null) {
      manifest.put("found " + found, disk.get(found));
    }
    return manifest;
  }

  /** What a job reads. */
  private SortedMap<String, String> inputs(Spec job) {
    SortedMap<String, String> inputs = new TreeMap<>();
    for (String need : job.needs()) {
      if (!need.startsWith("{") || !made(need).isEmpty()) {
        inputs.putAll(members(job, need));
      }
    }
    return inputs;
  }

  private SortedMap<String, String> made(String jobNeed) {
    return last.get(jobNeed.substring("{job: ".length(), jobNeed.length() - 1)).made;
  }

  private SortedMap<String, String> members(Spec reader, String need) {
    SortedMap<String, String> members = new TreeMap<>();
    if (need.startsWith("{")) {
      String name = need.substring("{job: ".length(), need.length() - 1);
      Last other = last.get(name);
      if (other != null && other.made.isEmpty()) {
        members.put("job " + name, other.manifest.toString());
      } else if (other != null) {
        members.putAll(counting(job(name)));
      }
    } else if (isList(need)) {
      disk.forEach(
          (path, text) -> {
            if (matches(need, path) && counts(reader, path)) {
              members.put(path, text);
            }
          });
      for (Spec maker : jobs.values()) {
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

  private boolean counts(Spec reader, String path) {
    Spec maker = maker(path);
    if (maker == null) {
      return !isStale(path);
    }
    Last then = last.get(maker.name());
    return maker.index() != reader.index() && then != null && then.made.containsKey(path);
  }

  /** A product that no job declares any more, as it was made. */
  boolean isStale(String path) {
    return maker(path) == null && disk.get(path).equals(owned.get(path));
  }

  /** What stands where a job made something: of a folder, all that is in it. */
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

  /** Clears the way of a run: places of products, and stale files that it would read. */
  private void clear(Spec job) {
    disk.keySet()
        .removeIf(
            path ->
                job.produces().stream().anyMatch(p -> matches(p, path))
                    || job.depfile() && path.equals(job.depfilePath())
                    || job.needs().stream()
                        .anyMatch(n -> isList(n) && matches(n, path) && isStale(path)));
  }

  private Spec maker(String path) {
    return jobs.values().stream()
        .filter(job -> job.produces().stream().anyMatch(p -> matches(p, path)))
        .findFirst()
        .orElse(null);
  }

  /** The jobs that decide what a job reads. */
  private List<Spec> makers(Spec job) {
    List<Spec> makers = new ArrayList<>();
    for (Spec other : jobs.values()) {
      for (String need : job.needs()) {
        boolean makes =
            need.equals("{job: " + other.name() + "}")
                || isList(need) && other.produces().stream().anyMatch(p -> matches(need, p))
                || !isList(need) && other.produces().stream().anyMatch(p -> matches(p, need));
        if (makes) {
          makers.add(other);
        }
      }
    }
    return makers;
  }

  private List<Spec> before(Spec job) {
    List<Spec> before = makers(job);
    job.after().forEach(i -> before.add(jobs.get(i)));
    return before;
  }

  private static boolean isList(String need) {
    return !need.startsWith("{") && (need.endsWith("/") || need.contains("*"));
  }

  /** Only the patterns that random projects have: a folder, one star, or a path itself. */
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
