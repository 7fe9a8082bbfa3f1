package dev.torc.features.packages;

import dev.torc.base.digests.Digest;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Node.Entry;
import dev.torc.base.syntax.Place;
import dev.torc.core.model.PackedJobs;
import dev.torc.core.model.Workflow;
import dev.torc.core.model.Workflow.PackageFile;
import dev.torc.core.model.WorkflowCodec;
import dev.torc.features.reading.Home;
import dev.torc.features.reading.KnownKeys;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The packages of a project whose build files are as they were when the last graph was made, while
 * nothing has changed but build files of other packages. The jobs of that graph stand for their
 * files, which are not read. This holds only if all changed files were {@linkplain
 * PackageFile#apart apart} and still are ({@link #hold}); otherwise, and after any error, all files
 * are read. This class compares no files.
 */
public final class UnchangedPackages {

  public static final UnchangedPackages NONE = new UnchangedPackages();

  /** The top-level keys that decide only about jobs of the file, or nothing in a package. */
  private static final List<String> OF_JOBS =
      List.of(
          "name description vars env shell resources container defaults default jobs hooks report"
              .split(" "));

  /** The keys of {@code defaults} that may name jobs of other files. */
  private static final List<String> NAMING = List.of("needs", "after", "tools");

  private final Workflow last; // null if there are none
  private final Map<Path, Digest> files;
  private final SortedMap<String, List<String>> ways;
  private final Map<String, PackageFile> packages = new HashMap<>(); // by prefix
  private final Map<String, List<Integer>> jobs = new HashMap<>(); // by prefix
  private final Set<String> kept = new HashSet<>(); // prefixes
  private final Set<String> manual = new HashSet<>(); // names of jobs and groups

  private UnchangedPackages() {
    this.last = null;
    this.files = Map.of();
    this.ways = Collections.emptySortedMap();
  }

  /**
   * @param last the last accepted build files
   * @param files the digests of the build files that have not changed
   * @param ways where the {@linkplain dev.torc.base.posix.Walk ways} in paths led, and still lead
   */
  public UnchangedPackages(
      Workflow last, Map<Path, Digest> files, SortedMap<String, List<String>> ways) {
    this.last = last;
    this.files = files;
    this.ways = ways;
    for (PackageFile each : last.settings().packages()) {
      if (each.apart() && files.containsKey(each.file())) {
        packages.put(each.prefix(), each);
      }
    }
    manual.addAll(last.manual());
    last.groups().forEach(group -> prefixes(group.name()).forEach(packages::remove));
    for (int j = 0; j < last.jobs().size(); j++) {
      for (String prefix : prefixes(last.jobName(j))) {
        jobs.computeIfAbsent(prefix, _ -> new ArrayList<>()).add(j);
      }
    }
  }

  /**
   * Returns whether the keys of a package and of its jobs decide nothing but these jobs, which are
   * no groups and have no key of a feature.
   *
   * @param own the build file
   * @param top its top level, with what the including file gives to it
   */
  public static boolean isPlain(Node.Mapping own, Node.Mapping top, Collection<Entry> jobs) {
    Node defaults = top.get("defaults");
    return OF_JOBS.containsAll(own.entries().keySet())
        && (defaults == null || isPlain(defaults, NAMING))
        && jobs.stream().allMatch(job -> isPlain(job.value(), List.of()));
  }

  private static boolean isPlain(Node job, List<String> without) {
    return job instanceof Node.Mapping map
        && KnownKeys.JOB.containsAll(map.entries().keySet())
        && Collections.disjoint(KnownKeys.GROUP, map.entries().keySet())
        && Collections.disjoint(without, map.entries().keySet());
  }

  private static List<String> prefixes(String name) {
    List<String> prefixes = new ArrayList<>(1);
    for (int colon = name.indexOf(':'); colon > 0; colon = name.indexOf(':', colon + 1)) {
      prefixes.add(name.substring(0, colon + 1));
    }
    return prefixes;
  }

  /** Returns a codec that can take over the jobs as they are. */
  public WorkflowCodec codec() {
    return last == null ? new WorkflowCodec() : ((PackedJobs) last.jobs()).codec().more();
  }

  /** Returns a package whose jobs will be taken over; null if its build file has to be read. */
  public PackageFile keep(String prefix, Path file) {
    PackageFile found = packages.get(prefix);
    return found != null && found.file().equals(file) && kept.add(prefix) ? found : null;
  }

  /** Returns a package whose jobs are taken over; null if its build file is read. */
  public PackageFile kept(Home home) {
    return kept.contains(home.prefix()) ? packages.get(home.prefix()) : null;
  }

  /** Returns the digest that the build file of a package has. */
  public Digest digest(PackageFile of) {
    return files.get(of.file());
  }

  /** Tells the names of a package's jobs that are taken over to the other build files. */
  public void tell(Home home) {
    for (int job : numbers(home)) {
      home.tell(last.jobName(job), isManual(last.jobName(job)));
    }
  }

  /**
   * Returns the jobs of a package that are taken over, packed by {@link #codec}.
   *
   * @param places receives their names
   * @param manual receives the names of manual ones
   */
  public List<byte[]> jobs(Home home, Map<String, Place> places, Set<String> manual) {
    List<byte[]> packed = new ArrayList<>();
    for (int job : numbers(home)) {
      String name = last.jobName(job);
      if (places.putIfAbsent(name, Place.NONE) != null) {
        throw new BadInput(Place.NONE, "a second job " + name); // reading all files tells where
      } else if (isManual(name)) {
        manual.add(name);
      }
      packed.add(((PackedJobs) last.jobs()).packed(job));
    }
    return packed;
  }

  private List<Integer> numbers(Home home) {
    return kept(home) == null ? List.of() : jobs.getOrDefault(home.prefix(), List.of());
  }

  private boolean isManual(String job) {
    return manual.contains(job);
  }

  /** Returns where the ways in paths led; some may be of files that are read. */
  public SortedMap<String, List<String>> ways() {
    return kept.isEmpty() ? Collections.emptySortedMap() : new TreeMap<>(ways);
  }

  /** Returns whether build files that were read say nothing that other packages depend on. */
  public boolean hold(Workflow now) {
    List<PackageFile> before = last == null ? List.of() : last.settings().packages();
    List<PackageFile> after = now.settings().packages();
    return kept.isEmpty() || before.size() == after.size() && apart(before).equals(apart(after));
  }

  private static List<String> apart(List<PackageFile> all) {
    return all.stream().filter(PackageFile::apart).map(PackageFile::prefix).toList();
  }
}
