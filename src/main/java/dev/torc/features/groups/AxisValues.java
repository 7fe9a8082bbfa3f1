package dev.torc.features.groups;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.NearestName;
import dev.torc.core.model.Group;
import dev.torc.core.model.Job;
import dev.torc.features.groups.Axis.Row;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Finds the values of one axis: in tables, on disk, among products and in other groups. If values
 * are not known yet, {@link AxisFacts} names the jobs that decide them. The same object is used for
 * all expansions of one {@linkplain dev.torc.core.model.ResultSource#era era} of results, and each
 * expansion searches only what is new. {@link GroupExpansion} makes instances from the values.
 */
final class AxisValues {

  final Axis axis;

  // What AxisFacts says of the values found so far.
  private final SortedSet<String> awaits = new TreeSet<>();
  private boolean waits;
  private boolean lasting = true;
  private boolean byResults;
  private BadInput.Diagnostic none;

  private final OtherUnits units;
  private final int unit;
  private final boolean side; // whether this is one axis of a zip
  private final List<AxisValues> sides = new ArrayList<>(0);
  private final List<Glob> coming = new ArrayList<>(0);
  private final Set<String> used = new HashSet<>(0); // the excludes that kept a path out
  private Set<String> counted = Set.of(); // doubtful files that are sources
  private List<PathSearch> searches;
  private AxisRows rows; // null before the first search, and after one that failed

  /**
   * What is known of an axis after a search, even one that failed.
   *
   * @param awaits the jobs whose results decide whether the axis has more values
   * @param waits whether the values must not be used until all those jobs have ended
   * @param lasting whether neither a result nor a file can change the values
   * @param byResults whether results decided the values
   * @param growing how those jobs may add values; empty if they add none, or if {@code waits}
   * @param none why the axis has no values; null if it has some or no reason is known
   */
  record AxisFacts(
      List<String> awaits,
      boolean waits,
      boolean lasting,
      boolean byResults,
      List<Group.Growing> growing,
      BadInput.Diagnostic none) {}

  AxisFacts facts() {
    return new AxisFacts(List.copyOf(awaits), waits, lasting, byResults, growing(), none);
  }

  AxisValues(OtherUnits units, int unit, Axis axis) {
    this(units, unit, axis, false);
  }

  private AxisValues(OtherUnits units, int unit, Axis axis, boolean side) {
    this.units = units;
    this.unit = unit;
    this.axis = axis;
    this.side = side;
    if (!(axis instanceof Axis.Depending)) { // read for each instance
      axis.parts().forEach(each -> sides.add(new AxisValues(units, unit, each, true)));
    }
  }

  /** Returns the values that are known so far. */
  AxisRows findRows() throws IOException {
    if (rows == null || !awaits.isEmpty()) {
      rows = null;
      awaits.clear();
      coming.clear();
      waits = false;
      none = null;
      AxisRows found = find();
      if (found.rows().isEmpty() && awaits.isEmpty()) {
        none = explainNone();
      }
      if (searches == null && !side) { // paths are distinct already
        found.refuseDoubles();
      }
      rows = found;
    }
    return rows;
  }

  /** Returns the files on disk that an instance of this group may make. */
  SortedSet<String> doubtful() {
    SortedSet<String> all = new TreeSet<>();
    sides.forEach(each -> all.addAll(each.doubtful()));
    if (searches != null) {
      searches.forEach(search -> all.addAll(search.doubtful()));
    }
    return all;
  }

  /** Makes the next search take only these {@link #doubtful} files. */
  void count(Set<String> paths) {
    if (!counted.equals(paths)) {
      counted = Set.copyOf(paths);
      rows = null;
      sides.forEach(each -> each.count(paths));
    }
  }

  /** Returns the products that do not count, since their instances would be needed to make them. */
  List<PathSearch.Unseen> unseen() {
    List<PathSearch.Unseen> all = new ArrayList<>(0);
    sides.forEach(each -> all.addAll(each.unseen()));
    if (searches != null) {
      searches.forEach(search -> all.addAll(search.unseen()));
    }
    return all;
  }

  private List<Group.Growing> growing() {
    if (coming.isEmpty() || waits) {
      return List.of();
    }
    List<Glob> made = coming.stream().distinct().toList();
    return axis instanceof Axis.Matched matched
        ? matched.patterns().stream().map(each -> growing(each, made)).toList()
        : List.of(new Group.Growing(String.valueOf(PathPattern.HOLE), axis.names(), made));
  }

  private static Group.Growing growing(Axis.Matched.NamedPath pattern, List<Glob> made) {
    return new Group.Growing(pattern.match().text(), pattern.match().holes(), made);
  }

  /** Returns whether the axis may be empty without a warning, because a job may make no files. */
  boolean mayBeEmpty() {
    return switch (axis) {
      case Axis.Products _ -> true;
      case Axis.Table _, Axis.OfVar _ -> false;
      case Axis.Zip _, Axis.Pairs _, Axis.Batched _ ->
          sides.stream().anyMatch(AxisValues::mayBeEmpty);
      default -> byResults;
    };
  }

  private BadInput.Diagnostic explainNone() throws IOException {
    return switch (axis) {
      case Axis.Table table ->
          units.sources().table(table) == null
              ? null
              : new BadInput.Diagnostic(table.place(), table.path() + " holds none");
      case Axis.Globbed globbed ->
          unmatched("" + globbed.globs().getFirst(), globbed.globs().getFirst());
      case Axis.Matched matched -> {
        Axis.Matched.NamedPath first = matched.patterns().getFirst();
        yield unmatched(first.written(), first.match().glob());
      }
      case Axis.Products products -> units.explainNone(products.job());
      case Axis.ValuesOf values -> units.explainNone(values.group(units.ids().keySet()));
      case Axis.OfVar of -> new BadInput.Diagnostic(of.place(), "the var holds none");
      case Axis.Zip _, Axis.Pairs _, Axis.Batched _ ->
          sides.stream().map(each -> each.none).filter(Objects::nonNull).findFirst().orElse(null);
      case Axis.Fixed _, Axis.Depending _ -> null;
    };
  }

  private BadInput.Diagnostic unmatched(String pattern, Glob glob) throws IOException {
    String looked = pattern.equals(glob.toString()) ? "" : " (" + glob + " was looked for)";
    return byResults
        ? null
        : new BadInput.Diagnostic(
            axis.place(),
            pattern + " matches nothing" + looked + ": " + units.sources().explainMiss(glob));
  }

  private AxisRows find() throws IOException {
    return switch (axis) {
      case Axis.Fixed fixed -> new AxisRows(fixed.names(), fixed.rows());
      case Axis.Table table -> table(table);
      case Axis.ValuesOf values -> valuesOf(values);
      case Axis.OfVar var -> var.rows();
      case Axis.Zip zip -> JoinedRows.zip(zip, sides());
      case Axis.Pairs pairs -> JoinedRows.pairs(pairs, sides());
      case Axis.Batched batched -> JoinedRows.batched(batched, sides());
      case Axis.Depending _ -> throw new IllegalStateException("read for each instance");
      case Axis.Globbed _, Axis.Matched _, Axis.Products _ -> paths();
    };
  }

  private AxisRows table(Axis.Table table) throws IOException {
    String path = table.path();
    AxisRows content = units.sources().table(table);
    if (content == null) {
      boolean source = true;
      boolean here = true;
      for (int maker : units.makers().of(path)) {
        if (!units.makers().declares(maker, path) && units.needs().waitsFor(maker, unit)) {
          continue; // only a wildcard matches: not the maker
        }
        for (Makes job : jobs(maker)) {
          if (job.has(path)) {
            source = false;
            here &= passMade(maker, job.job(), _ -> {});
          }
        }
        source &= units.isKnown(maker);
        here &= units.isKnown(maker);
      }
      if (!here) {
        waits = true;
        return new AxisRows(axis.names(), List.of());
      }
      content = read(table);
      if (source) {
        units.sources().put(table, content);
      }
    }
    return content;
  }

  private AxisRows read(Axis.Table table) throws IOException {
    String path = table.path();
    try {
      byte[] bytes = units.sources().bytes(path);
      return table.plain()
          ? TableReader.lines(bytes, table)
          : TableReader.keyed(table.key(), path, TableReader.read(bytes, table));
    } catch (BadInput e) {
      // An error about the whole file is reported at the place that names the file.
      boolean whole = e.diagnostics().getFirst().place().line() == 0;
      throw whole ? new BadInput(axis.place(), e.getMessage()) : e;
    }
  }

  /**
   * Returns the products of the known jobs of a unit, and adds the jobs that decide its other
   * instances to {@link #awaits}.
   */
  List<Makes> jobs(int other) throws IOException {
    OtherUnits.Outcome outcome = units.outcome(other);
    if (outcome != null) {
      note(other, outcome);
    }
    return units.makes(other);
  }

  private void note(int other, OtherUnits.Outcome outcome) {
    lasting &= outcome.lasting();
    byResults |= outcome.group().sources().found();
    if (!outcome.known()) {
      List<String> deciders = outcome.group().further().awaits();
      awaits.addAll(deciders.isEmpty() ? List.of(units.unit(other).name()) : deciders);
    }
  }

  /**
   * Passes each product of a job to {@code each} and returns true; if the job has not ended, adds
   * it to {@link #awaits} and returns false.
   */
  boolean passMade(int maker, String job, Consumer<String> each) {
    lasting = false;
    Optional<List<String>> products = units.products(maker, job);
    if (products.isPresent()) {
      byResults = true;
      products.get().forEach(each);
    } else {
      awaits.add(job);
    }
    return products.isPresent();
  }

  private int unitNamed(String unit) {
    String known = MapFields.requireJob(unit, axis.place(), units.ids().keySet());
    return units.ids().get(known);
  }

  private AxisRows valuesOf(Axis.ValuesOf axis) throws IOException {
    String group = axis.group(units.ids().keySet());
    String parameter = axis.written().substring(group.length() + 1);
    int other = unitNamed(group);
    OtherUnits.Outcome outcome = units.outcome(other);
    if (outcome == null) {
      throw new BadInput(axis.place(), "job " + group + " has no parameters");
    }
    note(other, outcome);
    List<Row> rows = new ArrayList<>();
    if (!outcome.known()) {
      waits = true;
    } else if (!outcome.group().parameters().contains(parameter)) {
      String hint = NearestName.hint(parameter, outcome.group().parameters());
      throw new BadInput(axis.place(), group + " has no parameter " + parameter + hint);
    } else {
      Set<String> distinct = new LinkedHashSet<>();
      units.jobs(outcome).forEach(job -> distinct.add(job.parameters().get(parameter)));
      distinct.forEach(value -> rows.add(Row.of(value, axis.place())));
    }
    return new AxisRows(axis.names(), rows);
  }

  /** Returns the rows of the joined axes; empty lists until all their makers have ended. */
  private List<AxisRows> sides() throws IOException {
    List<AxisRows> all = new ArrayList<>();
    for (AxisValues side : sides) {
      all.add(side.findRows());
      awaits.addAll(side.awaits);
      lasting &= side.lasting;
      byResults |= side.byResults;
    }
    waits = !awaits.isEmpty();
    return waits ? all.stream().map(each -> new AxisRows(each.names(), List.of())).toList() : all;
  }

  private AxisRows paths() throws IOException {
    if (searches == null) {
      searches = searches();
    }
    SortedMap<String, Row> found = new TreeMap<>();
    for (PathSearch search : searches) {
      coming.addAll(search.update());
      for (Map.Entry<String, Row> each : search.found().entrySet()) {
        if (!search.doubtful().contains(each.getKey()) || counted.contains(each.getKey())) {
          found.putIfAbsent(each.getKey(), each.getValue()); // the first pattern counts
        }
      }
    }
    if (axis instanceof Axis.Matched matched && matched.patterns().size() > 1) {
      refuseSame(found);
    }
    waits = axis instanceof Axis.Globbed && !coming.isEmpty();
    List<Row> rows = List.copyOf(found.values());
    return new AxisRows(axis.names(), Set.of(), rows, List.of(), useless(rows));
  }

  /** Returns whether a path is excluded, and notes by which patterns. */
  private boolean isOut(List<Glob> excludes, String path) {
    boolean out = false;
    for (Glob each : excludes) {
      if (each.excludes(path)) {
        used.add(each.toString());
        out = true;
      }
    }
    return out;
  }

  /** Returns whether a pattern excludes whole folders, which are not entered then. */
  private static boolean isWhole(Glob exclude) {
    return exclude.toString().endsWith("**");
  }

  /**
   * Returns a warning for each exclude that kept nothing out. A folder that exists, a name with a
   * leading dot and a product of any job count as kept out.
   */
  private List<BadInput.Diagnostic> useless(List<Row> rows) throws IOException {
    List<Glob> excludes =
        axis instanceof Axis.Matched matched
            ? matched.excludes()
            : axis instanceof Axis.Globbed globbed ? globbed.excludes() : List.of();
    List<BadInput.Diagnostic> warnings = new ArrayList<>(0);
    for (Glob each : rows.isEmpty() || !awaits.isEmpty() ? List.<Glob>of() : excludes) {
      if (!used.contains(each.toString())
          && !("/" + each).contains("/.")
          && !(isWhole(each) && units.sources().exists(each.fixedPrefix()))
          && units.makers().of(each, List.of()).isEmpty()) {
        String line = "!%s excludes no file that the other patterns match".formatted(each);
        warnings.add(new BadInput.Diagnostic(axis.place(), line));
      }
    }
    return warnings;
  }

  /** Refuses two files from which different patterns take the same values. */
  private void refuseSame(SortedMap<String, Row> found) {
    Map<List<Value>, String> seen = new HashMap<>();
    for (String path : found.keySet()) {
      String other = seen.putIfAbsent(found.get(path).values(), path);
      if (other != null) {
        String why = "%s and %s match with the same values; exclude one with !";
        throw new BadInput(axis.place(), why.formatted(other, path));
      }
    }
  }

  private List<PathSearch> searches() throws IOException {
    List<PathSearch> all = new ArrayList<>(1);
    if (axis instanceof Axis.Products products) {
      int maker = unitNamed(products.job());
      String product = products.product();
      Job job = units.unit(maker).job();
      if (product != null && job.products(product).isEmpty()) {
        throw new BadInput(axis.place(), job.withoutProduct(product));
      }
      all.add(new PathSearch(this, units, unit, maker, product));
      return all;
    }
    lasting = false;
    if (axis instanceof Axis.Matched matched) {
      for (Axis.Matched.NamedPath each : matched.patterns()) {
        PathSearch.Fit fit =
            path -> {
              List<String> values = matched.values(each, path);
              return values == null || isOut(matched.excludes(), path) ? null : values;
            };
        Glob glob = each.match().glob();
        Group.Growing growing = growing(each, List.of());
        PathSearch.Searched pattern =
            new PathSearch.Searched(each.written(), glob, List.of(), fit, growing::known);
        all.add(new PathSearch(this, units, unit, pattern));
      }
    } else if (axis instanceof Axis.Globbed globbed) {
      List<Glob> whole = globbed.excludes().stream().filter(AxisValues::isWhole).toList();
      for (Glob glob : globbed.globs()) {
        PathSearch.Fit fit =
            path -> {
              boolean in = glob.matches(path) && !isOut(globbed.excludes(), path);
              return in ? List.of(path) : null;
            };
        PathSearch.Searched pattern = // the fit excludes single files
            new PathSearch.Searched(glob.toString(), glob, whole, fit, _ -> Map.of());
        all.add(new PathSearch(this, units, unit, pattern));
      }
    }
    return all;
  }
}
