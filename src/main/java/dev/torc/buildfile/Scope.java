package dev.torc.buildfile;

import dev.torc.buildfile.KnownNames.Near;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.Glob;
import dev.torc.syntax.NearestName;
import dev.torc.syntax.Node;
import dev.torc.syntax.Place;
import dev.torc.syntax.PlaceholderFormat;
import dev.torc.syntax.Problems;
import dev.torc.workflow.InstanceName;
import dev.torc.workflow.Job.Item;
import dev.torc.workflow.Paths;
import dev.torc.workflow.Template;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The values of placeholders in one job, or outside of all jobs: it inserts what is known at load
 * and leaves slots for what only a run knows. An inserted value is never searched for placeholders.
 *
 * @param vars the build file's vars
 * @param parameters the values of an instance's parameters, by name; {@link #ANY} or {@link
 *     #ANY_PATH} for a value that is not known yet
 * @param columns the other values of the instance's row, by name; only placeholders use them
 * @param job the job's name, null outside of jobs
 * @param needs the items that {@code {needs…}} may name, null if unknown
 * @param produces the items that {@code {produces…}} may name, null if unknown
 * @param problems receives the warnings
 */
public record Scope(
    Vars vars,
    Map<String, String> parameters,
    Map<String, String> columns,
    String job,
    List<Item> needs,
    List<Item> produces,
    Problems problems) {

  /** Stands for an unknown value without a slash; in a path, for a wildcard. */
  static final String ANY = "\0";

  /** Stands for any unknown value. */
  static final String ANY_PATH = "\0/";

  /**
   * As a parameter's name: each name that is not a var is a parameter of value {@link #ANY_PATH}.
   */
  static final String ALL = "";

  /** Names that no parameter or column may have, with their meanings; see {@link #clashes}. */
  private static final Map<String, String> RESERVED =
      Map.of(
          "needs", "the needed files",
          "produces", "the products",
          "job", "the name of the job",
          "cpus", "the cpus that were granted",
          "memory", "the memory that was granted, in MiB",
          "attempt", "the number of the attempt",
          "tmp", "a folder of the attempt's own",
          "data", "a value that a job stored, as {data.JOB.KEY}");

  /**
   * Refuses a name that is a placeholder with a meaning of its own. {@code kind} is the thing with
   * that name.
   */
  static void refuseReserved(String name, String kind, Place place) {
    String meaning = RESERVED.get(name);
    if (meaning != null) {
      throw new BadInput(place, "{%s} is %s; rename the %s".formatted(name, meaning, kind));
    }
  }

  /** How long a text may be with its values inserted; no argument of a process can be longer. */
  static final int MAX_TEXT = 128 << 10;

  Scope(Vars vars, String job, Problems problems) {
    this(vars, Map.of(), Map.of(), job, null, null, problems);
  }

  /** Creates a scope outside of instances in which no var is a list. */
  public Scope(Map<String, String> vars, String job, List<Item> needs, List<Item> produces) {
    this(Vars.of(vars), Map.of(), Map.of(), job, needs, produces, new Problems());
  }

  /** Returns whether values are wildcards, because it is the scope of a group as one job. */
  boolean isOutline() {
    return ANY_PATH.equals(job);
  }

  Scope with(List<Item> needs, List<Item> produces) {
    return new Scope(vars, parameters, columns, job, needs, produces, problems);
  }

  Scope withProblems(Problems problems) {
    return new Scope(vars, parameters, columns, job, needs, produces, problems);
  }

  /**
   * Returns one value or the values of a list, as nodes; an item that is only the placeholder of a
   * list var stands for the items of that list.
   */
  List<Node> items(Node node) {
    List<Node> written = MapFields.oneOrMore(node);
    if (vars.lists().isEmpty()) {
      return written;
    }
    List<Node> items = new ArrayList<>();
    for (Node each : written) {
      String name = each instanceof Node.Scalar scalar ? only(scalar.text()) : null;
      List<String> list = name == null ? null : vars.lists().get(name);
      if (list == null) {
        items.add(each);
      } else {
        for (int i = 0; i < list.size(); i++) {
          items.add(new Node.Scalar(each.place(), "{" + name + "[" + i + "]}", true));
        }
      }
    }
    return items;
  }

  /** Returns the inside of a text that is all in braces; null for any other text. */
  private static String only(String text) {
    boolean braces = text.startsWith("{") && text.endsWith("}") && text.length() > 2;
    return braces ? text.substring(1, text.length() - 1) : null;
  }

  /** Returns whether a path is nothing but placeholders, and all of them are empty. */
  boolean isEmptied(Node.Scalar node) {
    return node.text().startsWith("{")
        && split(node, Near.ERROR).stream().allMatch(Placeholder.class::isInstance)
        && path(node).isEmpty();
  }

  /** Splits a text at its placeholders, and reports braces that almost are one. */
  List<Object> split(Node.Scalar node, Near near) {
    KnownNames names = new KnownNames(this, node.place(), near);
    List<Object> parts = Placeholder.split(node.text(), names);
    for (Object part : vars.clashes().isEmpty() ? List.of() : parts) {
      if (part instanceof Placeholder hole && vars.clashes().contains(hole.name())) {
        throw clash(hole, node.place());
      }
    }
    return parts;
  }

  private static BadInput clash(Placeholder hole, Place place) {
    String other = hole.name().replaceAll("[^A-Za-z0-9_]", "_");
    return new BadInput(
        place,
        "%s is %s, and a var has that name too; give its value another name, such as vars: {%s: \"%1$s\"}"
            .formatted(
                hole.written(),
                RESERVED.getOrDefault(
                    hole.name().replaceFirst("[^a-z].*", ""), "the caller's value"),
                other.equals(hole.name()) ? other + "_var" : other));
  }

  /**
   * Returns whether the name of a var means something else in braces; that is reported where it is
   * used.
   */
  static boolean clashes(String name) {
    Placeholder hole = Placeholder.at("{" + name + "}", 0, _ -> false, false);
    return hole != null
        && hole.written().length() == name.length() + 2
        && (name.equals(hole.name()) && RESERVED.containsKey(name)
            || List.of("needs", "produces", "data").contains(hole.name())
            || hole.name().equals("job") && hole.format() != null
            || isCaller(hole));
  }

  Stream<String> names() {
    return Stream.concat(
        vars.all(), Stream.concat(parameters.keySet().stream(), columns.keySet().stream()));
  }

  /** Returns the names that contain a {@code }}. */
  Collection<String> withBraces() {
    Stream<String> ofRow = Stream.concat(parameters.keySet().stream(), columns.keySet().stream());
    return Stream.concat(vars.withBraces().stream(), ofRow.filter(Vars::isBraced)).toList();
  }

  /** How values are inserted into a text that must be known at load. */
  private enum Form {
    TEXT,
    PATH,
    NAME
  }

  String text(Node.Scalar node) {
    return text(node, Form.TEXT);
  }

  /**
   * Returns a path or pattern. The values of parameters ({@code $name} too) and the job's name are
   * literal in it, while vars may have patterns.
   */
  String path(Node.Scalar node) {
    return text(node, Form.PATH);
  }

  /** Returns a path, never empty and never a pattern: its backslashes are removed. */
  String literalPath(Node.Scalar node) {
    String text = path(node);
    if (text.isEmpty()) {
      throw new BadInput(node.place(), "an empty path");
    }
    Paths.refuseForeign(text, node.place());
    return Glob.unescape(text);
  }

  /**
   * Returns the name of a job, group or instance. Parameters may also be written {@code $name};
   * values behind a {@code =} are encoded as in the names of instances.
   */
  String name(Node.Scalar node) {
    return text(node, Form.NAME);
  }

  private String text(Node.Scalar node, Form form) {
    String text = node.text();
    boolean dollars = form != Form.TEXT && !parameters.isEmpty() && text.indexOf('$') >= 0;
    if (text.indexOf('{') < 0 && !dollars) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    for (Object part : split(node, form == Form.TEXT ? Near.NOTHING : Near.ERROR)) {
      if (!(part instanceof Placeholder hole)) {
        if (dollars) {
          dollars(part.toString(), form, out);
        } else {
          out.append(part);
        }
      } else if (isCaller(hole)) {
        throw caller(hole, node.place());
      } else if (isSlot(hole)) {
        throw new BadInput(
            node.place(),
            hole.written() + " is known only when the job runs; use it in commands and env");
      } else {
        boolean own = hole.name().equals("job") || ofRow(hole.name()) != null;
        put(value(hole, node.place()), own, form, out);
      }
    }
    if (form == Form.PATH
        && out.indexOf("*") >= 0
        && parameters.values().stream().anyMatch(Scope::isAny)) {
      // Only a pattern of a folder is known: it stands for what lies in the folder.
      out.append(out.charAt(out.length() - 1) == '/' ? "**" : "");
    }
    return bounded(out, node.place());
  }

  static boolean isAny(String value) {
    return value.equals(ANY) || value.equals(ANY_PATH);
  }

  private static final Pattern DOLLAR =
      Pattern.compile("\\\\.|\\$(?:([A-Za-z_][A-Za-z0-9_]*)|\\{([A-Za-z_][A-Za-z0-9_]*)\\})");

  /** Inserts the {@code $name} and <code>${name}</code> of parameters. */
  private void dollars(String text, Form form, StringBuilder out) {
    Matcher found = DOLLAR.matcher(text);
    int from = 0;
    while (found.find()) {
      String name = found.group(1) != null ? found.group(1) : found.group(2);
      String value = name == null ? null : parameter(name);
      if (value != null) {
        out.append(text, from, found.start());
        put(value, true, form, out);
        from = found.end();
      }
    }
    out.append(text, from, text.length());
  }

  private static void put(String value, boolean own, Form form, StringBuilder out) {
    boolean any = isAny(value);
    int open = form == Form.PATH && own ? out.lastIndexOf("[") : -1;
    if (open >= 0 && out.indexOf("]", open) < 0 && (open == 0 || out.charAt(open - 1) != '\\')) {
      out.insert(open, '\\'); // brackets around a parameter are text: x[{n}]
    }
    if (form == Form.PATH && value.equals(ANY_PATH)) {
      anyPath(out);
    } else if (form != Form.TEXT && any) {
      out.append('*');
    } else if (form == Form.NAME && out.indexOf("=") >= 0) {
      out.append(InstanceName.encode(value));
    } else {
      out.append(form == Form.PATH && own ? Glob.escape(value) : value);
    }
  }

  /**
   * Inserts a value that may have slashes; the text before it begins the name of a file or folder.
   */
  private static void anyPath(StringBuilder out) {
    int brace = out.indexOf("{");
    int start = out.lastIndexOf("/", brace < 0 ? out.length() : brace) + 1;
    String head = out.substring(start);
    out.setLength(start);
    boolean known = brace < 0 && !head.isEmpty() && !head.equals("*");
    out.append(known ? "{" + head + "*," + head + "*/**/*}" : "**/*");
  }

  private String ofRow(String name) {
    String value = columns.get(name);
    return value == null ? parameter(name) : value;
  }

  private String parameter(String name) {
    String value = parameters.get(name);
    return value == null && parameters.containsKey(ALL) && !vars.has(name) ? ANY_PATH : value;
  }

  /** Returns a text for a shell; values are quoted for the place where they stand. */
  public Template command(Node.Scalar node, List<String> shell) {
    return new TemplateReader(this, node).command(shell);
  }

  /**
   * Returns whether a placeholder is {@code {env.NAME}}; {@code {env}} may be a var like any other.
   */
  static boolean isCaller(Placeholder hole) {
    return hole.name().equals("env") && hole.member() != null;
  }

  static BadInput caller(Placeholder hole, Place place) {
    return new BadInput(
        place,
        "%s works only in values of env; write env: {%s: \"%1$s\"}, and $%2$s in a command"
            .formatted(hole.written(), hole.member()));
  }

  static String bounded(StringBuilder text, Place place) {
    if (text.length() > MAX_TEXT) {
      throw new BadInput(
          place, "longer than " + (MAX_TEXT >> 10) + " KiB with its placeholders put in");
    }
    return text.toString();
  }

  String value(Placeholder hole, Place place) {
    List<String> list = vars.lists().get(hole.name());
    if (list != null) {
      return item(list, hole, place);
    }
    String value = hole.name().equals("job") ? job : ofRow(hole.name());
    value = value == null ? vars.texts().get(hole.name()) : value;
    if (value == null && vars.unfit().containsKey(hole.name())) {
      throw new BadInput(place, hole.written() + ": " + vars.unfit().get(hole.name()));
    } else if (value == null) {
      throw unknown(hole, place);
    }
    if (hole.index() >= 0 || hole.member() != null) {
      throw new BadInput(place, hole.written() + ": " + hole.name() + " is one text");
    }
    if (isAny(value)) {
      return hole.format() == null || hole.format().equals("dir") ? value : ANY;
    }
    try {
      return hole.format() == null ? value : PlaceholderFormat.apply(hole.format(), value);
    } catch (IllegalArgumentException e) {
      throw new BadInput(place, hole.written() + ": " + e.getMessage());
    }
  }

  private static String item(List<String> list, Placeholder hole, Place place) {
    if (hole.index() < 0) {
      throw new BadInput(
          place,
          "%s: %s is a list; it stands as a word of its own in a command or as an item of a list, never within other text"
              .formatted(hole.written(), hole.name()));
    }
    if (hole.index() >= list.size()) {
      throw new BadInput(
          place, hole.written() + ": there are only " + list.size() + ", counted from 0");
    }
    return list.get(hole.index());
  }

  /** Returns whether a placeholder is one of torc's own, and no var has the same name. */
  boolean isSlot(Placeholder hole) {
    return Template.SLOTS.contains(hole.name()) && !vars.has(hole.name());
  }

  private BadInput unknown(Placeholder hole, Place place) {
    TreeSet<String> known = names().collect(Collectors.toCollection(TreeSet::new));
    if (job != null) {
      known.add("job");
      known.addAll(Template.SLOTS);
    }
    String written = hole.written();
    String inside =
        hole.member() == null ? hole.name() : written.substring(1, written.length() - 1);
    String meant = KnownNames.findSpelled(inside, known.stream());
    if (meant == null && hole.member() != null) {
      // {wildcards.sample} of Snakemake, or a mistyped name of a nested map
      meant = known.contains(hole.member()) ? hole.member() : NearestName.to(inside, known);
    }
    meant = meant == null ? ForeignWords.meant(hole.name(), known) : meant;
    meant = meant == null ? Vars.inside(hole.name(), known.stream()) : meant;
    String hint =
        meant == null
            ? "; define it in %s, or write {%s} to mean the text"
                .formatted(job == null ? "vars" : "vars, parameters or a match", written)
            : "; did you mean {" + meant + "}?";
    return new BadInput(place, "unknown placeholder " + written + hint);
  }
}
