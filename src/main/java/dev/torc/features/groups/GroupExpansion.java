package dev.torc.features.groups;

import dev.torc.base.bytes.ByteReader;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.core.model.Group;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.model.PackedJobs;
import dev.torc.core.model.Ref;
import dev.torc.core.model.ResultSource;
import dev.torc.core.model.Workflow;
import dev.torc.core.model.WorkflowCodec;
import dev.torc.features.groups.Axis.Row;
import dev.torc.features.groups.CalledJobs.Called;
import dev.torc.features.reading.RowValues;
import dev.torc.features.reading.Value;
import dev.torc.features.when.LeftOutJobs;
import dev.torc.features.when.WhenReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Expands groups: each combination of the values of a group's axes gives one instance. {@link
 * AxisValues} finds the values of an axis; {@link InstanceReader} reads an instance. Groups are
 * expanded again whenever results arrive, so this class keeps every instance that it has read.
 */
public final class GroupExpansion implements OtherUnits {

  private record Instance(String name, byte[] packed) {}

  /**
   * The products of the known jobs of a unit, in the order in which the jobs became known. {@code
   * jobs} has the packed jobs that are already in {@code makes}.
   */
  private record Known(List<Makes> makes, Set<byte[]> jobs) {}

  private final List<Unit> units;
  private final Map<String, Integer> ids = new HashMap<>(); // filled at the first use
  private final WorkflowCodec codec;
  private final WhenReader when;
  private final Set<BadInput.Diagnostic> warnings;
  private final Set<String> manual;
  private final Omissions omissions;
  private final Map<String, Map<List<Value>, Instance>> read =
      new HashMap<>(); // by group with the columns outside of its instances' names, and by values
  private final Map<Integer, Outcome> last = new HashMap<>(); // the last without errors, by unit
  private final AxisSources sources;
  private UnitMakers makers; // these two are dropped once all instances are known
  private UnitNeeds needs;

  // the fields from here to answered depend on results; a new era of results clears them
  private Object era;
  private final Map<Integer, List<AxisValues>> axes = new HashMap<>();
  private final Map<Integer, Known> known = new HashMap<>();
  private final SortedSet<String> answered = new TreeSet<>();

  // the state of the current expansion
  private ResultSource found;
  private final Map<Integer, Outcome> outcomes = new TreeMap<>();

  private final Set<Integer> open = new LinkedHashSet<>();
  private Problems problems;
  private long instances;

  /**
   * Creates an expansion.
   *
   * @param warnings the warnings of plain jobs
   * @param manual receives the names of manual instances
   * @param called the jobs that the call names
   */
  public GroupExpansion(
      Path root,
      List<Unit> units,
      WorkflowCodec codec,
      WhenReader when,
      Set<BadInput.Diagnostic> warnings,
      Set<String> manual,
      Called called) {
    this.manual = manual;
    this.omissions = new Omissions(called, codec);
    this.codec = codec;
    this.units = List.copyOf(units);
    this.when = when;
    this.warnings = new LinkedHashSet<>(warnings);
    this.sources = new AxisSources(root);
  }

  /**
   * Returns {@code blank}, a workflow without jobs, with all jobs and groups added. Errors that do
   * not depend on results go to {@code problems}.
   */
  public Workflow run(Workflow blank, ResultSource results, Problems problems) throws IOException {
    if (era != results.era()) {
      era = results.era();
      axes.clear();
      known.clear();
      answered.clear();
    }
    this.found = results;
    boolean again;
    do {
      this.problems = new Problems();
      outcomes.clear();
      instances = 0;
      for (int u = 0; u < units.size(); u++) {
        outcome(u);
      }
      checkTables();
      again = this.problems.isEmpty() && leaveOut();
      if (again) { // what was read with these jobs may not hold without them
        axes.clear();
        known.clear();
        last.clear();
        makers = null;
        needs = null;
      }
    } while (again);
    omissions.checkSources(when.sources(), this, this.problems);
    this.problems.found().forEach(each -> problems.add(each.place(), each.message()));
    if (outcomes.values().stream().allMatch(Outcome::known)) {
      makers = null;
      needs = null;
    }
    List<byte[]> jobs = new ArrayList<>(units.size() + (int) instances);
    List<Group> known = new ArrayList<>();
    List<Integer> starts = new ArrayList<>();
    for (int u = 0; u < units.size(); u++) {
      if (units.get(u) instanceof Unit.Single single) {
        jobs.addAll(omissions.kept(List.of(single.packed())));
      } else {
        Outcome outcome = outcomes.get(u);
        starts.add(jobs.size());
        jobs.addAll(omissions.kept(outcome.packed()));
        known.add(omissions.kept(outcome.group()));
      }
    }
    List<Job> packed = PackedJobs.of(codec, jobs);
    List<BadInput.Diagnostic> told = List.copyOf(warnings);
    Workflow.Apart apart = new Workflow.Apart(List.copyOf(manual), omissions.jobs());
    Workflow expanded = blank.with(packed, List.copyOf(known), List.copyOf(starts), told, apart);
    omissions.keep(expanded);
    return expanded;
  }

  /** Finds the jobs that this build leaves out; returns whether there are more than before. */
  private boolean leaveOut() throws IOException {
    if (!when.lacking().get() && !omissions.areCalled()) {
      return false;
    }
    List<LeftOutJobs.Candidate> all = new ArrayList<>();
    for (int u = 0; u < units.size(); u++) {
      Outcome outcome = outcomes.get(u);
      List<byte[]> packed =
          outcome == null ? List.of(((Unit.Single) units.get(u)).packed()) : outcome.packed();
      for (byte[] each : packed) {
        Job job = codec.job(new ByteReader(each, 0));
        all.add(new LeftOutJobs.Candidate(job.name(), job, null));
      }
      if (outcome != null) {
        Unit unit = units.get(u);
        boolean out = packed.isEmpty() && isLeftOut((Unit.Many) unit);
        Group group = out ? null : outcome.group();
        all.add(new LeftOutJobs.Candidate(unit.name(), unit.job(), group));
      }
    }
    return omissions.add(all, pattern -> sources.matches(pattern, List.of()));
  }

  @Override
  public UnitMakers makers() {
    if (makers == null) {
      makers = new UnitMakers(units, omissions::has);
    }
    return makers;
  }

  @Override
  public UnitNeeds needs() throws IOException {
    if (needs == null) {
      UnitNeeds.Instances known = unit -> isKnown(unit) ? jobs(outcome(unit)) : null;
      needs = new UnitNeeds(units, ids(), makers(), known);
    }
    return needs;
  }

  @Override
  public Map<String, Integer> ids() {
    if (ids.isEmpty()) {
      for (int u = 0; u < units.size(); u++) {
        ids.put(units.get(u).name(), u);
      }
    }
    return ids;
  }

  @Override
  public Unit unit(int unit) {
    return units.get(unit);
  }

  @Override
  public AxisSources sources() {
    return sources;
  }

  /** {@inheritDoc} If the job has ended, {@link #deciders} will name its unit. */
  @Override
  public Optional<List<String>> products(int unit, String job) {
    if (omissions.has(job)) {
      return Optional.of(List.of());
    }
    Optional<List<String>> made = found.products(job);
    if (made.isPresent()) {
      answered.add(units.get(unit).name());
    }
    return made;
  }

  @Override
  public boolean isRecorded(String path) {
    return found.isRecorded(path);
  }

  @Override
  public BadInput.Diagnostic explainNone(String group) throws IOException {
    Integer unit = ids().get(group);
    Outcome outcome = unit == null ? null : outcome(unit);
    String there = outcome == null ? "" : outcome.group().sources().nothing();
    return there.isEmpty() ? null : new BadInput.Diagnostic(Place.NONE, there);
  }

  /**
   * Reports a group that makes the table of its own instances, or the table of a group that it
   * follows from.
   */
  private void checkTables() throws IOException {
    for (int reader : List.copyOf(outcomes.keySet())) {
      Unit.Many group = (Unit.Many) units.get(reader);
      for (Map.Entry<String, Place> table : tables(group.axes()).entrySet()) {
        for (int maker : makers().of(table.getKey())) {
          if (needs().waitsFor(maker, reader)
              && outcomes.containsKey(maker)
              && makes(maker).stream().anyMatch(job -> job.has(table.getKey()))) {
            String about = maker == reader ? "it" : group.name() + ", from which it follows";
            String why =
                "%s makes %s, which decides about %s"
                    .formatted(units.get(maker).name(), table.getKey(), about);
            refuse(maker, reader, new BadInput.Diagnostic(table.getValue(), why));
          }
        }
      }
    }
  }

  private void refuse(int maker, int reader, BadInput.Diagnostic why) {
    if (outcomes.get(maker).group().sources().found()
        || outcomes.get(reader).group().sources().found()) {
      outcomes.put(maker, failed(maker, (Unit.Many) units.get(maker), List.of(why)));
    } else {
      problems.add(why.place(), why.message());
    }
  }

  /** Returns what decided the instances in the last expansion, besides build files and tables. */
  public Deciders deciders() {
    SortedMap<String, Optional<String>> none = Collections.emptySortedMap();
    return new Deciders(new TreeSet<>(answered), sources.found(), none, sources.isComplete());
  }

  @Override
  public Outcome outcome(int unit) throws IOException {
    if (!(units.get(unit) instanceof Unit.Many group)) {
      return null;
    }
    Outcome before = last.get(unit);
    Outcome outcome = before != null && before.lasting() ? before : outcomes.get(unit);
    if (outcome == null) {
      if (!open.add(unit)) {
        problems.add(group.entry().place(), "the groups " + chain(unit) + " feed each other");
        outcome = failed(unit, group, List.of());
      } else {
        try {
          outcome = expand(unit, group);
        } finally {
          open.remove(unit);
        }
      }
    }
    if (outcomes.putIfAbsent(unit, outcome) == null) {
      instances += outcome.packed().size();
    }
    return outcomes.get(unit);
  }

  @Override
  public boolean isKnown(int unit) throws IOException {
    Outcome outcome = outcome(unit);
    return outcome == null || outcome.known();
  }

  @Override
  public List<Makes> makes(int unit) throws IOException {
    Outcome outcome = outcome(unit);
    List<byte[]> packed =
        outcome == null ? List.of(((Unit.Single) units.get(unit)).packed()) : outcome.packed();
    Known now =
        known.computeIfAbsent(
            unit,
            _ -> new Known(new ArrayList<>(), Collections.newSetFromMap(new IdentityHashMap<>())));
    for (byte[] job :
        now.makes.size() < packed.size() ? omissions.kept(packed) : List.<byte[]>of()) {
      if (now.jobs.add(job)) {
        now.makes.add(Makes.of(codec.job(new ByteReader(job, 0))));
      }
    }
    return now.makes;
  }

  @Override
  public List<Job> jobs(Outcome outcome) {
    return PackedJobs.of(codec, omissions.kept(outcome.packed()));
  }

  /** Returns a cycle for a message: the open units from this unit on, then this unit again. */
  private String chain(int unit) {
    return Stream.concat(open.stream().dropWhile(each -> each != unit), Stream.of(unit))
        .map(each -> units.get(each).name())
        .collect(Collectors.joining(" → "));
  }

  private Outcome expand(int unit, Unit.Many group) throws IOException {
    if (omissions.has(group.name()) || group.axes().isEmpty()) {
      Outcome none = failed(unit, group, List.of());
      boolean known = omissions.has(group.name()) || isLeftOut(group);
      return new Outcome(none.group(), none.packed(), known, known);
    }
    List<AxisValues> values =
        axes.computeIfAbsent(
            unit,
            _ -> group.axes().stream().map(axis -> new AxisValues(this, unit, axis)).toList());
    DoubtfulSources doubts = new DoubtfulSources(values);
    Expanded now = instances(unit, group, values);
    while (now.own.isEmpty() && doubts.isAny() && doubts.decide(makes(now.jobs))) {
      now = instances(unit, group, values);
    }
    GroupValues answer = now.answer;
    boolean known = answer.awaits.isEmpty();
    if (now.own.isEmpty() && known) {
      refuseUnseen(group, values, now);
    }
    if (!now.own.isEmpty()) {
      if (isLeftOut(group)) { // its values are not checked
        return new Outcome(failed(unit, group, List.of()).group(), List.of(), true, true);
      }
      if (!answer.byResults) {
        problems.add(new BadInput(now.own.found()));
      }
      return failed(unit, group, now.own.found());
    }
    BadInput.Diagnostic ignored = doubts.warning(group);
    if (ignored != null) {
      answer.warnings.add(ignored);
    }
    List<String> awaits = List.copyOf(answer.awaits);
    List<Group.Growing> growing = List.copyOf(answer.growing);
    List<Ref> coming = known ? List.of() : answer.coming(group, makers());
    boolean lenient = !known && group.job().has(Trait.ALLOW_FAILURE);
    Group.Further further = new Group.Further(awaits, growing, coming, List.of(), lenient);
    List<String> tables = List.copyOf(tables(group.axes()).keySet());
    String nothing = known ? answer.nothing : "";
    List<BadInput.Diagnostic> told = known ? List.copyOf(answer.warnings) : List.of();
    Group.Sources from =
        new Group.Sources(tables, nothing, told, answer.byResults, answer.ofTable());
    Group record = record(group, List.copyOf(answer.names), List.copyOf(now.names), further, from);
    Outcome outcome = new Outcome(record, List.copyOf(now.jobs), known, known && answer.lasting);
    last.put(unit, outcome);
    return outcome;
  }

  /** Returns whether the condition of a group holds for no instance. */
  private static boolean isLeftOut(Unit.Many group) {
    return group.job().extra(WhenReader.KEY) != null;
  }

  /** The instances of a group so far, or errors. */
  private record Expanded(
      GroupValues answer, Problems own, List<String> names, List<byte[]> jobs) {}

  private Expanded instances(int unit, Unit.Many group, List<AxisValues> values) {
    Problems own = new Problems();
    DependingValues.Reading reading = axis -> new AxisValues(this, unit, axis);
    GroupValues answer = new GroupValues(group, values, reading, group.reader().vars(), own);
    Expanded all = new Expanded(answer, own, new ArrayList<>(), new ArrayList<>());
    if (own.isEmpty() && (answer.awaits.isEmpty() || !answer.growing.isEmpty())) {
      instances(group, answer, own, all.names, all.jobs);
    }
    return all;
  }

  private List<Makes> makes(List<byte[]> packed) {
    return packed.stream().map(job -> Makes.of(codec.job(new ByteReader(job, 0)))).toList();
  }

  /**
   * Refuses a product that does not count because its instance would make what its maker needs, if
   * no other instance makes anything there: then the maker cannot get what it needs.
   */
  private void refuseUnseen(Unit.Many group, List<AxisValues> values, Expanded now) {
    List<PathSearch.Unseen> unseen =
        values.stream().flatMap(axis -> axis.unseen().stream()).distinct().toList();
    List<Job> jobs = unseen.isEmpty() ? List.of() : PackedJobs.of(codec, now.jobs);
    for (PathSearch.Unseen each : unseen) {
      if (jobs.stream()
          .flatMap(job -> job.productRefs().stream())
          .noneMatch(made -> each.need().holds(UnitNeeds.pattern(made), false))) {
        now.own.add(group.entry().place(), each.message(group.name()));
      }
    }
  }

  /**
   * Returns the outcome of a group with errors. It has the instances of the last outcome without
   * errors.
   */
  private Outcome failed(int unit, Unit.Many group, List<BadInput.Diagnostic> reasons) {
    Outcome before = last.get(unit);
    List<String> names = group.axes().stream().flatMap(axis -> axis.names().stream()).toList();
    List<String> instances = before == null ? List.of() : before.group().instances();
    List<Ref> coming = group.job().productRefs();
    boolean lenient = group.job().has(Trait.ALLOW_FAILURE);
    Group.Further further = new Group.Further(List.of(), List.of(), coming, reasons, lenient);
    List<String> tables = List.copyOf(tables(group.axes()).keySet());
    Group.Sources from = new Group.Sources(tables, "", List.of(), false, Group.Columns.NONE);
    Group record = record(group, names, instances, further, from);
    // Not lasting, so that every expansion reports the group's errors again.
    return new Outcome(record, before == null ? List.of() : before.packed(), false, false);
  }

  private static Group record(
      Unit.Many of,
      List<String> names,
      List<String> instances,
      Group.Further further,
      Group.Sources from) {
    List<String> tags = of.job().labels().tags();
    return new Group(of.name(), of.entry().place(), names, instances, further, from, tags);
  }

  private static SequencedMap<String, Place> tables(List<Axis> axes) {
    SequencedMap<String, Place> tables = new LinkedHashMap<>();
    for (Axis axis : axes) {
      if (axis instanceof Axis.Table table) {
        tables.put(table.path(), table.place());
      } else {
        tables.putAll(tables(axis.parts()));
      }
    }
    return tables;
  }

  private void instances(
      Unit.Many group, GroupValues answer, Problems own, List<String> names, List<byte[]> jobs) {
    long count = 1;
    for (List<Row> rows : answer.rows) {
      count = Math.min(count * rows.size(), Integer.MAX_VALUE);
    }
    if (count > Group.MAX_INSTANCES - instances) {
      own.add(
          group.entry().place(),
          "with %s there would be more than %s instances; split the work"
              .formatted(group.name(), Group.MAX_INSTANCES));
      return;
    }
    InstanceReader reading = group.reader().withProblems(own);
    Map<List<Value>, Instance> known =
        read.computeIfAbsent(group.name() + answer.columns, _ -> new HashMap<>());
    InstanceRules.Combinations choice = group.rules().new Combinations(group.name(), answer.names);
    int[] at = new int[answer.rows.size()];
    for (long i = 0; i < count && own.isEmpty(); i++) {
      List<Row> rows = new ArrayList<>(at.length);
      for (int a = 0; a < at.length; a++) {
        rows.add(answer.rows.get(a).get(at[a]));
      }
      for (int a = at.length - 1; a >= 0 && ++at[a] == answer.rows.get(a).size(); a--) {
        at[a] = 0;
      }
      Row row = Row.joined(rows);
      Instance one = null;
      RowValues values = null;
      try {
        if (!choice.takes(row)) {
          continue;
        }
        one = known.get(row.values());
        values = one == null ? answer.valuesOf(row) : null;
      } catch (BadInput e) {
        own.add(e);
        break;
      }
      if (one == null) {
        one = instance(group, values, row, reading, own);
        if (i > 0 && !own.isEmpty()) { // the first instance may show an error of the whole group
          own.append(" (%s, %s)".formatted(one.name, row.place()));
        }
        if (!answer.lasting && own.isEmpty()) {
          known.put(row.values(), one);
        }
      }
      names.add(one.name);
      jobs.add(one.packed);
    }
    if (count > 0) {
      answer.warnings.addAll(choice.unused());
    }
    warnings.addAll(own.warnings());
  }

  private Instance instance(
      Unit.Many group, RowValues values, Row row, InstanceReader reading, Problems own) {
    SortedMap<String, String> naming = new TreeMap<>(values.parameters());
    String name = new InstanceName(group.name(), naming).toString();
    if (ids().containsKey(name)) {
      own.add(group.entry().place(), "the job " + name + " is an instance of " + group.name());
    }
    InstanceReader.Instance one = new InstanceReader.Instance(name, values, row.files());
    Job job = reading.read(group.key(), group.name(), group.entry(), one);
    if (job.has(Trait.MANUAL)) {
      manual.add(name);
    }
    return new Instance(name, codec.packed(job));
  }
}
