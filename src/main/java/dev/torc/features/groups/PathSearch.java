package dev.torc.features.groups;

import dev.torc.base.syntax.Excludes;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.PatternIndex;
import dev.torc.base.syntax.Place;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Item;
import dev.torc.core.model.ProductIndex;
import dev.torc.core.model.Ref;
import dev.torc.features.groups.Axis.Row;
import dev.torc.features.reading.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Collects the paths that a group finds, step by step: products that other jobs declare or have
 * made, and sources on disk. A product does not count if its maker needs the group by name, or if
 * the instance that would come from it would make what the maker needs. What lies on the disk never
 * decides about a product. {@link AxisValues} turns the paths into values.
 */
final class PathSearch {

  /** Returns the values of a path, or null if the path does not match. */
  interface Fit {
    List<String> values(String path);
  }

  /** Returns the values that all paths of a pattern have, by name. */
  interface FixedValues {
    Map<String, String> values(Glob made);
  }

  /**
   * A pattern of a group.
   *
   * @param written its text in the build file
   * @param excludes excludes that hold for whole folders; {@code fit} knows all
   */
  record Searched(String written, Glob glob, List<Glob> excludes, Fit fit, FixedValues known) {}

  /**
   * A product that does not count: an instance that came from it would make what its maker needs.
   *
   * @param made the product of that instance
   */
  record Unseen(String maker, String product, String written, Glob made, UnitNeeds.Inside need) {

    /** Returns the error for a maker that could get nothing else there. */
    String message(String group) {
      return "%s needs %s, where only %s would make %s, from %s of %s, which %s matches; write !%s where it is matched, or !%s where it is needed"
          .formatted(
              need.job(), need.written(), group, made, product, maker, written, product, made);
    }
  }

  private final AxisValues values;
  private final OtherUnits units;
  private final int unit;
  private final Searched pattern; // null to find everything that one unit makes
  private final String product; // the name of the products; null for all
  private final SortedMap<String, Row> found = new TreeMap<>();
  private final List<Maker> makers = new ArrayList<>(1);
  private final Set<String> sources = new LinkedHashSet<>(); // which may turn out to be products
  private final PatternIndex hidden = new PatternIndex();
  private final PatternIndex own = new PatternIndex();
  private final SortedSet<String> doubtful = new TreeSet<>();
  private final List<Unseen> unseen = new ArrayList<>(0);

  /** Searches everything that one unit makes, or its products with a name. */
  PathSearch(AxisValues values, OtherUnits units, int unit, int maker, String product) {
    this.values = values;
    this.units = units;
    this.unit = unit;
    this.pattern = null;
    this.product = product;
    makers.add(new Maker(maker, false));
  }

  /** Searches the paths that match a pattern and no exclude. */
  PathSearch(AxisValues values, OtherUnits units, int unit, Searched pattern) throws IOException {
    this.values = values;
    this.units = units;
    this.unit = unit;
    this.pattern = pattern;
    this.product = null;
    sources.addAll(units.sources().matches(pattern.glob, pattern.excludes));
    for (int maker : units.makers().of(pattern.glob, pattern.excludes)) {
      if (maker == unit) {
        hide(outlines(unit), own);
      } else if (units.needs().followsName(maker, unit)) {
        hide(maker);
      } else if (!units.needs().mayFollow(maker, unit)) {
        makers.add(new Maker(maker, false));
      } else if (units.needs().asks(maker, unit) && feedsItself(maker)) {
        hide(maker);
      } else {
        makers.add(new Maker(maker, true));
      }
    }
  }

  SortedMap<String, Row> found() {
    return found;
  }

  /** Returns the files on disk that match a product of the group itself. */
  SortedSet<String> doubtful() {
    return doubtful;
  }

  List<Unseen> unseen() {
    return unseen;
  }

  private List<Makes> outlines(int maker) {
    return units.makers().outlines(maker).stream().map(Makes::of).toList();
  }

  /** Removes from the sources whatever is made by a unit that follows from this group. */
  private void hide(int maker) throws IOException {
    OtherUnits.Outcome outcome =
        sources.isEmpty() || units.needs().asks(maker, unit) ? null : units.outcome(maker);
    // If results decide the instances, the next build knows more of them: the patterns count.
    boolean exact = outcome != null && outcome.known() && !outcome.group().sources().found();
    hide(exact ? units.makes(maker) : outlines(maker), hidden);
  }

  private void hide(List<Makes> makes, PatternIndex patterns) {
    for (Makes each : makes) {
      each.files().forEach(sources::remove);
      each.patterns().forEach(glob -> patterns.add(glob, -1, Place.NONE));
    }
  }

  /**
   * Returns whether no product of a unit counts, whatever its instances are: then it is not asked
   * for them, since it may ask this group.
   */
  private boolean feedsItself(int maker) throws IOException {
    List<Unseen> all = new ArrayList<>(0);
    String name = units.unit(maker).name();
    Job job = units.unit(maker).job();
    List<UnitNeeds.Inside> needs = units.needs().insides(maker, name, job, unit);
    for (Glob each : patterns(job)) {
      Unseen one = unseen(name, null, each, needs);
      if (one == null) {
        return false;
      }
      all.add(one);
    }
    unseen.addAll(all);
    return true;
  }

  /** Returns the patterns of a job's products that may match. */
  private List<Glob> patterns(Job job) {
    return job.productRefs().stream().map(ProductIndex::inside).filter(this::sees).toList();
  }

  /**
   * Returns why the instance of a product would make what the maker needs; null if it would not.
   *
   * @param path the product, or null if {@code glob} is all that is known
   */
  private Unseen unseen(String maker, String path, Glob glob, List<UnitNeeds.Inside> needs) {
    Map<String, String> some = path == null ? pattern.known.values(glob) : new HashMap<>();
    List<String> fit = path == null ? List.of() : pattern.fit.values(path);
    if (needs.isEmpty() || fit == null) {
      return null;
    }
    for (int i = 0; i < fit.size(); i++) {
      some.put(values.axis.names().get(i), fit.get(i));
    }
    String product = path == null ? glob.toString() : path;
    for (Job job : units.makers().outlines((Unit.Many) units.unit(unit), some)) {
      for (Ref made : job.productRefs()) {
        Glob there = UnitNeeds.pattern(made);
        for (UnitNeeds.Inside need : needs) {
          if (need.holds(there, path == null)) {
            return new Unseen(maker, product, pattern.written, there, need);
          }
        }
      }
    }
    return null;
  }

  private boolean sees(Glob made) {
    return pattern == null || made.overlaps(pattern.glob) && !Excludes.all(pattern.excludes, made);
  }

  private boolean put(String path) {
    List<String> fit = pattern == null ? List.of(path) : pattern.fit.values(path);
    if (fit != null && !found.containsKey(path)) {
      Place place = values.axis.place();
      Item need = new Item(null, place, List.of(new Ref.OfFile(place, path)));
      List<Value> values = fit.stream().<Value>map(Value.OfText::new).toList();
      found.put(path, new Row(values, place, List.of(need)));
    }
    return fit != null;
  }

  /** Looks at what is new, and returns patterns for what is still to come. */
  List<Glob> update() throws IOException {
    PatternIndex unknown = new PatternIndex();
    List<Glob> coming = new ArrayList<>(0);
    for (Maker maker : makers) {
      maker.addMade(unknown, coming);
    }
    for (Iterator<String> it = sources.iterator(); it.hasNext(); ) {
      String path = it.next();
      boolean out = hidden.matching(path) != null;
      if (out || unknown.matching(path) == null) {
        it.remove();
        if (!out && units.isRecorded(path)) {
          units.sources().noteSkippedFile();
        } else if (!out && !found.containsKey(path) && put(path) && own.matching(path) != null) {
          doubtful.add(path);
        }
      }
    }
    return coming;
  }

  /**
   * Finds the products of one unit: files that its jobs declare, and what ended jobs have made in
   * declared folders and globs. It reads each job once, but checks a job with folders or globs
   * until that job has ended.
   */
  private final class Maker {

    private final int maker;
    private final boolean checked; // whether the unit may need what this group makes
    private final Map<String, List<UnitNeeds.Inside>> needs = new HashMap<>(0); // by job
    private int known; // how many of the unit's jobs were read
    private final List<Makes> running = new ArrayList<>(0);
    private final List<Glob> unknown; // what the unit's unknown jobs may make

    Maker(int maker, boolean checked) {
      this.maker = maker;
      this.checked = checked;
      this.unknown = patterns(units.unit(maker).job());
    }

    /** Returns the patterns that may match and whose instances would not feed the job. */
    private List<Glob> seen(String job, List<Glob> patterns) {
      List<Glob> seen = new ArrayList<>(0);
      for (Glob each : patterns) {
        if (sees(each)) {
          Unseen one = checked ? unseen(job, null, each, needs.getOrDefault(job, List.of())) : null;
          if (one == null) {
            seen.add(each);
          } else {
            unseen.add(one);
          }
        }
      }
      return seen;
    }

    /**
     * Adds what the jobs have made so far to the search. Adds patterns for what unknown jobs may
     * make to {@code open} and, as far as more is to come, to {@code coming}.
     */
    void addMade(PatternIndex open, List<Glob> coming) throws IOException {
      List<Makes> jobs = values.jobs(maker);
      if (checked && known < jobs.size()) {
        readNeeds();
      }
      for (; known < jobs.size(); known++) {
        Makes job = product == null ? jobs.get(known) : jobs.get(known).named().get(product);
        job.files().forEach(path -> add(job.job(), path));
        List<Glob> made = seen(job.job(), job.patterns());
        if (!made.isEmpty()) {
          running.add(new Makes(job.job(), List.of(), made, Map.of()));
        }
        if (!sources.isEmpty()) {
          job.patterns().forEach(each -> hidden.add(each, -1, Place.NONE));
        }
      }
      running.removeIf(job -> values.passMade(maker, job.job(), path -> addMade(job, path)));
      running.forEach(job -> coming.addAll(job.patterns()));
      if (!units.isKnown(maker)) {
        coming.addAll(unknown);
        unknown.forEach(each -> open.add(each, -1, Place.NONE));
      }
    }

    private void addMade(Makes job, String path) {
      if (product == null || job.matches(path)) {
        add(job.job(), path);
      }
    }

    private void readNeeds() throws IOException {
      OtherUnits.Outcome outcome = units.outcome(maker);
      for (Job job : outcome == null ? List.of(units.unit(maker).job()) : units.jobs(outcome)) {
        if (!needs.containsKey(job.name())) {
          needs.put(job.name(), units.needs().insides(maker, job.name(), job, unit));
        }
      }
    }

    /** Adds a product, unless its instance would make what the job needs. */
    private void add(String job, String path) {
      Unseen one = checked ? unseen(job, path, null, needs.getOrDefault(job, List.of())) : null;
      if (one == null) {
        put(path);
      } else {
        sources.remove(path);
        unseen.add(one);
      }
    }
  }
}
