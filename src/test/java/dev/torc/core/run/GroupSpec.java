package dev.torc.core.run;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;

/**
 * A group of a random project: what the build file says of it, and which instances it has by the
 * rules alone. {@link Spec} says what the instances do.
 *
 * @param failing the first value of the instances that fail, empty if none does
 * @param second the values of a second parameter, empty if there is none
 * @param needs as in the build file, but with {@code @3} for the name of unit 3
 * @param form the end of the product's path: {@code .o} a file, {@code +*.o} many, empty for none
 */
record GroupSpec(
    String name,
    int index,
    int version,
    boolean cut,
    String failing,
    Axis axis,
    List<String> second,
    List<String> needs,
    String form)
    implements Oracle.Unit {

  /** Where the values of the first parameter come from. */
  enum From {
    LIST,
    LINES,
    TABLE,
    GLOB,
    MATCH,
    PRODUCTS,
    VALUES
  }

  /**
   * @param values the values of a list, in the order written
   * @param file the file with the lines or the table
   * @param unit the unit whose products or values are meant, or which makes the file; -1 for none
   */
  record Axis(From from, List<String> values, String file, int unit) {}

  private record Row(List<String> values, String file) {}

  /** The rows so far; {@code open} while there may be more. */
  private record Rows(List<Row> rows, boolean open) {}

  /** This group with the names of units put in. */
  GroupSpec named(IntFunction<String> names) {
    return new GroupSpec(
        names.apply(index),
        index,
        version,
        cut,
        failing,
        axis,
        second,
        needs.stream().map(need -> put(need, names)).toList(),
        form);
  }

  static String put(String need, IntFunction<String> names) {
    int at = need.indexOf('@');
    return at < 0
        ? need
        : need.substring(0, at) + names.apply(need.charAt(at + 1) - '0') + need.substring(at + 2);
  }

  private List<String> parameters() {
    List<String> names =
        new ArrayList<>(axis.from == From.TABLE ? List.of("x", "y") : List.of("p"));
    if (!second.isEmpty()) {
      names.add("q");
    }
    return names;
  }

  /** The group as a line of YAML. */
  String yaml(IntFunction<String> names) {
    String of = axis.unit < 0 ? "" : names.apply(axis.unit);
    String first =
        switch (axis.from) {
          case LIST -> "p: " + axis.values;
          case LINES -> "p: { lines: " + axis.file + " }";
          case GLOB -> "p: { glob: 'in/*.txt' }";
          case PRODUCTS -> "p: { products: " + of + " }";
          case VALUES -> "p: { values: " + of + ".p }";
          case TABLE, MATCH -> "";
        };
    String keys =
        axis.from == From.TABLE
            ? ", table: { columns: [x, y], key: [x, y], file: " + axis.file + " }"
            : axis.from == From.MATCH ? ", match: 'in/{p}.txt'" : "";
    List<String> parameters = new ArrayList<>(first.isEmpty() ? List.of() : List.of(first));
    if (!second.isEmpty()) {
      parameters.add("q: " + second);
    }
    if (!parameters.isEmpty()) {
      keys += ", parameters: { " + String.join(", ", parameters) + " }";
    }
    StringBuilder command = new StringBuilder("work v" + version + (cut ? " cut" : ""));
    parameters().forEach(parameter -> command.append(" {").append(parameter).append('}'));
    command.append(failing.isEmpty() ? "" : " fail-" + failing);
    List<String> needed = needs.stream().map(n -> n.startsWith("{") ? n : "'" + n + "'").toList();
    return "%s: { command: '%s'%s, needs: %s, produces: [%s] }"
        .formatted(name, command, keys, needed, form.isEmpty() ? "" : "'" + product() + "'");
  }

  private String product() {
    StringBuilder path = new StringBuilder("out/" + index + "/");
    for (String parameter : parameters()) {
      path.append(path.toString().endsWith("/") ? "" : ".");
      path.append('{').append(parameter).append(":stem}");
    }
    return path + form;
  }

  /** The job that stands for the instances that are not known. */
  private Spec rest() {
    List<String> produces = form.isEmpty() ? List.of() : List.of("out/" + index + "/*");
    return new Spec(
        name,
        index,
        version,
        cut,
        false,
        false,
        false,
        false,
        false,
        List.of(),
        List.of(),
        produces,
        name,
        new TreeMap<>(),
        "");
  }

  @Override
  public List<Spec> expand(Oracle oracle) {
    Rows rows = rows(oracle);
    List<Spec> instances = new ArrayList<>();
    for (Row row : rows.rows) {
      for (String last : second.isEmpty() ? List.of("") : second) {
        List<String> values = new ArrayList<>(row.values);
        if (!second.isEmpty()) {
          values.add(last);
        }
        instances.add(instance(values, row.file));
      }
    }
    if (rows.open) {
      instances.add(rest());
    }
    return instances;
  }

  private Spec instance(List<String> values, String file) {
    SortedMap<String, String> by = new TreeMap<>();
    StringBuilder words = new StringBuilder();
    String product = product();
    for (int i = 0; i < values.size(); i++) {
      by.put(parameters().get(i), values.get(i));
      words.append(' ').append(values.get(i));
      product = product.replace("{" + parameters().get(i) + ":stem}", stem(values.get(i)));
    }
    List<String> needed = new ArrayList<>();
    needs.forEach(need -> needed.add(need.replace("{p}", encoded(values.getFirst()))));
    if (file != null && !needed.contains(file)) {
      needed.add(file);
    }
    List<String> parts = new ArrayList<>();
    by.forEach((parameter, value) -> parts.add(parameter + "=" + encoded(value)));
    return new Spec(
        name + "/" + String.join(",", parts),
        index,
        version,
        cut,
        values.getFirst().equals(failing),
        false,
        false,
        false,
        false,
        needed,
        List.of(),
        form.isEmpty() ? List.of() : List.of(product),
        name,
        by,
        words + (failing.isEmpty() ? "" : " fail-" + failing));
  }

  private static String encoded(String value) {
    return value.replace("/", "%2F");
  }

  private static String stem(String value) {
    String file = value.substring(value.lastIndexOf('/') + 1);
    return file.lastIndexOf('.') > 0 ? file.substring(0, file.lastIndexOf('.')) : file;
  }

  /** The instance with a name, whether the group has it now or not. */
  Spec instance(String name) {
    SortedMap<String, String> values = new TreeMap<>();
    for (String part : name.substring(name.indexOf('/') + 1).split(",")) {
      values.put(part.substring(0, 1), part.substring(2).replace("%2F", "/"));
    }
    String value = values.get("p");
    String file =
        switch (axis.from) {
          case MATCH -> "in/" + value + ".txt";
          case GLOB, PRODUCTS -> value;
          case LIST, LINES, TABLE, VALUES -> null;
        };
    return instance(parameters().stream().map(values::get).toList(), file);
  }

  private Rows rows(Oracle oracle) {
    return switch (axis.from) {
      case LIST -> plain(axis.values);
      case LINES ->
          axis.unit >= 0 && !oracle.isOver(oracle.unit(axis.unit))
              ? new Rows(List.of(), true)
              : plain(oracle.disk.get(axis.file).lines().toList());
      case TABLE ->
          new Rows(
              oracle
                  .disk
                  .get(axis.file)
                  .lines()
                  .skip(1)
                  .map(line -> new Row(List.of(line.split(",")).subList(0, 2), null))
                  .toList(),
              false);
      case GLOB -> {
        Rows seen = seen(oracle, path -> path);
        yield seen.open ? new Rows(List.of(), true) : seen; // a glob waits for all makers
      }
      case MATCH -> seen(oracle, path -> path.substring("in/".length(), path.length() - 4));
      case PRODUCTS -> products(oracle);
      case VALUES -> values(oracle);
    };
  }

  private static Rows plain(Iterable<String> values) {
    List<Row> rows = new ArrayList<>();
    values.forEach(value -> rows.add(new Row(List.of(value), null)));
    return new Rows(rows, false);
  }

  private Rows values(Oracle oracle) {
    Oracle.Unit group = oracle.unit(axis.unit);
    Set<String> values = new LinkedHashSet<>();
    oracle.jobs(group).forEach(job -> values.add(job.values().get("p")));
    return oracle.isKnown(group) ? plain(values) : new Rows(List.of(), true);
  }

  /** The products that each job declares or, where it declares a glob, has made. */
  private Rows products(Oracle oracle) {
    Set<String> paths = new TreeSet<>();
    boolean open = made(oracle, oracle.unit(axis.unit), "", paths);
    return new Rows(paths.stream().map(path -> new Row(List.of(path), path)).toList(), open);
  }

  /** Adds the known products of a unit below a folder; returns whether there may be more. */
  private static boolean made(Oracle oracle, Oracle.Unit unit, String folder, Set<String> into) {
    boolean open = false;
    for (Spec job : oracle.jobs(unit)) {
      boolean rest = Oracle.isRest(job);
      for (String product : job.produces()) {
        if (!product.startsWith(folder)) {
          continue;
        } else if (!product.contains("*")) {
          into.add(product);
        } else if (rest || !oracle.isOver(job)) {
          open = true;
        } else {
          into.addAll(oracle.made(job).keySet());
        }
      }
      open |= rest && folder.isEmpty();
    }
    return open;
  }

  private interface Value {
    String of(String path);
  }

  /** The products that earlier units declare or made in {@code in}, and the sources there. */
  private Rows seen(Oracle oracle, Value value) {
    Set<String> paths = new TreeSet<>();
    boolean open = false;
    for (Oracle.Unit unit : oracle.units(index)) {
      open |= made(oracle, unit, "in/", paths);
    }
    paths.removeIf(path -> !path.startsWith("in/"));
    for (String path : oracle.disk.keySet()) {
      if (path.startsWith("in/")
          && path.endsWith(".txt")
          && oracle.maker(path) == null
          && !oracle.isStale(path)) {
        paths.add(path);
      }
    }
    List<Row> rows =
        paths.stream()
            .sorted(Comparator.naturalOrder())
            .map(path -> new Row(List.of(value.of(path)), path))
            .toList();
    return new Rows(rows, open);
  }
}
