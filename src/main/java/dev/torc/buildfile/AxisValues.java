package dev.torc.buildfile;

import dev.torc.posix.Io;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Glob;
import dev.torc.syntax.NearestName;
import dev.torc.syntax.PatternIndex;
import dev.torc.syntax.Place;
import dev.torc.syntax.Problems;
import dev.torc.workflow.Group;
import dev.torc.workflow.Job;
import dev.torc.workflow.Ref;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
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
   * @param rows of each axis so far; the values of a row are those of the axis' names
   * @param awaits whose results decide; with any, the rows are incomplete
   * @param growing what those results may add, where the rows so far have instances already
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
      List<Group.Growing> growing,
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

  /** What is there where another group has no instances, empty where that is no wonder. */
  private String nothing(String group) throws IOException {
    Integer unit = ids().get(group);
    return unit != null && units.get(unit) instanceof Unit.Many
        ? expansion.of(unit).group().nothing()
        : "";
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
        if (values.rows().isEmpty()
            && one.awaits.isEmpty()
            && !EmptyAxis.isUsual(axis, one.byResults)) {
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
        problems.add(axis.place(), dev.torc.text.Refusal.line(e));
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
        one.waits ? List.of() : List.copyOf(one.growing),
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
    private final List<Group.Growing> growing = new ArrayList<>(0);
    private boolean waits; // for all that it awaits: there are no rows before
    private boolean lasting = true;
    private boolean byResults;
    private BitSet followers;

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

    /** What is there where sources gave an axis no values; null where results or texts did. */
    private BadInput.Diagnostic nothing(Axis axis) throws IOException {
      return EmptyAxis.there(axis, sources, byResults, AxisValues.this::nothing);
    }

    private AxisRows table(Axis axis, String path, Io.Make<byte[], TableReader.Content> format)
        throws IOException {
      TableReader.Content content = sources.table(axis);
      if (content == null) {
        boolean source = true;
        boolean here = true;
        for (int maker : makers().makers(path)) {
          if (followers().get(maker) && !makers().declares(maker, path)) {
            continue; // a wildcard fits, but what follows from this group cannot have been meant
          }
          for (PossibleMakers.Makes job : jobs(maker)) {
            if (job.has(path)) {
              source = false;
              here &= answered(maker, job.job()).isPresent();
            }
          }
          source &= !isUnknown(maker);
          here &= !isUnknown(maker);
        }
        if (!here) {
          waits = true;
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

    private BitSet followers() {
      if (followers == null) {
        followers = makers().followers(unit);
      }
      return followers;
    }

    /** The jobs of a unit as far as they are known; what decides about the rest is awaited. */
    private List<PossibleMakers.Makes> jobs(int other) throws IOException {
      if (units.get(other) instanceof Unit.Many) {
        outcome(other);
      }
      return expansion.makes(other);
    }

    private GroupExpansion.Outcome outcome(int other) throws IOException {
      GroupExpansion.Outcome outcome = expansion.of(other);
      lasting &= outcome.lasting();
      byResults |= outcome.byResults();
      if (!outcome.known()) {
        List<String> deciders = outcome.group().awaits();
        awaits.addAll(deciders.isEmpty() ? List.of(units.get(other).name()) : deciders);
      }
      return outcome;
    }

    /** Whether not all jobs of a unit are known. */
    private boolean isUnknown(int other) throws IOException {
      return units.get(other) instanceof Unit.Many && !expansion.of(other).known();
    }

    /** What a job has made; nothing while it has not ended, which is noted. */
    private Optional<List<String>> answered(int maker, String job) {
      lasting = false;
      Optional<List<String>> products = found.products(job);
      if (products.isPresent()) {
        byResults = true;
        answered.add(units.get(maker).name());
      } else {
        awaits.add(job);
      }
      return products;
    }

    /**
     * Hands over what a unit makes: the files that its jobs declare, and of patterns what a job has
     * made that has ended.
     *
     * @param sees the patterns that are asked for
     * @param hidden takes those of them that the unit has
     * @param coming takes what those of its jobs may make that have not ended
     */
    private void products(
        int maker,
        Predicate<Glob> sees,
        Consumer<String> each,
        Consumer<Glob> hidden,
        Collection<Glob> coming)
        throws IOException {
      for (PossibleMakers.Makes job : jobs(maker)) {
        job.files().forEach(each);
        List<Glob> open = job.patterns().stream().filter(sees).toList();
        if (!open.isEmpty()) {
          open.forEach(hidden);
          Optional<List<String>> made = answered(maker, job.job());
          made.ifPresent(paths -> paths.forEach(each));
          coming.addAll(made.isPresent() ? List.of() : open);
        }
      }
      if (isUnknown(maker)) {
        for (Ref ref : units.get(maker).job().productRefs()) {
          if (sees.test(PossibleMakers.glob(ref))) {
            hidden.accept(PossibleMakers.glob(ref));
            coming.add(PossibleMakers.glob(ref));
          }
        }
      }
    }

    private AxisRows products(Axis.Products axis) throws IOException {
      Integer other = ids().get(axis.job());
      if (other == null) {
        throw new BadInput(
            axis.place(), "no job " + axis.job() + NearestName.hint(axis.job(), ids().keySet()));
      }
      Set<String> paths = new TreeSet<>();
      List<Glob> coming = new ArrayList<>(0);
      products(other, _ -> true, paths::add, _ -> {}, coming);
      grow(String.valueOf(PathPattern.HOLE), axis.names(), coming);
      return paths(axis, paths);
    }

    /** Notes what is yet to come of an axis whose rows count as they become known. */
    private void grow(String path, List<String> names, List<Glob> coming) {
      if (!coming.isEmpty()) {
        growing.add(
            new Group.Growing(
                path, names, coming.stream().map(Glob::toString).distinct().toList()));
      }
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
      GroupExpansion.Outcome outcome = outcome(other);
      List<Row> rows = new ArrayList<>();
      if (!outcome.known()) {
        waits = true;
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
      List<Glob> coming = new ArrayList<>(0);
      for (Glob glob : axis.globs()) {
        Function<String, List<String>> fit =
            path -> {
              boolean out = axis.excludes().stream().anyMatch(each -> each.matches(path));
              return !out && glob.matches(path) ? List.of(path) : null;
            };
        paths.addAll(seen(glob, axis.excludes(), fit, coming).keySet());
      }
      waits |= !coming.isEmpty();
      return paths(axis, paths);
    }

    private AxisRows matched(Axis.Matched axis) throws IOException {
      List<Row> rows = new ArrayList<>();
      List<Glob> coming = new ArrayList<>(0);
      seen(axis.match().glob(), List.of(), axis.match()::values, coming)
          .forEach((path, values) -> rows.add(new Row(values, axis.place(), List.of(path))));
      grow(axis.match().text(), axis.match().holes(), coming);
      return new AxisRows(axis.names(), rows);
    }

    /**
     * The files that fit: products that other jobs declare or have made, and sources on disk; never
     * what this group makes, or what follows from it.
     *
     * @param excludes patterns that no path fits that fits
     * @param fit what a path fits with, null if it does not
     * @param coming takes what may come to them
     */
    private Map<String, List<String>> seen(
        Glob glob, List<Glob> excludes, Function<String, List<String>> fit, Collection<Glob> coming)
        throws IOException {
      lasting = false;
      Map<String, List<String>> seen = new TreeMap<>();
      PatternIndex patterns = new PatternIndex();
      Set<String> files = new HashSet<>();
      boolean any = !sources.matches(glob).isEmpty(); // else there is nothing to hide
      Consumer<Glob> hidden = any ? each -> patterns.add(each, -1, Place.NONE) : _ -> {};
      for (int maker : makers().makers(glob, excludes)) {
        if (followers().get(maker)) {
          ownProducts(maker, files, hidden);
        } else {
          products(
              maker,
              made -> PossibleMakers.sees(glob, excludes, made),
              path -> put(path, fit, seen),
              hidden,
              coming);
        }
      }
      for (String path : sources.matches(glob)) {
        if (files.contains(path) || patterns.matching(path) != null) {
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
    private void ownProducts(int maker, Set<String> files, Consumer<Glob> patterns) {
      List<Job> jobs =
          units.get(maker) instanceof Unit.Many many
              ? expansion.outlines(many)
              : List.of(units.get(maker).job());
      for (Job job : jobs) {
        for (Ref ref : job.productRefs()) {
          if (ref instanceof Ref.OfFile file) {
            files.add(file.path());
          } else {
            patterns.accept(PossibleMakers.glob(ref));
          }
        }
      }
    }

    private AxisRows zip(Axis.Zip zip) throws IOException {
      One side = new One(unit, group);
      List<AxisRows> all = new ArrayList<>();
      for (Axis axis : zip.axes()) {
        all.add(side.of(axis));
      }
      awaits.addAll(side.awaits);
      lasting &= side.lasting;
      byResults |= side.byResults;
      if (!side.awaits.isEmpty()) {
        waits = true;
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

  private PossibleMakers makers() {
    return expansion.makers();
  }
}
