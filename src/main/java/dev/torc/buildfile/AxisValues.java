package dev.torc.buildfile;

import dev.torc.posix.Io;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Glob;
import dev.torc.syntax.NearestName;
import dev.torc.syntax.Place;
import dev.torc.syntax.Problems;
import dev.torc.workflow.Job;
import dev.torc.workflow.Ref;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Finds the values of axes: in files, on disk, among products and in other groups. Where they are
 * not known yet, it says which jobs decide them. {@link GroupExpansion} makes instances of them.
 */
final class AxisValues {

  /**
   * The values of a group.
   *
   * @param names of all values, axis by axis
   * @param columns those of the names that are no parameters: they name no instance
   * @param rows of each axis; the values of a row are those of the axis' names
   * @param awaits whose results decide; with any, the rows are incomplete
   * @param lasting whether no result can change the values
   * @param byResults whether results had a say
   * @param nothing what is there where sources should give values and give none, with its place;
   *     else empty
   * @param warnings what is accepted but looks wrong
   */
  record Answer(
      List<String> names,
      Set<String> columns,
      List<List<Row>> rows,
      SortedSet<String> awaits,
      boolean lasting,
      boolean byResults,
      String nothing,
      List<BadInput.Diagnostic> warnings) {

    /** The names of the parameters. */
    List<String> parameters() {
      return names.stream().filter(name -> !columns.contains(name)).toList();
    }
  }

  private final GroupExpansion expansion;
  private final List<Unit> units;
  private final Map<String, Integer> ids = new HashMap<>(); // of the units, once one is named
  private final Vars vars;
  private final AxisSources sources;
  private final ResultSource found;
  private final UndecidedGroups undecided = new UndecidedGroups();
  private final SortedSet<String> answered = new TreeSet<>();

  AxisValues(
      GroupExpansion expansion,
      List<Unit> units,
      Vars vars,
      AxisSources sources,
      ResultSource found) {
    this.expansion = expansion;
    this.vars = vars;
    this.units = units;
    this.sources = sources;
    this.found = found;
  }

  private Map<String, Integer> ids() {
    if (ids.isEmpty()) {
      for (int u = 0; u < units.size(); u++) {
        ids.put(units.get(u).name(), u);
      }
    }
    return ids;
  }

  /** The values of a group; what is wrong is noted. */
  Answer of(int unit, Unit.Many group, Problems problems) {
    One one = new One(unit, group);
    List<String> names = new ArrayList<>();
    Set<String> columns = new TreeSet<>();
    List<List<Row>> rows = new ArrayList<>();
    List<BadInput.Diagnostic> warnings = new ArrayList<>(0);
    String nothing = "";
    for (Axis axis : group.axes()) {
      boolean before = one.byResults;
      one.byResults = false;
      try {
        AxisRows values = one.of(axis);
        BadInput.Diagnostic there =
            values.rows().isEmpty() && one.awaits.isEmpty() ? one.nothing(axis) : null;
        nothing = nothing.isEmpty() && there != null ? there.toString() : nothing;
        one.byResults |= before; // others wonder about the whole
        names.addAll(values.names());
        columns.addAll(values.columns());
        rows.add(values.rows());
        values.refuseDoubles();
        if (values.rows().isEmpty() && one.awaits.isEmpty() && !one.mayBeNone(axis)) {
          warnings.add(
              new BadInput.Diagnostic(
                  axis.place(),
                  "no values, so "
                      + group.name()
                      + " has no instances"
                      + (there == null ? "" : ": " + there.message())));
        }
      } catch (BadInput e) {
        problems.add(e);
      } catch (IOException e) {
        problems.add(axis.place(), dev.torc.machine.Refusal.line(e));
        one.byResults = true; // of this group alone, as where a result is wrong
      } finally {
        one.byResults |= before;
      }
    }
    if (group.axes().stream().anyMatch(axis -> axis.names().isEmpty()) || !columns.isEmpty()) {
      checkNames(group, names, columns, problems);
    }
    return new Answer(
        List.copyOf(names),
        columns,
        rows,
        one.awaits,
        one.lasting,
        one.byResults,
        nothing,
        warnings);
  }

  /** Checks names that only a file told. */
  private void checkNames(
      Unit.Many group, List<String> names, Set<String> columns, Problems problems) {
    Set<String> seen = new TreeSet<>();
    for (String name : names) {
      try {
        if (columns.contains(name)) {
          AxisReader.checkColumn(name, vars, group.entry().place());
        } else {
          AxisReader.checkName(name, vars, group.entry().place());
        }
        if (!seen.add(name)) {
          throw new BadInput(group.entry().place(), "a second parameter " + name);
        }
      } catch (BadInput e) {
        problems.add(e);
      }
    }
  }

  /** The values of one group, and what they depend on. */
  private final class One {

    private final int unit;
    private final Unit.Many group;
    private final SortedSet<String> awaits = new TreeSet<>();
    private boolean lasting = true;
    private boolean byResults;

    One(int unit, Unit.Many group) {
      this.unit = unit;
      this.group = group;
    }

    AxisRows of(Axis axis) throws IOException {
      return switch (axis) {
        case Axis.Fixed fixed -> new AxisRows(fixed.names(), fixed.rows());
        case Axis.Lines lines ->
            table(
                lines,
                lines.path(),
                bytes ->
                    new TableReader.Content(lines.names(), TableReader.lines(bytes, lines.path())));
        case Axis.Table table ->
            table(
                    table,
                    table.path(),
                    bytes -> TableReader.read(bytes, table.path(), table.columns()))
                .keyed(table);
        case Axis.Globbed globbed -> globbed(globbed);
        case Axis.Matched matched -> matched(matched);
        case Axis.Products products -> products(products);
        case Axis.ValuesOf values -> valuesOf(values);
        case Axis.Zip zip -> zip(zip);
      };
    }

    /** Whether nobody wonders that an axis has no values: a job may make any number of files. */
    boolean mayBeNone(Axis axis) {
      return switch (axis) {
        case Axis.Products _ -> true;
        case Axis.Lines _, Axis.Table _ -> false;
        case Axis.Zip zip -> zip.axes().stream().anyMatch(this::mayBeNone);
        default -> byResults;
      };
    }

    /** What is there where sources gave an axis no values; null where results or texts did. */
    BadInput.Diagnostic nothing(Axis axis) throws IOException {
      return switch (axis) {
        case Axis.Lines lines -> nothing(axis, lines.path());
        case Axis.Table table -> nothing(axis, table.path());
        case Axis.Globbed globbed -> {
          String pattern = globbed.globs().getFirst().toString();
          yield nothing(axis, pattern, globbed.globs().getFirst());
        }
        case Axis.Matched matched -> nothing(axis, matched.written(), matched.match().glob());
        case Axis.Products products -> nothing(products.job());
        case Axis.ValuesOf values -> nothing(values.group());
        case Axis.Zip zip -> {
          for (Axis each : zip.axes()) {
            BadInput.Diagnostic there = nothing(each);
            if (there != null) {
              yield there;
            }
          }
          yield null;
        }
        case Axis.Fixed _ -> null;
      };
    }

    private BadInput.Diagnostic nothing(Axis table, String path) {
      return sources.table(table) == null
          ? null
          : new BadInput.Diagnostic(table.place(), path + " holds none");
    }

    private BadInput.Diagnostic nothing(Axis axis, String written, Glob glob) throws IOException {
      if (byResults) {
        return null;
      }
      String looked = written.equals(glob.toString()) ? "" : " (" + glob + " was looked for)";
      return new BadInput.Diagnostic(
          axis.place(), written + " matches nothing" + looked + ": " + sources.beside(glob));
    }

    /** The same of another group, whose text has its own place. */
    private BadInput.Diagnostic nothing(String name) throws IOException {
      Integer other = ids().get(name);
      String there =
          other != null && units.get(other) instanceof Unit.Many
              ? expansion.of(other).group().nothing()
              : "";
      return there.isEmpty() ? null : new BadInput.Diagnostic(Place.NONE, there);
    }

    private AxisRows table(Axis axis, String path, Io.Make<byte[], TableReader.Content> format)
        throws IOException {
      TableReader.Content content = sources.table(axis);
      if (content == null) {
        boolean before = lasting;
        lasting = true;
        for (int maker : makers().makers(path)) {
          if (makes(maker, path, axis.place())) {
            answered(units.get(maker).name());
          }
        }
        boolean source = lasting;
        lasting &= before;
        if (!awaits.isEmpty()) {
          return new AxisRows(axis.names(), List.of());
        }
        content = read(axis, path, format);
        if (source) {
          sources.put(axis, content);
        }
      }
      return new AxisRows(content.names(), content.rows());
    }

    private TableReader.Content read(
        Axis axis, String path, Io.Make<byte[], TableReader.Content> format) throws IOException {
      try {
        byte[] bytes = sources.bytes(path);
        return format.of(bytes);
      } catch (BadInput e) {
        // What is wrong with the whole file is told where it is asked for.
        boolean whole = e.diagnostics().getFirst().place().line() == 0;
        throw whole ? new BadInput(axis.place(), e.getMessage()) : e;
      }
    }

    /** Whether a unit makes a file, as far as its instances are known. */
    private boolean makes(int maker, String path, Place place) throws IOException {
      if (doubted(maker, path::equals, place)) {
        return false;
      }
      if (units.get(maker) instanceof Unit.Many
          && !expansion.of(maker).known()
          && makers().followers(unit).get(maker)) {
        // A wildcard fits, but what follows from this group cannot have been meant.
        return false;
      }
      List<Job> jobs = jobs(maker);
      return jobs == null || isProduct(path, jobs);
    }

    private boolean isProduct(String path, List<Job> jobs) {
      for (Job job : jobs) {
        for (Ref ref : job.productRefs()) {
          if (ref instanceof Ref.OfFile file
              ? file.path().equals(path)
              : PossibleMakers.glob(ref).matches(path)) {
            return true;
          }
        }
      }
      return false;
    }

    /**
     * Whether a unit is being expanded itself right now: then it is taken not to make what this
     * group looks at, until it is known what it makes.
     */
    private boolean doubted(int maker, Predicate<String> seen, Place place) {
      if (!expansion.isOpen(maker)) {
        return false;
      }
      undecided.add(maker, unit, expansion.chain(maker), seen, place);
      return true;
    }

    /** The jobs of a unit; null while they are not known, which is noted. */
    private List<Job> jobs(int other) throws IOException {
      if (units.get(other) instanceof Unit.Single single) {
        return List.of(single.job());
      }
      GroupExpansion.Outcome outcome = expansion.of(other);
      lasting &= outcome.lasting();
      byResults |= outcome.byResults();
      if (!outcome.known()) {
        awaits.add(units.get(other).name());
        return null;
      }
      return expansion.jobs(outcome);
    }

    /** What a unit has made; nothing while it has not ended, which is noted. */
    private Optional<List<String>> answered(String name) {
      lasting = false;
      Optional<List<String>> products = found.products(name);
      if (products.isPresent()) {
        byResults = true;
        answered.add(name);
      } else {
        awaits.add(name);
      }
      return products;
    }

    private AxisRows products(Axis.Products axis) throws IOException {
      Integer other = ids().get(axis.job());
      if (other == null) {
        throw new BadInput(
            axis.place(), "no job " + axis.job() + NearestName.hint(axis.job(), ids().keySet()));
      }
      List<Job> jobs = jobs(other);
      Collection<String> paths = jobs == null ? List.of() : GroupExpansion.declared(jobs);
      if (paths == null) {
        paths = new TreeSet<>(answered(axis.job()).orElse(List.of()));
      }
      return paths(axis, paths);
    }

    private AxisRows paths(Axis axis, Collection<String> paths) {
      List<Row> rows = new ArrayList<>(paths.size());
      paths.forEach(path -> rows.add(new Row(List.of(path), axis.place(), List.of(path))));
      return new AxisRows(axis.names(), rows);
    }

    private AxisRows valuesOf(Axis.ValuesOf axis) throws IOException {
      Integer other = ids().get(axis.group());
      if (other == null || !(units.get(other) instanceof Unit.Many)) {
        String kind = other == null ? "no job " : "no parameters has the job ";
        throw new BadInput(
            axis.place(),
            kind
                + axis.group()
                + (other == null ? NearestName.hint(axis.group(), ids().keySet()) : ""));
      }
      GroupExpansion.Outcome outcome = expansion.of(other);
      lasting &= outcome.lasting();
      byResults |= outcome.byResults();
      List<Row> rows = new ArrayList<>();
      if (!outcome.known()) {
        List<String> deciders = outcome.group().awaits();
        awaits.addAll(deciders.isEmpty() ? List.of(axis.group()) : deciders);
      } else if (!outcome.group().parameters().contains(axis.parameter())) {
        throw new BadInput(
            axis.place(),
            axis.group()
                + " has no parameter "
                + axis.parameter()
                + NearestName.hint(axis.parameter(), outcome.group().parameters()));
      } else {
        Set<String> distinct = new LinkedHashSet<>();
        expansion
            .jobs(outcome)
            .forEach(job -> distinct.add(job.parameters().get(axis.parameter())));
        distinct.forEach(value -> rows.add(new Row(List.of(value), axis.place(), List.of())));
      }
      return new AxisRows(axis.names(), rows);
    }

    private AxisRows globbed(Axis.Globbed axis) throws IOException {
      Set<String> paths = new TreeSet<>();
      for (Glob glob : axis.globs()) {
        Function<String, List<String>> fit =
            path -> {
              boolean out = axis.excludes().stream().anyMatch(each -> each.matches(path));
              return !out && glob.matches(path) ? List.of(path) : null;
            };
        paths.addAll(seen(glob, axis.excludes(), fit, axis.place()).keySet());
      }
      return paths(axis, paths);
    }

    private AxisRows matched(Axis.Matched axis) throws IOException {
      List<Row> rows = new ArrayList<>();
      seen(axis.match().glob(), List.of(), axis.match()::values, axis.place())
          .forEach((path, values) -> rows.add(new Row(values, axis.place(), List.of(path))));
      return new AxisRows(axis.names(), rows);
    }

    /**
     * The files that fit: products that other jobs declare or have made, and sources on disk; never
     * what this group makes, or what follows from it.
     *
     * @param excludes patterns that no path fits that fits
     * @param fit what a path fits with, null if it does not
     */
    private Map<String, List<String>> seen(
        Glob glob, List<Glob> excludes, Function<String, List<String>> fit, Place place)
        throws IOException {
      lasting = false;
      Map<String, List<String>> seen = new TreeMap<>();
      List<Ref> hidden = new ArrayList<>();
      BitSet after = makers().followers(unit);
      for (int maker : makers().makers(glob, excludes)) {
        if (after.get(maker)) {
          ownProducts(maker, hidden);
          continue;
        }
        if (doubted(maker, path -> fit.apply(path) != null, place)) {
          continue;
        }
        List<Job> jobs = jobs(maker);
        boolean open = false;
        for (Job job : jobs == null ? List.<Job>of() : jobs) {
          for (Ref ref : job.productRefs()) {
            if (ref instanceof Ref.OfFile file) {
              put(file.path(), fit, seen);
            } else if (PossibleMakers.sees(glob, excludes, PossibleMakers.glob(ref))) {
              hidden.add(ref);
              open = true;
            }
          }
        }
        if (open) {
          answered(units.get(maker).name())
              .ifPresent(paths -> paths.forEach(path -> put(path, fit, seen)));
        }
      }
      Set<String> files = new TreeSet<>();
      List<Glob> globs = new ArrayList<>();
      for (Ref ref : hidden) {
        if (ref instanceof Ref.OfFile file) {
          files.add(file.path());
        } else {
          globs.add(PossibleMakers.glob(ref));
        }
      }
      for (String path : sources.matches(glob)) {
        if (files.contains(path) || globs.stream().anyMatch(each -> each.matches(path))) {
          continue;
        }
        if (found.isRecorded(path)) {
          sources.passOver();
        } else {
          put(path, fit, seen);
        }
      }
      return seen;
    }

    private static void put(
        String path, Function<String, List<String>> fit, Map<String, List<String>> into) {
      List<String> values = fit.apply(path);
      if (values != null) {
        into.put(path, values);
      }
    }

    /** What this group, or what follows from it, makes: exactly where its values are written. */
    private void ownProducts(int maker, List<Ref> into) {
      List<Job> jobs =
          units.get(maker) instanceof Unit.Many many
              ? expansion.outlines(many)
              : List.of(units.get(maker).job());
      for (Job job : jobs) {
        job.produces().forEach(item -> into.addAll(item.refs()));
      }
    }

    private AxisRows zip(Axis.Zip zip) throws IOException {
      List<AxisRows> all = new ArrayList<>();
      for (Axis axis : zip.axes()) {
        all.add(of(axis));
      }
      if (!awaits.isEmpty()) {
        return new AxisRows(zip.names(), List.of());
      }
      AxisRows first = all.getFirst();
      for (AxisRows other : all) {
        if (other.rows().size() != first.rows().size()) {
          throw new BadInput(
              zip.place(),
              "zip wants as many values of each, but %s has %s and %s has %s"
                  .formatted(
                      first.names().getFirst(),
                      first.rows().size(),
                      other.names().getFirst(),
                      other.rows().size()));
        }
      }
      List<Row> rows = new ArrayList<>();
      for (int i = 0; i < first.rows().size(); i++) {
        List<String> values = new ArrayList<>();
        List<String> files = new ArrayList<>();
        for (AxisRows each : all) {
          values.addAll(each.rows().get(i).values());
          files.addAll(each.rows().get(i).files());
        }
        rows.add(new Row(List.copyOf(values), first.rows().get(i).place(), List.copyOf(files)));
      }
      return new AxisRows(zip.names(), rows);
    }
  }

  /** The jobs and groups whose products had a say. */
  SortedSet<String> answered() {
    return Collections.unmodifiableSortedSet(answered);
  }

  /** Tells where a doubt proved right; see {@link UndecidedGroups#settle}. */
  void settle(UndecidedGroups.Refusal refusal) throws IOException {
    undecided.settle(expansion, units, refusal);
  }

  private PossibleMakers makers() {
    return expansion.makers();
  }
}
