package dev.torc.front.buildfile;

import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Node.Entry;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Item;
import dev.torc.core.model.ProductIndex;
import dev.torc.core.model.Ref;
import dev.torc.features.fetch.Fetch;
import dev.torc.features.groups.Unit;
import dev.torc.features.groups.UnitMakers;
import dev.torc.features.groups.UnitNeeds;
import dev.torc.features.reading.Home;
import dev.torc.features.reading.MapFields;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What {@code defaults} adds to the lists of each job: {@code needs}, {@code after}, {@code tools}
 * and {@code tags}. {@link JobReader} lays the other keys under those of a job. A job that these
 * lists name, and what it needs, is exempt from the items that name jobs: each would wait for
 * itself. Packages share what is exempt, since they have the items of the file that includes them.
 */
final class Additions {

  /** The value of a job's {@code needs} that takes no needs from {@code defaults}. */
  private static final String NONE = "none";

  /** The keys whose lists are joined; {@code needs} has named items, too. */
  private static final List<String> LISTS = List.of("after", "tools", "tags");

  private static final List<String> WAITED_FOR = List.of("needs", "after", "tools");

  private final Node.Mapping defaults;
  private final Map<Place, Set<String>> exempt; // jobs and groups, by the items that name jobs
  private boolean off;

  private Additions(Node.Mapping defaults, Map<Place, Set<String>> exempt) {
    this.defaults = defaults;
    this.exempt = exempt;
  }

  /** Returns the additions of a build file; those of one project share {@code exempt}. */
  static Additions of(Node.Mapping top, Map<Place, Set<String>> exempt, Problems problems) {
    return new Additions(MapFields.map(top.get("defaults"), "defaults", problems), exempt);
  }

  /** Returns additions of nothing, to find out what the jobs need by themselves. */
  Additions none() {
    Additions none = new Additions(defaults, exempt);
    none.off = true;
    return none;
  }

  /** Returns whether a job could be named, so that {@link #exempt} has to be called. */
  boolean mayName() {
    return WAITED_FOR.stream().anyMatch(key -> defaults.get(key) != null);
  }

  /**
   * Finds the jobs that the items name.
   *
   * @param units all jobs and groups, read without additions
   * @param readers read the items of a build file each, a package after the file that includes it
   */
  static void exempt(List<Unit> units, List<JobReader> readers) throws IOException {
    Map<String, Integer> ids = new HashMap<>();
    for (int u = 0; u < units.size(); u++) {
      ids.put(units.get(u).name(), u);
    }
    UnitNeeds needs = new UnitNeeds(units, ids, new UnitMakers(units, _ -> false), _ -> null);
    Map<String, Set<Place>> items = new HashMap<>(); // that name jobs, by the file's prefix
    for (JobReader reader : readers) {
      Home home = reader.vars().home();
      Set<Place> inherited = home.outer() == null ? Set.of() : items.get(home.outer().prefix());
      Set<Place> own = new HashSet<>(0);
      Set<String> jobs = new HashSet<>(0);
      for (Ref ref : reader.additions().mayName() ? reader.refsOfDefaults() : List.<Ref>of()) {
        for (int unit : inherited.contains(ref.place()) ? new int[0] : needs.before(ref)) {
          own.add(ref.place());
          jobs.add(units.get(unit).name());
        }
      }
      Map<Place, Set<String>> exempt = reader.additions().exempt;
      own.forEach(place -> exempt.computeIfAbsent(place, _ -> new HashSet<>()).addAll(jobs));
      own.addAll(inherited);
      items.put(home.prefix(), own);
    }
  }

  private boolean isFor(String name, Place item) {
    return !off && !exempt.getOrDefault(item, Set.of()).contains(name);
  }

  /** Returns the map of a job with the lists of {@code defaults} joined to its own. */
  Node.Mapping joined(Node.Mapping job, String name, SequencedMap<String, Entry> laid) {
    for (String key : LISTS) {
      Node below = defaults.get(key);
      boolean runs = job.get(Fetch.KEY) == null || !Fetch.excludes(key);
      if (below != null && runs) {
        List<Node> all = new ArrayList<>(MapFields.oneOrMore(job.get(key)));
        Set<String> known = new LinkedHashSet<>();
        all.forEach(each -> known.add(text(each)));
        for (Node each : MapFields.oneOrMore(below)) {
          if (isFor(name, each.place()) && known.add(text(each))) {
            all.add(each);
          }
        }
        Place place = job.get(key) == null ? below.place() : job.get(key).place();
        laid.put(key, new Entry(place, new Node.Sequence(place, List.copyOf(all))));
      }
    }
    return new Node.Mapping(job.place(), laid);
  }

  private static String text(Node node) {
    return node instanceof Node.Scalar scalar ? scalar.text() : node.place().toString();
  }

  /** Returns whether a job takes no needs of {@code defaults}. */
  static boolean takesNone(Node needs) {
    return needs instanceof Node.Scalar text && text.text().equals(NONE) && !text.quoted();
  }

  /**
   * Returns the needs of a job with those that are added. Beside needs of its own they have the
   * name {@link Item#ADDED}, so that no placeholder stands for them.
   *
   * @param own the job's needs as written
   * @param added the needs of {@code defaults}
   */
  List<Item> needs(String name, List<Item> own, List<Item> added) {
    boolean any = own.stream().anyMatch(item -> !isExclude(item));
    List<Item> all = new ArrayList<>();
    Set<Item> used = new HashSet<>();
    Set<String> written = new HashSet<>();
    Job.refs(own).forEach(ref -> written.add(ref.text()));
    for (Item item : added) {
      List<Ref> refs = new ArrayList<>(item.refs());
      refs.removeIf(
          ref ->
              !isFor(name, ref.place()) || written.contains(ref.text()) || isTaken(ref, own, used));
      if (!refs.isEmpty()) {
        all.add(new Item(any ? Item.ADDED : item.name(), item.place(), List.copyOf(refs)));
      }
    }
    List<Item> kept = new ArrayList<>(own);
    List<Ref> left = new ArrayList<>();
    own.forEach(item -> left.addAll(item.refs()));
    all.forEach(item -> left.addAll(item.refs()));
    kept.removeIf(item -> used.contains(item) && left.stream().noneMatch(overlaps(item)));
    if (any) {
      kept.addAll(all);
      return List.copyOf(kept);
    }
    all.addAll(kept);
    return List.copyOf(all);
  }

  private static boolean isExclude(Item item) {
    return !item.refs().isEmpty() && item.refs().stream().allMatch(Ref.Exclude.class::isInstance);
  }

  /** Returns whether a {@code !} of a job takes an added need away. */
  private static boolean isTaken(Ref added, List<Item> own, Set<Item> used) {
    boolean taken = false;
    for (Item item : own) {
      for (Ref ref : item.refs()) {
        if (ref instanceof Ref.Exclude exclude
            && (exclude.pattern().equals(added.text())
                || added instanceof Ref.OfFile file
                    && Glob.of(exclude.pattern()).excludes(file.path()))) {
          used.add(item);
          taken = true;
        }
      }
    }
    return taken;
  }

  /** Returns whether a list of files may hold what the item excludes. */
  private static Predicate<Ref> overlaps(Item item) {
    return ref ->
        ref instanceof Ref.OfMany
            && item.refs().stream()
                .anyMatch(
                    each ->
                        each instanceof Ref.Exclude exclude
                            && ProductIndex.inside(ref).overlaps(Glob.of(exclude.pattern())));
  }
}
