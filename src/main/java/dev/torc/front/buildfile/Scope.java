package dev.torc.front.buildfile;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Paths;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.PlaceholderFormat;
import dev.torc.base.syntax.Problems;
import dev.torc.base.text.SafeText;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.Job.Item;
import dev.torc.core.model.Template;
import dev.torc.front.buildfile.KnownNames.Near;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The values of placeholders in one job, or outside all jobs. A scope inserts the values that are
 * known when the build file is loaded, and leaves slots for those known only when the job runs. An
 * inserted value is never searched for placeholders.
 *
 * @param vars the build file's vars
 * @param parameters the values in an instance's name, by parameter; {@link #ANY} or {@link
 *     #ANY_PATH} for a value that is not known yet
 * @param columns the values of the instance's other parameters, by name
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

  /** Stands for an unknown value without a slash; in a path it becomes a wildcard. */
  static final String ANY = "\0";

  /** Stands for an unknown value that may contain slashes. */
  static final String ANY_PATH = "\0/";

  /**
   * A parameter with this name means that every name that is not a var is a parameter with the
   * value {@link #ANY_PATH}.
   */
  static final String ALL = "";

  /**
   * The names that no parameter or column may have, with their meanings. For vars, see {@link
   * #clashes}.
   */
  private static final Map<String, String> RESERVED =
      Map.of(
          "needs", "the needed files",
          "produces", "the products",
          "job", "the name of the job",
          "cpus", "the cpus that were granted",
          "memory", "the memory that was granted, in MiB",
          "attempt", "the number of the attempt",
          "tmp", "an empty folder of the job's own",
          "data", "a value that a job stored, as {data.JOB.KEY}");

  /**
   * Refuses the name of one of torc's own placeholders. {@code kind} says what has the name, for
   * the message.
   */
  static void refuseReserved(String name, String kind, Place place) {
    String meaning = RESERVED.get(name);
    if (meaning != null && !name.equals("data")) { // {data.KEY} is never {data}
      throw new BadInput(place, "{%s} is %s; rename the %s".formatted(name, meaning, kind));
    }
  }

  /**
   * The largest length of a text with its values inserted, in characters. Linux limits an argument
   * of a process to the same number of bytes.
   */
  static final int MAX_TEXT = 128 << 10;

  Scope(Vars vars, String job, Problems problems) {
    this(vars, Map.of(), Map.of(), job, null, null, problems);
  }

  /** Creates a scope without parameters, in which every var is a text. */
  public Scope(Map<String, String> vars, String job, List<Item> needs, List<Item> produces) {
    this(Vars.of(vars), Map.of(), Map.of(), job, needs, produces, new Problems());
  }

  /** Returns whether this scope reads a group as one job, with wildcards for unknown values. */
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
   * Returns the items of a list, or a single value as a list of one. An item that is only the
   * placeholder of a list var is replaced by one placeholder for each item of that var.
   */
  List<Node> items(Node node) {
    List<Node> written = MapFields.oneOrMore(node);
    if (vars.lists().isEmpty()) {
      return written;
    }
    List<Node> items = new ArrayList<>();
    for (Node each : written) {
      String name = each instanceof Node.Scalar scalar ? only(scalar.text()) : null;
      String looked = name == null ? null : VarLookup.find(name, this);
      List<String> list = looked == null ? null : vars.lists().get(looked);
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

  /** Returns the text between the braces if a text begins and ends with braces; otherwise null. */
  private static String only(String text) {
    boolean braces = text.startsWith("{") && text.endsWith("}") && text.length() > 2;
    return braces ? text.substring(1, text.length() - 1) : null;
  }

  /** Returns whether a path consists only of placeholders whose values are all empty. */
  boolean isEmptied(Node.Scalar node) {
    return node.text().startsWith("{")
        && split(node, Near.ERROR).stream().allMatch(Placeholder.class::isInstance)
        && path(node).isEmpty();
  }

  /**
   * Splits a text at its placeholders. {@code near} says what to do about braces that are almost a
   * placeholder.
   */
  List<Object> split(Node.Scalar node, Near near) {
    List<Object> parts = Placeholder.split(node.text(), new KnownNames(this, node.place(), near));
    for (Object part : vars.odd().clashes().isEmpty() ? List.of() : parts) {
      if (part instanceof Placeholder hole && vars.odd().clashes().contains(hole.name())) {
        throw clash(hole, node.place());
      }
    }
    return vars.maps().isEmpty() ? parts : looked(parts, node.place());
  }

  /**
   * Returns the parts, in which each placeholder that looks a var up is replaced by one of that
   * var.
   */
  private List<Object> looked(List<Object> parts, Place place) {
    List<Object> looked = new ArrayList<>(parts.size());
    for (Object part : parts) {
      looked.add(part instanceof Placeholder hole ? VarLookup.resolved(hole, this, place) : part);
    }
    return looked;
  }

  /** Returns the value of a parameter or var, by which a map is looked up; null without one. */
  String keyOf(String name) {
    String value = ofRow(name);
    return value == null ? vars.texts().get(name) : value;
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
   * Returns whether the name of a var has another meaning in braces. Only a use of such a var is an
   * error.
   */
  static boolean clashes(String name) {
    Placeholder hole = Placeholder.at("{" + name + "}", 0, _ -> false, false);
    return hole != null
        && hole.written().length() == name.length() + 2
        && !name.equals("data")
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
    return Stream.concat(vars.odd().withBraces().stream(), ofRow.filter(Vars::isBraced)).toList();
  }

  /** The kinds of text without slots; each inserts values in its own way. */
  private enum Form {
    TEXT,
    PATH,
    NAME
  }

  String text(Node.Scalar node) {
    return text(node, Form.TEXT);
  }

  /**
   * Returns a path or pattern. Wildcards in the values of parameters ({@code $name} too) and in the
   * job's name are escaped; those in vars are not.
   */
  String path(Node.Scalar node) {
    return text(node, Form.PATH);
  }

  /**
   * Returns a path that is not read as a pattern: backslash escapes are removed. Refuses an empty
   * path.
   */
  String literalPath(Node.Scalar node) {
    String text = path(node);
    if (text.isEmpty()) {
      throw new BadInput(node.place(), "an empty path");
    }
    Paths.refuseForeign(text, node.place());
    return Glob.unescape(text);
  }

  /**
   * Returns the name of a job, group or instance. Parameters may also be written {@code $name}; a
   * value after a {@code =} is encoded as in the names of instances.
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
      // The path of this folder has wildcards, so match all files in the folder.
      out.append(out.charAt(out.length() - 1) == '/' ? "**" : "");
    }
    return bounded(out, node.place());
  }

  static boolean isAny(String value) {
    return value.equals(ANY) || value.equals(ANY_PATH);
  }

  private static final Pattern DOLLAR =
      Pattern.compile("\\\\.|\\$(?:([A-Za-z_][A-Za-z0-9_]*)|\\{([A-Za-z_][A-Za-z0-9_]*)\\})");

  /** Replaces {@code $name} and <code>${name}</code> of parameters by their values. */
  private void dollars(String text, Form form, StringBuilder out) {
    Matcher found = DOLLAR.matcher(text);
    int from = 0;
    while (found.find()) {
      String name = found.group(1) != null ? found.group(1) : found.group(2);
      String value = name == null ? null : ofRow(name);
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
   * Appends wildcards for an unknown value that may contain slashes. The text before it is the
   * beginning of a file or folder name.
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

  /** Returns a command for a shell. Each value is quoted for the place where it is inserted. */
  public Template command(Node.Scalar node, List<String> shell) {
    return new TemplateReader(this, node).command(shell);
  }

  /** Returns whether a placeholder is {@code {env.NAME}}; {@code {env}} alone may be a var. */
  static boolean isCaller(Placeholder hole) {
    return hole.name().equals("env")
        && hole.member() != null
        && Placeholder.isIdentifier(hole.member())
        && hole.index() < 0
        && hole.format() == null;
  }

  static BadInput caller(Placeholder hole, Place place) {
    return new BadInput(
        place,
        "%s works only in vars and in values of env; write vars: {%s: \"%1$s\"} and {%2$s}, or env: {%3$s: \"%1$s\"} and $%3$s in a command"
            .formatted(hole.written(), hole.member().toLowerCase(Locale.ROOT), hole.member()));
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
    boolean any = isAny(hole.name());
    String value = any ? hole.name() : hole.name().equals("job") ? job : keyOf(hole.name());
    if (value == null && vars.unset().containsKey(hole.name())) {
      if (job == null) {
        throw new BadInput(
            place, hole.written() + ": " + Vars.isUnset(vars.unset().get(hole.name())));
      }
      return Vars.standIn(vars.unset().get(hole.name()));
    }
    if (value == null && vars.unfit().containsKey(hole.name())) {
      throw new BadInput(place, hole.written() + ": " + vars.unfit().get(hole.name()));
    } else if (value == null) {
      throw unknown(hole, place);
    }
    if (!any && (hole.index() >= 0 || hole.member() != null)) {
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

  /**
   * Returns whether a placeholder is filled only when the job runs, and nothing else has its name.
   * With a dot, {@code data} is always a stored value.
   */
  boolean isSlot(Placeholder hole) {
    String name = hole.name();
    return Template.SLOTS.contains(name)
        && (name.equals("data") && hole.member() != null || !vars.has(name) && ofRow(name) == null);
  }

  /** What other tools call the root. */
  private static final Pattern OF_ROOT =
      Pattern.compile(
          "(?i)(torc_?|project_?|workspace_?|repo_?|git_?)?(root|dir)|(workflow\\.)?basedir|workspaceFolder"
              + "|launchDir|curdir|pwd");

  private BadInput unknown(Placeholder hole, Place place) {
    TreeSet<String> known = names().collect(Collectors.toCollection(TreeSet::new));
    if (job != null) {
      known.add("job");
      known.addAll(Template.SLOTS);
    }
    String written = hole.written();
    String inside = hole.member() == null ? hole.name() : hole.name() + "." + hole.member();
    String meant = KnownNames.findSpelled(inside, known.stream());
    if (meant == null && hole.member() != null) {
      // {wildcards.sample} of Snakemake, or a mistyped name of a nested map
      meant = known.contains(hole.member()) ? hole.member() : NearestName.to(inside, known);
    }
    meant = meant == null ? ForeignWords.meant(hole.name(), known) : meant;
    meant = meant == null ? Vars.inside(hole.name(), known.stream()) : meant;
    if (meant != null
        && meant.matches(Pattern.quote(hole.name()) + "\\.(sh|cmd|command|run|shell)")) {
      throw new BadInput(
          place,
          "unknown placeholder %s: vars run no commands; let a job store the value (echo %s=$(…) >> $TORC_OUTPUT), and write {data.JOB.%2$s}"
              .formatted(written, hole.name()));
    }
    List<String> own =
        Stream.concat(parameters.keySet().stream(), columns.keySet().stream()).sorted().toList();
    String has =
        own.isEmpty() || own.contains(ALL)
            ? ""
            : " (the group has " + SafeText.names(own, 20) + ")";
    String hint =
        meant == null
            ? OF_ROOT.matcher(inside).matches()
                ? "; paths begin at the root, so leave it out, or write $TORC_ROOT in a command"
                : "; define it in %s%s, or write {%s} to mean the text"
                    .formatted(job == null ? "vars" : "vars, parameters or a match", has, written)
            : "; did you mean {" + meant + "}?";
    return new BadInput(place, "unknown placeholder " + written + hint);
  }
}
