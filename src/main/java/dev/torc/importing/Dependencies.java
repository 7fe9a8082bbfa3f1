package dev.torc.importing;

import dev.torc.importing.WorkflowSpec.Job;
import dev.torc.importing.WorkflowSpec.UserData;
import dev.torc.syntax.Glob;
import dev.torc.syntax.Place;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedSet;

/**
 * The {@code needs} and {@code produces} of one job: files by their paths, a whole group or some of
 * its instances, other jobs, and values. Where no rule tells the instances of a group apart, it
 * asks for the job to be written one by one, or lists what is needed.
 */
final class Dependencies {

  /** How many files or jobs are written one by one where no rule says which they are. */
  private static final int MAX_LISTED = 200;

  /** How many paths are compared with a pattern to see that it is exact. */
  private static final long MAX_COMPARED = 2_000_000;

  /** One entry: its name where the command refers to it, and what it stands for. */
  record Item(String label, List<Object> refs) {}

  /**
   * Needed files.
   *
   * @param sets which of the files, for each instance of the job
   * @param makers the jobs that make some of them, with their instances
   * @param maker the one job that makes all of them, null where there is none
   */
  private record Wanted(
      String label,
      Target file,
      List<SortedSet<Integer>> sets,
      SequencedMap<Target, List<SortedSet<Integer>>> makers,
      Target maker) {}

  /** Takes files that the job names, with the label of the reference in its command or null. */
  private interface Named {
    void add(String label, Target file, List<SortedSet<Integer>> sets);
  }

  private final SymbolTable symbols;
  private final Notes notes;
  private final Job job;
  private final Target target;
  private final List<Item> needs = new ArrayList<>();
  private final List<Item> produces = new ArrayList<>();

  /** By reference in the command, the label of its item; and user data by name. */
  private final Map<String, String> labels = new LinkedHashMap<>();

  private final Set<String> taken = new HashSet<>(Set.of("job", "data"));
  private final Map<Target, List<SortedSet<Integer>>> covered = new LinkedHashMap<>();

  Dependencies(SymbolTable symbols, Notes notes, Target target) {
    this.symbols = symbols;
    this.notes = notes;
    this.target = target;
    this.job = symbols.job(target);
    resolve(job.outputs(), false, this::produced);
    List<Wanted> wanted = new ArrayList<>();
    resolve(job.inputs(), true, (label, file, sets) -> wanted.add(wanted(label, file, sets)));
    wanted.forEach(
        each ->
            each.makers().forEach((maker, sets) -> covered.merge(maker, sets, NameIndex::union)));
    List<Wanted> many = new ArrayList<>();
    for (Wanted each : wanted) {
      InstanceSelection selection = InstanceSelection.infer(target, each.file(), each.sets());
      if (selection != null && selection.isOne()) {
        add(needs, each.label(), List.of(symbols.path(target, selection)));
      } else {
        many.add(each);
      }
    }
    gather(many);
    others();
    data();
  }

  /** The entries of {@code needs}. */
  List<Item> needs() {
    return needs;
  }

  /** The entries of {@code produces}. */
  List<Item> produces() {
    return produces;
  }

  /** How a reference in the command is written as a placeholder. */
  String placeholder(TextPiece.Reference reference) {
    if (reference.data()) {
      String name = target.put(reference.name());
      List<Target> storers = symbols.storers(name);
      String storer = storers.isEmpty() ? "" : symbols.name(storers.getFirst()) + ".";
      return "{data." + storer + symbols.dataKey(name) + "}";
    }
    String slot = reference.input() ? "needs" : "produces";
    boolean alone = (reference.input() ? needs : produces).size() == 1;
    String label = labels.get(slot + " " + target.put(reference.name()));
    return "{" + slot + (alone ? "" : "." + label) + "}";
  }

  /** The files that a slot names: each that the command refers to by itself, others by sweep. */
  private void resolve(WorkflowSpec.Names names, boolean input, Named into) {
    Set<String> referred = new HashSet<>();
    for (PlacedText name : symbols.references(target, false, input)) {
      referred.add(name.text());
      String label = Label.unique(Label.identifier(name.text()), "_", taken);
      taken.add(label);
      labels.put((input ? "needs " : "produces ") + name.text(), label);
      var links = symbols.files.resolve(target, new WorkflowSpec.Names(List.of(name), List.of()));
      links.forEach((file, sets) -> into.add(label, file, sets));
      if (input && links.size() > 1) {
        notes.refuse(name.place(), name.text() + " is a file of several kinds; give each a name");
      }
    }
    WorkflowSpec.Names rest =
        new WorkflowSpec.Names(
            names.names().stream().filter(name -> !referred.contains(name.text())).toList(),
            names.regexes());
    symbols.files.resolve(target, rest).forEach((file, sets) -> into.add(null, file, sets));
  }

  private void produced(String label, Target file, List<SortedSet<Integer>> sets) {
    InstanceSelection selection = InstanceSelection.infer(target, file, sets);
    List<Object> paths = new ArrayList<>();
    if (selection != null && selection.isOne()) {
      paths.add(symbols.path(target, selection));
    } else if (!target.isGroup() && !sets.isEmpty()) {
      sets.getFirst()
          .forEach(row -> paths.add(symbols.path(target, InstanceSelection.of(file, row))));
    } else if (!sets.isEmpty() && !symbols.unrolls(target)) {
      notes.refuse(
          job.sweep().place(),
          "which of the files %s each %s makes follows no rule that torc.yaml has words for"
              .formatted(file.sweep.name().text(), target.name()));
    }
    if (!paths.isEmpty() && !produces.stream().anyMatch(item -> item.refs().equals(paths))) {
      add(produces, label, paths);
    }
  }

  private void add(List<Item> items, String label, List<?> refs) {
    items.add(new Item(label, List.copyOf(refs)));
  }

  /** Finds who makes the needed files. */
  private Wanted wanted(String label, Target file, List<SortedSet<Integer>> sets) {
    SequencedMap<Target, List<SortedSet<Integer>>> makers = new LinkedHashMap<>();
    boolean all = true;
    for (int i = 0; i < sets.size(); i++) {
      int at = i;
      if (i > 0 && sets.get(i) == sets.get(i - 1)) {
        makers.values().forEach(known -> known.set(at, known.get(at - 1)));
        continue;
      }
      for (int row : sets.get(i)) {
        SymbolTable.Maker maker = symbols.maker(file, row);
        all &= maker != null;
        if (maker != null) {
          makers
              .computeIfAbsent(maker.job(), key -> NameIndex.empty(sets.size(), false))
              .get(i)
              .add(maker.instance());
        }
      }
    }
    boolean one = all && makers.size() == 1;
    return new Wanted(label, file, sets, makers, one ? makers.firstEntry().getKey() : null);
  }

  /** Needs of several files each: by the group that makes them, a pattern, or one by one. */
  private void gather(List<Wanted> many) {
    SequencedMap<Object, List<Wanted>> groups = new LinkedHashMap<>();
    for (Wanted wanted : many) {
      Object key = wanted.label() != null || wanted.maker() == null ? wanted : wanted.maker();
      groups.computeIfAbsent(key, k -> new ArrayList<>()).add(wanted);
    }
    for (List<Wanted> group : groups.values()) {
      Target maker = group.getFirst().maker();
      Place place = job.sweep().place();
      if (maker != null && maker != target) {
        List<SortedSet<Integer>> instances =
            group.stream().map(each -> each.makers().get(maker)).reduce(NameIndex::union).get();
        InstanceSelection selection = InstanceSelection.infer(target, maker, instances);
        if (selection != null && areAllProducts(maker, group, instances)) {
          add(needs, group.getFirst().label(), List.of(jobRef(symbols.reference(selection))));
          continue;
        }
      }
      for (Wanted wanted : group) {
        List<Object> refs = refs(wanted);
        if (refs.isEmpty() && symbols.unrolls(target)) {
          continue;
        }
        if (refs.isEmpty() && maker != null && maker != target) {
          refs = List.of(all(maker));
          notes.say(
              place,
              "job %s needs all of %s here: which of them each one needs follows no rule that torc.yaml has words for"
                  .formatted(target.name(), symbols.name(maker)));
        }
        if (refs.isEmpty()) {
          notes.refuse(
              place,
              "which of the files %s each %s needs follows no rule that torc.yaml has words for"
                  .formatted(wanted.file().sweep.name().text(), target.name()));
        } else {
          add(needs, wanted.label(), refs);
        }
      }
    }
  }

  /** Whether the wanted files are just what these instances make. */
  private boolean areAllProducts(
      Target maker, List<Wanted> group, List<SortedSet<Integer>> instances) {
    int cases = InstanceSelection.isShared(instances) ? 1 : instances.size();
    for (int i = 0; i < cases; i++) {
      for (Map.Entry<Target, List<SortedSet<Integer>>> made : symbols.outputs(maker).entrySet()) {
        Set<Integer> all = new HashSet<>();
        for (Wanted wanted : group) {
          if (wanted.file() == made.getKey()) {
            all.addAll(wanted.sets().get(i));
          }
        }
        for (int instance : instances.get(i)) {
          if (!all.containsAll(made.getValue().get(instance))) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private List<Object> refs(Wanted wanted) {
    InstanceSelection selection = InstanceSelection.infer(target, wanted.file(), wanted.sets());
    boolean shared = wanted.sets().isEmpty() || InstanceSelection.isShared(wanted.sets());
    boolean made = wanted.maker() != null;
    boolean few =
        shared && !wanted.sets().isEmpty() && wanted.sets().getFirst().size() <= MAX_LISTED;
    if (selection != null && (made || !few)) {
      String pattern = symbols.path(target, selection);
      if (isExact(wanted, selection)) {
        if (!made) {
          notes.say(
              job.sweep().place(),
              "job %s needs whatever matches %s here, not a list of files"
                  .formatted(target.name(), pattern));
        }
        return List.of(pattern);
      }
    }
    List<Object> paths = new ArrayList<>();
    if (few) {
      wanted
          .sets()
          .getFirst()
          .forEach(
              row -> paths.add(symbols.path(target, InstanceSelection.of(wanted.file(), row))));
    }
    return paths;
  }

  /**
   * Whether the pattern of a selection matches no other file of the workflow than the wanted ones.
   */
  private boolean isExact(Wanted wanted, InstanceSelection selection) {
    int cases = InstanceSelection.isShared(wanted.sets()) ? 1 : wanted.sets().size();
    long files = symbols.allFiles().stream().mapToLong(file -> file.rows.size()).sum();
    if (cases * files > MAX_COMPARED) {
      return false;
    }
    for (int i = 0; i < cases; i++) {
      Glob glob;
      try {
        glob = Glob.of(symbols.pattern(target, selection, target.rows.get(i)));
      } catch (IllegalArgumentException no) {
        return false;
      }
      for (Target file : symbols.allFiles()) {
        for (int row = 0; row < file.rows.size(); row++) {
          boolean wants = file == wanted.file() && wanted.sets().get(i).contains(row);
          if (glob.matches(symbols.plainPath(file, row)) != wants) {
            return false;
          }
        }
      }
    }
    return true;
  }

  /** The jobs that are depended on by name, without those whose files are needed anyway. */
  private void others() {
    symbols
        .jobs
        .resolve(target, job.dependsOn())
        .forEach(
            (other, sets) -> {
              if (!covers(covered.get(other), sets)) {
                depend(other, sets);
              }
            });
  }

  private static boolean covers(List<SortedSet<Integer>> known, List<SortedSet<Integer>> wanted) {
    for (int i = 0; known != null && i < wanted.size(); i++) {
      boolean repeated =
          i > 0 && wanted.get(i) == wanted.get(i - 1) && known.get(i) == known.get(i - 1);
      if (!repeated && !known.get(i).containsAll(wanted.get(i))) {
        return false;
      }
    }
    return known != null;
  }

  private void depend(Target other, List<SortedSet<Integer>> sets) {
    if (sets.isEmpty()) {
      return;
    }
    InstanceSelection selection = InstanceSelection.infer(target, other, sets);
    if (selection != null) {
      add(needs, null, List.of(jobRef(symbols.reference(selection))));
    } else if (InstanceSelection.isShared(sets) && sets.getFirst().size() <= MAX_LISTED) {
      List<Object> refs = new ArrayList<>();
      sets.getFirst()
          .forEach(i -> refs.add(jobRef(symbols.reference(InstanceSelection.of(other, i)))));
      add(needs, null, refs);
    } else if (symbols.unrolls(target)) {
      return;
    } else if (other == target) {
      notes.refuse(
          job.sweep().place(),
          "which of its own kind each %s depends on follows no rule that torc.yaml has words for"
              .formatted(target.name()));
    } else {
      add(needs, null, List.of(all(other)));
      notes.say(
          job.sweep().place(),
          "job %s waits for all of %s here: which of them each one depends on follows no rule that torc.yaml has words for"
              .formatted(target.name(), symbols.name(other)));
    }
  }

  private void data() {
    Set<String> referred = new HashSet<>();
    for (PlacedText name : symbols.references(target, true, true)) {
      referred.add(name.text());
    }
    List<PlacedText> named = new ArrayList<>(job.inputData().names());
    named.addAll(symbols.references(target, true, true));
    for (String name :
        symbols.dataNames(new WorkflowSpec.Names(named, job.inputData().regexes()))) {
      UserData value = symbols.data(name);
      List<Target> storers = symbols.storers(name);
      if (storers.isEmpty() && value.value() == null) {
        notes.refuse(
            value.name().place(),
            "user data %s has no value, and no job stores it".formatted(name));
      } else if (referred.contains(name)) {
        continue;
      } else if (storers.isEmpty()) {
        add(needs, null, List.of(new YamlWriter.Flow(Map.of("data", symbols.dataKey(name)))));
      } else {
        for (Target storer : storers) {
          Object ref = all(storer);
          boolean known =
              covered.containsKey(storer)
                  || needs.stream().anyMatch(item -> item.refs().contains(ref));
          if (!known && storer != target) {
            add(needs, null, List.of(ref));
          }
        }
      }
    }
  }

  /** A reference to all instances of a job. */
  private YamlWriter.Flow all(Target other) {
    return jobRef(symbols.reference(new InstanceSelection(other, new LinkedHashMap<>())));
  }

  private static YamlWriter.Flow jobRef(String name) {
    return new YamlWriter.Flow(Map.of("job", name));
  }
}
