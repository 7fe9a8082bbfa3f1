package dev.torc.importing;

import dev.torc.importing.Spec.Job;
import dev.torc.importing.Spec.UserData;
import dev.torc.workflow.Glob;
import dev.torc.workflow.Place;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a job needs and produces, in the words of the build file: files by their paths, all
 * instances of a group or some by its name, other jobs, and values.
 */
final class Needs {

  /** How many files or jobs are written one by one where no rule says which they are. */
  private static final int MAX_LISTED = 200;

  /** How many paths are compared with a pattern to see that it is exact. */
  private static final long MAX_COMPARED = 2_000_000;

  /** One entry: its name where the command refers to it, and what it stands for. */
  record Item(String label, List<Object> refs) {}

  private record Wanted(String label, Unit file, List<SortedSet<Integer>> sets) {}

  private final Catalog catalog;
  private final Notes notes;
  private final Job job;
  private final Unit unit;
  private final List<Item> needs = new ArrayList<>();
  private final List<Item> produces = new ArrayList<>();

  /** By reference in the command, the label of its item; and user data by name. */
  private final Map<String, String> labels = new LinkedHashMap<>();

  private final Set<String> taken = new HashSet<>(Set.of("job", "data"));
  private final Map<Unit, List<List<SortedSet<Integer>>>> covered = new LinkedHashMap<>();

  Needs(Catalog catalog, Notes notes, Job job) {
    this.catalog = catalog;
    this.notes = notes;
    this.job = job;
    this.unit = catalog.units.get(job);
    produced();
    List<Wanted> wanted = wanted();
    wanted.forEach(this::cover);
    List<Wanted> many = new ArrayList<>();
    for (Wanted each : wanted) {
      Form form = Form.infer(unit, each.file(), each.sets());
      if (form != null && form.isOne()) {
        add(needs, each.label(), List.of(catalog.path(unit, form)));
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
  String placeholder(Piece.Reference reference) {
    if (reference.data()) {
      List<Unit> storers = catalog.storers(reference.name());
      String key = catalog.dataKey(reference.name());
      return "{data."
          + (storers.isEmpty() ? "" : catalog.name(storers.getFirst()) + ".")
          + key
          + "}";
    }
    String slot = reference.input() ? "needs" : "produces";
    boolean alone = (reference.input() ? needs : produces).size() == 1;
    String label = labels.get(slot + " " + reference.name());
    return "{" + slot + (alone ? "" : "." + label) + "}";
  }

  private void produced() {
    for (Text name : catalog.references(job, false, false)) {
      Spec.Names one = new Spec.Names(List.of(name), List.of());
      String label = label("produces", name.text());
      catalog.files.resolve(unit, one).forEach((file, sets) -> produced(label, file, sets));
    }
    Set<String> referred = new HashSet<>();
    catalog.references(job, false, false).forEach(name -> referred.add(name.text()));
    Spec.Names rest = without(job.outputs(), referred);
    catalog.files.resolve(unit, rest).forEach((file, sets) -> produced(null, file, sets));
  }

  private void produced(String label, Unit file, List<SortedSet<Integer>> sets) {
    Form form = Form.infer(unit, file, sets);
    List<Object> paths = new ArrayList<>();
    if (form != null && form.isOne()) {
      paths.add(catalog.path(unit, form));
    } else if (!unit.isGroup() && !sets.isEmpty()) {
      sets.getFirst().forEach(row -> paths.add(catalog.path(unit, Form.of(file, row))));
    } else if (!sets.isEmpty() && !catalog.unrolls(job)) {
      notes.refuse(
          job.family().place(),
          "which of the files %s each %s makes follows no rule that torc.yaml has words for"
              .formatted(file.family.name().text(), job.name()));
    }
    if (!paths.isEmpty() && !produces.stream().anyMatch(item -> item.refs().equals(paths))) {
      add(produces, label, paths);
    }
  }

  private static Spec.Names without(Spec.Names names, Set<String> referred) {
    return new Spec.Names(
        names.names().stream().filter(name -> !referred.contains(name.text())).toList(),
        names.regexes());
  }

  private String label(String slot, String name) {
    String label = Label.unique(Label.identifier(name), "_", taken);
    taken.add(label);
    labels.put(slot + " " + name, label);
    return label;
  }

  private void add(List<Item> items, String label, List<?> refs) {
    items.add(new Item(label, List.copyOf(refs)));
  }

  /** The needed files: each that the command refers to by itself, the others by family. */
  private List<Wanted> wanted() {
    List<Wanted> wanted = new ArrayList<>();
    Set<String> referred = new HashSet<>();
    for (Text name : catalog.references(job, false, true)) {
      referred.add(name.text());
      String label = label("needs", name.text());
      var links = catalog.files.resolve(unit, new Spec.Names(List.of(name), List.of()));
      links.forEach((file, sets) -> wanted.add(new Wanted(label, file, sets)));
      if (links.size() > 1) {
        notes.refuse(name.place(), name.text() + " is a file of several kinds; give each a name");
      }
    }
    catalog
        .files
        .resolve(unit, without(job.inputs(), referred))
        .forEach((file, sets) -> wanted.add(new Wanted(null, file, sets)));
    return wanted;
  }

  /** Notes which jobs are waited for because of their files. */
  private void cover(Wanted wanted) {
    Map<Unit, List<SortedSet<Integer>>> made = new LinkedHashMap<>();
    for (int i = 0; i < wanted.sets().size(); i++) {
      boolean repeated = i > 0 && wanted.sets().get(i) == wanted.sets().get(i - 1);
      for (List<SortedSet<Integer>> sets :
          repeated ? made.values() : Set.<List<SortedSet<Integer>>>of()) {
        sets.set(i, sets.get(i - 1));
      }
      for (int row : repeated ? Set.<Integer>of() : wanted.sets().get(i)) {
        Catalog.Maker maker = catalog.maker(wanted.file(), row);
        if (maker != null) {
          made.computeIfAbsent(maker.job(), key -> empty(wanted.sets().size()))
              .get(i)
              .add(maker.instance());
        }
      }
    }
    made.forEach((maker, sets) -> covered.computeIfAbsent(maker, k -> new ArrayList<>()).add(sets));
  }

  private static List<SortedSet<Integer>> empty(int size) {
    List<SortedSet<Integer>> sets = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      sets.add(new TreeSet<>());
    }
    return sets;
  }

  /** Needs of several files each: by the group that makes them, a pattern, or one by one. */
  private void gather(List<Wanted> many) {
    SequencedMap<Object, List<Wanted>> groups = new LinkedHashMap<>();
    for (Wanted wanted : many) {
      Unit maker = maker(wanted);
      Object key = wanted.label() != null || maker == null ? wanted : maker;
      groups.computeIfAbsent(key, k -> new ArrayList<>()).add(wanted);
    }
    for (List<Wanted> group : groups.values()) {
      Unit maker = maker(group.getFirst());
      Place place = job.family().place();
      if (maker != null && maker != unit) {
        List<SortedSet<Integer>> instances = instances(maker, group);
        Form form = Form.infer(unit, maker, instances);
        if (form != null && areAllProducts(maker, group, instances)) {
          add(needs, group.getFirst().label(), List.of(jobRef(catalog.reference(form))));
          continue;
        }
      }
      for (Wanted wanted : group) {
        List<Object> refs = refs(wanted);
        if (refs.isEmpty() && catalog.unrolls(job)) {
          continue;
        }
        if (refs.isEmpty() && maker != null && maker != unit) {
          refs = List.of(jobRef(catalog.reference(new Form(maker, new LinkedHashMap<>()))));
          notes.say(
              place,
              "job %s needs all of %s here: which of them each one needs follows no rule that torc.yaml has words for"
                  .formatted(job.name(), catalog.name(maker)));
        }
        if (refs.isEmpty()) {
          notes.refuse(
              place,
              "which of the files %s each %s needs follows no rule that torc.yaml has words for"
                  .formatted(wanted.file().family.name().text(), job.name()));
        } else {
          add(needs, wanted.label(), refs);
        }
      }
    }
  }

  /** The one unit that makes all of these files, null where there is none. */
  private Unit maker(Wanted wanted) {
    Unit maker = null;
    Set<Integer> seen = new HashSet<>();
    for (SortedSet<Integer> set : wanted.sets()) {
      for (int row : set) {
        if (seen.add(row)) {
          Catalog.Maker one = catalog.maker(wanted.file(), row);
          if (one == null || maker != null && maker != one.job()) {
            return null;
          }
          maker = one.job();
        }
      }
      if (Form.isShared(wanted.sets())) {
        break;
      }
    }
    return maker;
  }

  /** The instances of the maker whose files are wanted. */
  private List<SortedSet<Integer>> instances(Unit maker, List<Wanted> group) {
    boolean shared = group.stream().allMatch(wanted -> Form.isShared(wanted.sets()));
    List<SortedSet<Integer>> instances = new ArrayList<>();
    for (int i = 0; i < unit.rows.size(); i++) {
      if (shared && i > 0) {
        instances.add(instances.getFirst());
        continue;
      }
      SortedSet<Integer> set = new TreeSet<>();
      for (Wanted wanted : group) {
        for (int row : wanted.sets().get(i)) {
          set.add(catalog.maker(wanted.file(), row).instance());
        }
      }
      instances.add(set);
    }
    return instances;
  }

  /** Whether the wanted files are just what these instances make. */
  private boolean areAllProducts(
      Unit maker, List<Wanted> group, List<SortedSet<Integer>> instances) {
    int cases = Form.isShared(instances) ? 1 : instances.size();
    for (int i = 0; i < cases; i++) {
      for (Map.Entry<Unit, List<SortedSet<Integer>>> made : catalog.outputs(maker).entrySet()) {
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
    Form form = Form.infer(unit, wanted.file(), wanted.sets());
    boolean shared = wanted.sets().isEmpty() || Form.isShared(wanted.sets());
    boolean made = maker(wanted) != null;
    boolean few =
        shared && !wanted.sets().isEmpty() && wanted.sets().getFirst().size() <= MAX_LISTED;
    if (form != null && (made || !few)) {
      String pattern = catalog.path(unit, form);
      if (isExact(wanted, pattern)) {
        if (!made) {
          notes.say(
              job.family().place(),
              "job %s needs whatever matches %s here, not a list of files"
                  .formatted(job.name(), pattern));
        }
        return List.of(pattern);
      }
    }
    List<Object> paths = new ArrayList<>();
    if (few) {
      wanted
          .sets()
          .getFirst()
          .forEach(row -> paths.add(catalog.path(unit, Form.of(wanted.file(), row))));
    }
    return paths;
  }

  /** Whether a pattern matches no other file of the workflow than those that are wanted. */
  private boolean isExact(Wanted wanted, String pattern) {
    boolean shared = Form.isShared(wanted.sets());
    int cases = shared ? 1 : wanted.sets().size();
    long files = catalog.allFiles().stream().mapToLong(file -> file.rows.size()).sum();
    if (cases * files > MAX_COMPARED) {
      return false;
    }
    for (int i = 0; i < cases; i++) {
      String text = pattern;
      for (Map.Entry<String, String> each : unit.rows.get(i).entrySet()) {
        String name = catalog.parameter(each.getKey());
        text = text.replace("{" + name + "}", Glob.escape(each.getValue()));
        text = formatted(text, name, each.getValue());
      }
      Glob glob;
      try {
        glob = Glob.of(text);
      } catch (IllegalArgumentException no) {
        return false;
      }
      for (Unit file : catalog.allFiles()) {
        for (int row = 0; row < file.rows.size(); row++) {
          boolean wants = file == wanted.file() && wanted.sets().get(i).contains(row);
          if (glob.matches(catalog.plainPath(file, row)) != wants) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private static String formatted(String text, String name, String value) {
    var hole = java.util.regex.Pattern.compile("\\{" + name + ":([^{}]*)}").matcher(text);
    return hole.replaceAll(
        found ->
            java.util.regex.Matcher.quoteReplacement(
                Glob.escape(Family.format(found.group(1), value))));
  }

  /** The jobs that are depended on by name, without those whose files are needed anyway. */
  private void others() {
    catalog
        .jobs
        .resolve(unit, job.dependsOn())
        .forEach(
            (other, sets) -> {
              if (!covers(covered.getOrDefault(other, List.of()), sets)) {
                depend(other, sets);
              }
            });
  }

  private static boolean covers(
      List<List<SortedSet<Integer>>> known, List<SortedSet<Integer>> wanted) {
    for (int i = 0; i < wanted.size(); i++) {
      int at = i;
      boolean repeated =
          i > 0
              && wanted.get(i) == wanted.get(i - 1)
              && known.stream().allMatch(sets -> sets.get(at) == sets.get(at - 1));
      if (!repeated
          && !wanted.get(i).stream()
              .allMatch(x -> known.stream().anyMatch(sets -> sets.get(at).contains(x)))) {
        return false;
      }
    }
    return true;
  }

  private void depend(Unit other, List<SortedSet<Integer>> sets) {
    if (sets.isEmpty()) {
      return;
    }
    Form form = Form.infer(unit, other, sets);
    if (form != null) {
      add(needs, null, List.of(jobRef(catalog.reference(form))));
    } else if (Form.isShared(sets) && sets.getFirst().size() <= MAX_LISTED) {
      List<Object> refs = new ArrayList<>();
      sets.getFirst().forEach(i -> refs.add(jobRef(catalog.reference(Form.of(other, i)))));
      add(needs, null, refs);
    } else if (catalog.unrolls(job)) {
      return;
    } else if (other == unit) {
      notes.refuse(
          job.family().place(),
          "which of its own kind each %s depends on follows no rule that torc.yaml has words for"
              .formatted(job.name()));
    } else {
      add(needs, null, List.of(jobRef(catalog.reference(new Form(other, new LinkedHashMap<>())))));
      notes.say(
          job.family().place(),
          "job %s waits for all of %s here: which of them each one depends on follows no rule that torc.yaml has words for"
              .formatted(job.name(), catalog.name(other)));
    }
  }

  private void data() {
    Set<String> referred = new HashSet<>();
    for (Text name : catalog.references(job, true, true)) {
      referred.add(name.text());
    }
    List<Text> named = new ArrayList<>(job.inputData().names());
    named.addAll(catalog.references(job, true, true));
    for (String name : catalog.dataNames(new Spec.Names(named, job.inputData().regexes()))) {
      UserData value = catalog.data(name);
      List<Unit> storers = catalog.storers(name);
      if (storers.isEmpty() && value.value() == null) {
        notes.refuse(
            value.name().place(),
            "user data %s has no value, and no job stores it".formatted(name));
      } else if (referred.contains(name)) {
        continue;
      } else if (storers.isEmpty()) {
        add(needs, null, List.of(new YamlWriter.Flow(Map.of("data", catalog.dataKey(name)))));
      } else {
        for (Unit storer : storers) {
          Object ref = jobRef(catalog.reference(new Form(storer, new LinkedHashMap<>())));
          boolean known =
              covered.containsKey(storer)
                  || needs.stream().anyMatch(item -> item.refs().contains(ref));
          if (!known && storer != unit) {
            add(needs, null, List.of(ref));
          }
        }
      }
    }
  }

  private static YamlWriter.Flow jobRef(String name) {
    return new YamlWriter.Flow(Map.of("job", name));
  }
}
