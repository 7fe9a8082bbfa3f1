package dev.torc.features.groups;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Node.Entry;
import dev.torc.base.syntax.NumberRange;
import dev.torc.base.syntax.Paths;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.core.model.Group;
import dev.torc.core.model.Ref;
import dev.torc.features.groups.Axis.Row;
import dev.torc.features.reading.Home;
import dev.torc.features.reading.KnownKeys;
import dev.torc.features.reading.KnownNames;
import dev.torc.features.reading.KnownNames.Near;
import dev.torc.features.reading.MapFields;
import dev.torc.features.reading.OtherValues;
import dev.torc.features.reading.Placeholder;
import dev.torc.features.reading.RowValues;
import dev.torc.features.reading.Scope;
import dev.torc.features.reading.TextLists;
import dev.torc.features.reading.Value;
import dev.torc.features.reading.Vars;
import dev.torc.features.reading.WrittenPath;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Reads the axes of a group from the keys that make a job a group, in this order: {@code table},
 * {@code match}, {@code parameters} (with {@code mode}) and {@code repeat}. The first axis varies
 * slowest. {@link AxisValues} reads the files and results that an axis names.
 *
 * @param scope the scope of the build file's vars
 */
public record AxisReader(Scope scope, Paths paths, Problems problems) {

  /** A {@code table} that is a map. */
  public static final List<String> TABLE =
      List.of("file", "var", "columns", "key", "split", "batch", "comment");

  /** The values of a parameter: one key, or {@code from}, {@code to} and {@code step} together. */
  public static final List<String> VALUES =
      List.of("from to step lines comment glob products product values var keys batch".split(" "));

  /**
   * Variables that a shell sets or uses itself. A parameter with such a name would not reach the
   * job.
   */
  private static final Set<String> TAKEN =
      Set.of(
          """
          PATH HOME IFS PWD OLDPWD SHELL SHLVL ENV BASH_ENV PPID UID EUID GROUPS RANDOM SECONDS
          LINENO OPTIND OPTARG _
          """
              .split("\\s+"));

  /** Keys beside the one that says where the values of a parameter come from. */
  private static final Set<String> BESIDE = Set.of("comment", "batch", "product");

  /** Matches the start of a placeholder whose regular expression has unbalanced braces. */
  private static final Pattern OPEN_CONSTRAINT = Pattern.compile("(?<![${])\\{[A-Za-z_]\\w*:");

  public static boolean isGroup(Node node) {
    return node instanceof Node.Mapping map
        && !Collections.disjoint(KnownKeys.GROUP, map.entries().keySet());
  }

  public List<Axis> read(Node.Mapping job) {
    List<Axis> axes = new ArrayList<>();
    MapFields fields = new MapFields(job, scope, problems);
    Map<String, Place> names = new HashMap<>();
    one(job.entries().get("table"), this::table, names, axes);
    one(job.entries().get("match"), this::match, names, axes);
    List<Axis> parameters = new ArrayList<>();
    Node.Mapping written = MapFields.map(job.get("parameters"), "parameters", problems);
    written.entries().forEach((name, e) -> one(e, each -> values(name, each), names, parameters));
    if (job.get("parameters") instanceof Node.Mapping && written.entries().isEmpty()) {
      problems.add(job.entries().get("parameters").place(), "parameters names none");
    }
    String mode = mode(fields);
    Place of = mode.equals("product") ? null : job.entries().get("mode").place();
    for (Axis each : of == null ? List.<Axis>of() : parameters) {
      if (each instanceof Axis.Depending other) {
        problems.add(other.place(), mode + " joins values that depend on no other parameter");
      }
    }
    if (mode.equals("pairs")) {
      axes.add(new Axis.Pairs(of, List.copyOf(parameters)));
    } else if (mode.equals("zip") && parameters.size() > 1) {
      axes.add(new Axis.Zip(of, List.copyOf(parameters)));
    } else {
      axes.addAll(parameters);
    }
    one(job.entries().get("repeat"), e -> repeat(fields, e), names, axes);
    return List.copyOf(axes);
  }

  /** Reads {@code key} and {@code exclude} of a group with these axes. */
  public InstanceRules rules(Node.Mapping job, List<Axis> axes) {
    MapFields fields = new MapFields(job, scope, problems);
    List<String> key = new ArrayList<>();
    List<InstanceRules.LeftOutValues> excludes = new ArrayList<>(0);
    Entry named = job.entries().get("key");
    problems.guard(
        () -> {
          key.addAll(columns(fields, "key"));
          if (!key.isEmpty() && axes.stream().anyMatch(AxisReader::hasKey)) {
            throw new BadInput(named.place(), "the table has a key too; write one of both");
          }
        });
    for (Node each : MapFields.oneOrMore(job.get("exclude"))) {
      problems.guard(() -> excludes.add(excluded(each, each == job.get("exclude"))));
    }
    if (axes.isEmpty() && problems.isEmpty()) {
      problems.add(
          job.place(), "key and exclude are about instances; add parameters, table or match");
    }
    Place place = named == null ? Place.NONE : named.place();
    return new InstanceRules(List.copyOf(key), place, List.copyOf(excludes));
  }

  static boolean hasKey(Axis axis) {
    return axis instanceof Axis.Table table && !table.key().isEmpty()
        || axis instanceof Axis.OfVar var && !var.key().isEmpty()
        || axis instanceof Axis.Batched batched && hasKey(batched.of());
  }

  private InstanceRules.LeftOutValues excluded(Node node, boolean whole) {
    if (!(node instanceof Node.Mapping map) || map.entries().isEmpty()) {
      String what = whole ? "exclude must be a map" : "an entry of exclude is a map";
      String more =
          " of values such as {lr: 0.1, seed: 3}; match: [PATTERN, \"!FILE\"] excludes a file";
      throw new BadInput(node.place(), what + more);
    }
    SortedMap<String, Set<String>> values = new TreeMap<>();
    for (String name : map.entries().keySet()) {
      Node value = map.get(name);
      Set<String> some = new TreeSet<>();
      for (Node each : Node.isNothing(value) ? List.of(value) : scope.items(value)) {
        some.add(scope.text(MapFields.scalar(each, name)));
      }
      values.put(name, some);
    }
    return new InstanceRules.LeftOutValues(map.place(), values);
  }

  /** Reads one axis and checks its names; errors are added to the problems. */
  private void one(
      Entry entry, Function<Entry, Axis> reading, Map<String, Place> names, List<Axis> into) {
    if (entry == null) {
      return;
    }
    try {
      Axis axis = reading.apply(entry);
      boolean table = axis.isTable(); // checked when it is read
      for (String name : axis.names()) {
        if (!table) {
          checkName(name, scope.vars(), entry.place());
        }
        Place earlier = names.putIfAbsent(name, entry.place());
        if (earlier != null) {
          throw new BadInput(entry.place(), "a second parameter " + name + ", first at " + earlier);
        }
      }
      into.add(axis);
    } catch (BadInput e) {
      problems.add(e);
    } catch (IllegalArgumentException e) {
      problems.add(entry.value().place(), e.getMessage());
    }
  }

  /** Returns whether a variable of this name must keep its value in a job's environment. */
  public static boolean isTaken(String name) {
    return TAKEN.contains(name) || name.startsWith("LD_") || name.startsWith("TORC_");
  }

  /** Refuses names that a parameter cannot have. */
  public static void checkName(String name, Vars vars, Place place) {
    if (name.isEmpty()) {
      throw new BadInput(
          place, "a parameter needs a name; a column without one can be left out by columns");
    }
    Scope.refuseReserved(name, "parameter", place);
    if (isTaken(name)) {
      throw new BadInput(
          place, "a parameter is a variable in its job's environment; rename " + name);
    }
    if (vars.has(name)) {
      throw new BadInput(place, name + " is a var as well; rename one of them");
    }
  }

  /** Refuses the name of a column outside of an instance's name if another value has that name. */
  static void checkColumn(String name, Vars vars, Place place) {
    Scope.refuseReserved(name, "column, or leave it out of columns", place);
    if (vars.has(name)) {
      throw new BadInput(
          place,
          "the column " + name + " is a var as well; rename one, or leave it out of columns");
    }
  }

  private String mode(MapFields fields) {
    return fields.read(
        "mode",
        "product",
        node -> {
          String mode = scope.text(node);
          if (!List.of("product", "zip", "pairs").contains(mode)) {
            throw new IllegalArgumentException("mode is product or zip or pairs, not " + mode);
          }
          if (fields.map().get("parameters") == null) {
            throw new IllegalArgumentException("mode says how parameters are joined; add some");
          }
          return mode;
        });
  }

  private Axis repeat(MapFields fields, Entry entry) {
    int times = (int) fields.whole("repeat", 1, 1, Group.MAX_INSTANCES);
    List<String> numbers = NumberRange.of("1", String.valueOf(times), "1", times);
    return fixed(entry.place(), "repeat", numbers, entry.value());
  }

  private static Axis fixed(Place place, String name, List<String> texts, Node node) {
    List<Row> rows = texts.stream().map(text -> Row.of(text, node.place())).toList();
    return new Axis.Fixed(place, List.of(name), rows);
  }

  private Axis table(Entry entry) {
    String var = ofVars(entry.value());
    if (var != null) {
      throw new BadInput(entry.place(), "for the rows of a var write table: {var: " + var + "}");
    }
    if (!(entry.value() instanceof Node.Mapping map)) {
      String path = file(entry.value(), "table");
      return new Axis.Table(
          entry.place(), path, false, List.of(), List.of(), TableReader.UNSAID, Map.of());
    }
    MapFields fields = new MapFields(map, scope, problems).only(TABLE, "table");
    if (map.get("file") == null == (map.get("var") == null)) {
      throw new BadInput(map.place(), "a table is one of {file: PATH} and {var: NAME}");
    }
    boolean file = map.get("file") != null;
    String path = file ? file(map.get("file"), "file") : "";
    Axis.Table table = table(fields, path, entry.place());
    if (file) {
      return batched(fields, table);
    }
    AxisRows rows = VarRows.of(MapFields.scalar(map.get("var"), "var"), table, scope.vars());
    return batched(fields, new Axis.OfVar(entry.place(), table.key(), rows));
  }

  /** Returns the table in a file, with what a build file says of its columns. */
  public static Axis.Table table(MapFields fields, String path, Place place) {
    Node.Mapping map = fields.map();
    List<String> columns = columns(fields, "columns");
    List<String> key = columns(fields, "key");
    for (String column : key) {
      if (!columns.isEmpty() && !columns.contains(column)) {
        throw new BadInput(map.get("key").place(), column + " is not among columns");
      }
    }
    Map<String, String> split = split(fields, columns);
    return new Axis.Table(place, path, false, columns, key, comment(fields), split);
  }

  /** Returns the axis, or batches of its rows if the fields say {@code batch}. */
  private static Axis batched(MapFields fields, Axis axis) {
    return fields.map().get("batch") == null
        ? axis
        : new Axis.Batched(
            axis.place(), axis, (int) fields.whole("batch", 1, 1, Group.MAX_INSTANCES));
  }

  /** Returns what parts the cells of each column. */
  private static Map<String, String> split(MapFields table, List<String> columns) {
    Map<String, String> split = new TreeMap<>();
    MapFields.map(table.map().get("split"), "split", table.problems())
        .entries()
        .forEach(
            (name, entry) -> {
              String separator = table.scope().text(MapFields.scalar(entry.value(), "split"));
              if (separator.isEmpty()) {
                throw new BadInput(entry.place(), "split parts a cell at a text, such as \";\"");
              } else if (!columns.isEmpty() && !columns.contains(name)) {
                throw new BadInput(entry.place(), name + " is not among columns");
              }
              split.put(name, separator);
            });
    return split;
  }

  /** Returns what the comments of a file begin with, {@code none}, or an empty text. */
  private static String comment(MapFields file) {
    requireSaid(file, "comment", "#");
    return file.read("comment", TableReader.UNSAID, node -> node.text());
  }

  /** Refuses a key without a value: in YAML, an unquoted {@code #} begins a comment. */
  private static void requireSaid(MapFields fields, String key, String example) {
    Entry entry = fields.map().entries().get(key);
    if (entry != null && Node.isNothing(entry.value())) {
      throw new BadInput(
          entry.place(),
          "%s has no value, since an unquoted # begins a comment in YAML; write %1$s: \"%s\""
              .formatted(key, example));
    }
  }

  private static List<String> columns(MapFields table, String key) {
    requireSaid(table, key, "#SampleID");
    List<String> columns = table.texts(key);
    if (table.map().get(key) != null && columns.isEmpty()) {
      throw new BadInput(table.map().get(key).place(), key + " names none");
    }
    if (new HashSet<>(columns).size() < columns.size()) {
      throw new BadInput(table.map().get(key).place(), key + " names one twice");
    }
    return List.copyOf(columns);
  }

  private Axis match(Entry entry) {
    List<Axis.Matched.NamedPath> patterns = new ArrayList<>(1);
    List<Glob> excludes = new ArrayList<>(0);
    for (Node each : scope.items(entry.value())) {
      Node.Scalar node = MapFields.scalar(each, "match");
      if (node.text().startsWith("!")) {
        Ref ref = WrittenPath.ref(paths, scope.path(node), node.place(), true);
        excludes.add(Glob.of(((Ref.Exclude) ref).pattern()));
      } else {
        patterns.add(new Axis.Matched.NamedPath(node.text(), pattern(node)));
      }
    }
    if (patterns.isEmpty()) {
      throw new BadInput(
          entry.place(), "match names no file; add a pattern such as fq/{sample}.fq");
    }
    Axis.Matched.NamedPath first = patterns.getFirst();
    for (Axis.Matched.NamedPath other : patterns) {
      if (!Set.copyOf(other.match().names()).equals(Set.copyOf(first.match().names()))) {
        throw new BadInput(
            other.match().place(),
            "the patterns of match need the same names; %s has others than %s"
                .formatted(other.written(), first.written()));
      }
    }
    return new Axis.Matched(entry.place(), List.copyOf(patterns), List.copyOf(excludes));
  }

  private PathPattern pattern(Node.Scalar node) {
    StringBuilder text = new StringBuilder();
    List<String> holes = new ArrayList<>();
    Map<String, String> constraints = new HashMap<>();
    KnownNames names = new KnownNames(scope, node.place(), Near.ERROR);
    for (Object part : Placeholder.split(node.text(), names, true)) {
      if (!(part instanceof Placeholder hole)) {
        if (OPEN_CONSTRAINT.matcher(part.toString()).find()) {
          throw new BadInput(
              node.place(), "the braces of a regular expression must balance: " + part);
        }
        text.append(part);
      } else if (names.has(hole.name()) || hole.written().equals("{" + Home.HERE + "}")) {
        text.append(scope.path(new Node.Scalar(node.place(), hole.written(), true)));
      } else if (hole.index() < 0 && hole.member() == null) {
        names.checkText(hole.name());
        String regex = hole.format();
        String said = regex == null ? null : constraints.putIfAbsent(hole.name(), regex);
        if (regex != null && (holes.contains(hole.name()) && !regex.equals(said))) {
          throw new BadInput(
              node.place(),
              hole.written() + ": write the expression where {" + hole.name() + "} comes first");
        }
        holes.add(hole.name());
        text.append(PathPattern.HOLE);
      } else {
        throw new BadInput(
            node.place(), hole.written() + ": write {" + hole.name() + "} where it is matched");
      }
    }
    Paths.refuseForeign(text.toString().replace(PathPattern.HOLE, '*'), node.place());
    String pattern = paths.normalize(text.toString());
    return PathPattern.of(pattern, holes, constraints, node.place());
  }

  private void refuseRow(String name, Node node) {
    boolean list = node instanceof Node.Sequence;
    if (list || node instanceof Node.Mapping row && row.entries().size() > 1) {
      String what = "a value of " + name + " is a text, not a " + (list ? "list" : "map");
      String way = name.equals("exclude") ? "; exclude stands in the job" : MapFields.ROWS;
      throw new BadInput(node.place(), what + way);
    }
    String var = ofVars(node);
    if (var != null && scope.vars().tree(var) instanceof Value.Fields) {
      VarItems.list(new Node.Scalar(node.place(), var, true), scope); // names the form for maps
    }
  }

  /** Returns the var of which a text is only the placeholder, if it is a list or map; else null. */
  private String ofVars(Node node) {
    String text = node instanceof Node.Scalar scalar ? scalar.text() : "";
    String name = text.matches("\\{[^{}]+}") ? text.substring(1, text.length() - 1) : "";
    return scope.vars().tree(name) instanceof Value var && var.text() == null ? name : null;
  }

  private Axis values(String name, Entry entry) {
    if (!(entry.value() instanceof Node.Mapping map)) {
      List<Row> rows = new ArrayList<>();
      String list = TextLists.ofValues(entry.value(), scope.vars()::has);
      if (!list.isEmpty()) {
        problems.warn(entry.place(), "parameter " + name + " has one value" + list);
      }
      for (Node node : scope.items(entry.value())) {
        refuseRow(name, node);
        String text = scope.text(MapFields.scalar(node, name));
        rows.add(Row.of(text, node.place()));
      }
      if (Node.isNothing(entry.value())) {
        throw new BadInput(entry.place(), name + " has no values; [] means none");
      }
      return new Axis.Fixed(entry.place(), List.of(name), List.copyOf(rows));
    }
    Set<String> on = DependingNames.of(map, scope);
    if (on.isEmpty()) {
      return values(name, entry, map);
    }
    return new Axis.Depending(
        entry.place(),
        on,
        with(Scope.UNKNOWN).outline(name, entry, map),
        row -> with(new RowValues(Map.of(), row, OtherValues.NONE)).values(name, entry, map));
  }

  private AxisReader with(RowValues row) {
    return new AxisReader(scope.with(row), paths, problems);
  }

  /** Returns what a parameter may be whatever the values are on which it depends. */
  private Axis outline(String name, Entry entry, Node.Mapping map) {
    String key = map.get("glob") != null ? "glob" : map.get("lines") != null ? "lines" : "";
    List<String> names = List.of(name);
    Axis any =
        key.isEmpty()
            ? new Axis.Globbed(entry.place(), names, List.of(), List.of())
            : globbed(entry.place(), names, map.get(key));
    return map.get("batch") == null ? any : new Axis.Batched(entry.place(), any, 1);
  }

  private Axis values(String name, Entry entry, Node.Mapping map) {
    MapFields fields = new MapFields(map, scope, problems);
    return batched(fields, unbatched(name, entry, fields));
  }

  private Axis unbatched(String name, Entry entry, MapFields fields) {
    Node.Mapping map = fields.map();
    fields.only(VALUES, "the values of " + name);
    List<String> forms =
        map.entries().keySet().stream()
            .filter(k -> !BESIDE.contains(k))
            .map(k -> k.equals("to") || k.equals("step") ? "from" : k)
            .distinct()
            .toList();
    if (forms.size() != 1) {
      throw new BadInput(
          map.place(), "the values of " + name + " are one of " + String.join(", ", VALUES));
    }
    if (map.get("product") != null && !forms.getFirst().equals("products")) {
      throw new BadInput(
          map.get("product").place(), "product says which product of `products` counts");
    }
    if (map.get("comment") != null && !forms.getFirst().equals("lines")) {
      throw new BadInput(map.get("comment").place(), "comment says which lines of a file to skip");
    }
    Place place = entry.place();
    List<String> names = List.of(name);
    Node value = map.get(forms.getFirst());
    return switch (forms.getFirst()) {
      case "lines" ->
          new Axis.Table(
              place, file(value, "lines"), true, names, List.of(), comment(fields), Map.of());
      case "glob" -> globbed(place, names, value);
      case "var" -> fixed(place, name, VarItems.list(MapFields.scalar(value, "var"), scope), value);
      case "keys" ->
          fixed(place, name, VarItems.keys(MapFields.scalar(value, "keys"), scope), value);
      case "products" ->
          new Axis.Products(
              value.place(),
              names,
              scope.jobName(MapFields.scalar(value, "products")),
              fields.text("product", null));
      case "values" -> {
        String text = scope.dataName(MapFields.scalar(value, "values"));
        if (text.lastIndexOf('.') < 1) {
          throw new BadInput(value.place(), "values names GROUP.PARAMETER, not " + text);
        }
        yield new Axis.ValuesOf(value.place(), names, text);
      }
      default -> {
        if (map.get("from") == null || map.get("to") == null) {
          throw new BadInput(map.place(), "a range has from and to, and a step unless it is 1");
        }
        String from = scope.text(MapFields.scalar(map.get("from"), "from"));
        String to = scope.text(MapFields.scalar(map.get("to"), "to"));
        String step = fields.text("step", "1");
        List<String> texts = NumberRange.of(from, to, step, Group.MAX_INSTANCES);
        yield fixed(place, name, texts, map);
      }
    };
  }

  private Axis globbed(Place place, List<String> names, Node node) {
    List<Glob> globs = new ArrayList<>();
    List<Glob> excludes = new ArrayList<>();
    for (Node each : scope.items(node)) {
      switch (WrittenPath.ref(
          paths, scope.path(MapFields.scalar(each, "glob")), each.place(), true)) {
        case Ref.OfGlob glob -> globs.add(glob.glob());
        case Ref.Exclude exclude -> excludes.add(Glob.of(exclude.pattern()));
        case Ref.OfFile file -> globs.add(Glob.of(Glob.escape(file.path())));
        default -> throw new BadInput(each.place(), "a folder; add /** for the files in it");
      }
    }
    return new Axis.Globbed(place, names, List.copyOf(globs), List.copyOf(excludes));
  }

  private String file(Node node, String key) {
    Node.Scalar scalar = MapFields.scalar(node, key);
    return WrittenPath.file(paths, scope.path(scalar), scalar.place(), key);
  }
}
