package dev.torc.features.reading;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Glob;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Paths;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.base.syntax.ValueFormat;
import dev.torc.core.model.InstanceName;
import dev.torc.core.model.Job.Item;
import dev.torc.core.model.Template;
import dev.torc.features.reading.KnownNames.Near;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The values of placeholders in one job, or outside all jobs. A scope inserts the values that are
 * known when the build file is loaded, and leaves slots for those known only when the job runs. An
 * inserted value is never searched for placeholders.
 *
 * @param vars the build file's vars
 * @param row the values of an instance
 * @param job the job's name, null outside of jobs
 * @param needs the items that {@code {needs…}} may name, null if unknown
 * @param produces the items that {@code {produces…}} may name, null if unknown
 * @param problems receives the warnings
 */
public record Scope(
    Vars vars,
    RowValues row,
    String job,
    List<Item> needs,
    List<Item> produces,
    Problems problems) {

  /** Stands for an unknown value without a slash; in a path it becomes a wildcard. */
  public static final String ANY = "\0";

  /** Stands for an unknown value that may contain slashes. */
  public static final String ANY_PATH = "\0/";

  /** Stands for a value that only a feature knows, when it runs its own command: it is a slot. */
  public static final String LATER = "\0later";

  /**
   * A parameter with this name means that every name that is not a var is a parameter with the
   * value {@link #ANY_PATH}.
   */
  public static final String ALL = "";

  /** The values of an instance of which nothing is known, not even its parameters. */
  public static final RowValues UNKNOWN = RowValues.of(Map.of(ALL, ANY_PATH));

  /**
   * The names that no parameter or column may have, with their meanings. For vars, see {@link
   * #clashes}.
   */
  private static final Map<String, String> RESERVED =
      Map.ofEntries(
          Map.entry(Home.HERE, "the folder of the build file"),
          Map.entry("needs", "the needed files"),
          Map.entry("produces", "the products"),
          Map.entry("job", "the name of the job"),
          Map.entry("cpus", "the cpus that were granted"),
          Map.entry("memory", "the memory that was granted, in MiB"),
          Map.entry("attempt", "the number of the attempt"),
          Map.entry("tmp", "an empty folder of the job's own"),
          Map.entry("data", "a value that a job stored, as {data.JOB.KEY}"));

  /**
   * Refuses the name of one of torc's own placeholders. {@code kind} says what has the name, for
   * the message.
   */
  public static void refuseReserved(String name, String kind, Place place) {
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

  /** Why {@code {NAME:each WORD}} cannot stand within other text. */
  static final String EACH = "each makes several words, so it stands alone, outside of quotes";

  public Scope(Vars vars, String job, Problems problems) {
    this(vars, RowValues.NONE, job, null, null, problems);
  }

  /** Returns whether this scope reads a group as one job, with wildcards for unknown values. */
  public boolean isOutline() {
    return ANY_PATH.equals(job);
  }

  public Scope with(RowValues row) {
    return new Scope(vars, row, job, needs, produces, problems);
  }

  public Map<String, String> parameters() {
    return row.parameters();
  }

  public Map<String, Value> columns() {
    return row.columns();
  }

  public Scope with(List<Item> needs, List<Item> produces) {
    return new Scope(vars, row, job, needs, produces, problems);
  }

  public Scope withProblems(Problems problems) {
    return new Scope(vars, row, job, needs, produces, problems);
  }

  /**
   * Returns the items of a list, or a single value as a list of one. An item that is only the
   * placeholder of a list is replaced by one placeholder for each of its items.
   */
  public List<Node> items(Node node) {
    return new ListItems(this, false).of(node);
  }

  /** Returns whether a text in braces is the name of a value, or a path that begins with one. */
  boolean isName(String name) {
    return !name.isEmpty() && (isHead(name) || VarLookup.is(name, this));
  }

  /** Returns the value of a text that is only a placeholder; null for any other text. */
  public Value whole(Node.Scalar node) {
    String name = only(node.text());
    return name == null || !isName(name)
        ? null
        : VarLookup.find(
                new Placeholder(node.text(), name, -1, null, null, null), this, node.place())
            .value();
  }

  /** Returns the text between the braces if a text begins and ends with braces; otherwise null. */
  static String only(String text) {
    boolean braces = text.startsWith("{") && text.endsWith("}") && text.length() > 2;
    return braces ? text.substring(1, text.length() - 1) : null;
  }

  /** Returns whether a path consists only of placeholders whose values are all empty. */
  public boolean isEmptied(Node.Scalar node) {
    return node.text().startsWith("{")
        && split(node, Near.ERROR).stream().allMatch(Placeholder.class::isInstance)
        && path(node).isEmpty();
  }

  /**
   * Splits a text at its placeholders. {@code near} says what to do about braces that are almost a
   * placeholder.
   */
  public List<Object> split(Node.Scalar node, Near near) {
    List<Object> parts = Placeholder.split(node.text(), new KnownNames(this, node.place(), near));
    for (Object part : vars.odd().clashes().isEmpty() ? List.of() : parts) {
      if (part instanceof Placeholder hole && vars.odd().clashes().contains(hole.name())) {
        throw clash(hole, node.place());
      }
    }
    List<BadInput.Diagnostic> unknown = new ArrayList<>(0);
    for (Object part : parts) {
      if (part instanceof Placeholder hole && isUnknown(hole)) {
        unknown.addAll(unknown(hole, hole.name(), node.place()).diagnostics());
      }
    }
    if (unknown.size() > 1) { // a single one is reported where its value is wanted
      throw new BadInput(unknown.stream().distinct().toList());
    }
    return parts;
  }

  private boolean isUnknown(Placeholder hole) {
    String name = hole.name();
    return !isName(name)
        && valueOf(name) == null // any name, in a group that is read as one job
        && !isAny(name)
        && !name.equals("job")
        && !isSlot(hole)
        && !isCaller(hole);
  }

  /** Returns the value of a parameter or var, by which a map is looked up; null without one. */
  String keyOf(String name) {
    String value = ofRow(name);
    return value == null ? vars.text(name) : value;
  }

  /** Returns whether a name is that of a var, of a map of vars, of a parameter or of a column. */
  public boolean isHead(String name) {
    return vars.has(name)
        || !name.isEmpty() && row.parameters().containsKey(name)
        || row.columns().containsKey(name)
        || vars.maps().containsKey(name);
  }

  /** Returns the value of a column, parameter or var; null without one. */
  public Value valueOf(String name) {
    Value column = row.columns().get(name);
    String parameter = column == null ? parameter(name) : null;
    return column != null
        ? column
        : parameter != null ? new Value.OfText(parameter) : vars.values().get(name);
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

  public Stream<String> names() {
    return Stream.concat(
        vars.all(),
        Stream.concat(row.parameters().keySet().stream(), row.columns().keySet().stream()));
  }

  /** Returns the names that contain a {@code }}. */
  Collection<String> withBraces() {
    Stream<String> ofRow =
        Stream.concat(row.parameters().keySet().stream(), row.columns().keySet().stream());
    return Stream.concat(vars.odd().withBraces().stream(), ofRow.filter(Vars::isBraced)).toList();
  }

  /** The kinds of text without slots; each inserts values in its own way. */
  private enum Form {
    TEXT,
    PATH,
    NAME
  }

  public String text(Node.Scalar node) {
    return text(node, Form.TEXT);
  }

  /**
   * Returns a path or pattern. Wildcards in the values of parameters ({@code $name} too) and in the
   * job's name are escaped; those in vars are not.
   */
  public String path(Node.Scalar node) {
    return text(node, Form.PATH);
  }

  /**
   * Returns a path that is not read as a pattern: backslash escapes are removed. Refuses an empty
   * path.
   */
  public String literalPath(Node.Scalar node) {
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
  public String name(Node.Scalar node) {
    return text(node, Form.NAME);
  }

  /** Returns the outside name of a job, group, instance or package. */
  public String jobName(Node.Scalar node) {
    return vars.home().job(name(node), node.place());
  }

  /** Returns the outside name of a stored or static value. */
  public String dataName(Node.Scalar node) {
    return vars.home().data(name(node));
  }

  private String text(Node.Scalar node, Form form) {
    String text = node.text();
    boolean dollars = form != Form.TEXT && !row.parameters().isEmpty() && text.indexOf('$') >= 0;
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
      } else if (hole.name().equals(Home.HERE) && isSlot(hole)) {
        out.append(vars.home().here(node.place()));
      } else if (isSlot(hole)) {
        throw new BadInput(
            node.place(),
            hole.written() + " is known only when the job runs; use it in commands and env");
      } else {
        String value = value(hole, node.place());
        if (form == Form.PATH && hole.written().equals("{job}") && Paths.isTooLong(value)) {
          throw new BadInput(
              node.place(),
              "{job} is longer than file systems take; write {job:id}, 12 characters for each"
                  + " name");
        }
        put(value, isOwn(hole), form, out);
      }
    }
    if (form == Form.PATH
        && out.indexOf("*") >= 0
        && row.parameters().values().stream().anyMatch(Scope::isAny)) {
      // The path of this folder has wildcards, so match all files in the folder.
      out.append(out.charAt(out.length() - 1) == '/' ? "**" : "");
    }
    return bounded(out, node.place());
  }

  /** Returns whether a value comes from the instance itself, so that it is text in a pattern. */
  private boolean isOwn(Placeholder hole) {
    String name = hole.name();
    return name.equals("job")
        || ofRow(name) != null
        || VarLookup.parse(name, row.columns()::containsKey) != null;
  }

  static boolean isAny(String value) {
    return ANY.equals(value) || ANY_PATH.equals(value);
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

  /** Returns the text of a column or parameter; null if it has none. */
  public String ofRow(String name) {
    Value column = row.columns().get(name);
    return column == null ? parameter(name) : column.text();
  }

  private String parameter(String name) {
    String value = row.parameters().get(name);
    return value == null && row.parameters().containsKey(ALL) && !vars.has(name) ? ANY_PATH : value;
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
    String form =
        hole.fallback() != null
            ? "%s: a default works only in vars; write vars: {%s: \"%1$s\"} and {%2$s}"
            : "%s works only in vars and in values of env; write vars: {%s: \"%1$s\"} and {%2$s},"
                + " or env: {%3$s: \"%1$s\"} and $%3$s in a command";
    return new BadInput(
        place,
        form.formatted(hole.written(), hole.member().toLowerCase(Locale.ROOT), hole.member()));
  }

  static String bounded(StringBuilder text, Place place) {
    if (text.length() > MAX_TEXT) {
      throw new BadInput(
          place, "longer than " + (MAX_TEXT >> 10) + " KiB with its placeholders put in");
    }
    return text.toString();
  }

  /** Returns the text of a placeholder; an empty default is an empty text. */
  String value(Placeholder hole, Place place) {
    if (isAny(hole.name())) {
      return hole.name();
    }
    boolean ofJob = hole.name().equals("job");
    VarLookup.Meaning found = ofJob ? null : VarLookup.find(hole, this, place);
    Value value = ofJob ? job == null ? null : new Value.OfText(job) : found.value();
    if (value == null) {
      return standIn(hole, ofJob ? "job" : found.name(), place);
    } else if (hole.formats().each() != null) {
      throw new BadInput(place, hole.written() + ": " + EACH);
    } else if (value instanceof Value.Items list) {
      if (hole.formats().join() != null) {
        return String.join("", words(list.items(), hole, place));
      } else if (hole.fallback() != null && list.items().isEmpty()) {
        return "";
      }
      throw new BadInput(
          place,
          "%s: %s is a list, and one text is wanted here; write %s:join ,}, or outside of quotes, as a word of its own, %1$s or %3$s:each -I}"
              .formatted(hole.written(), found.name(), hole.written().replaceFirst(".$", "")));
    } else if (value.text() == null) {
      throw isMap(hole, found.name(), (Value.Fields) value, place);
    } else if (hole.index() >= 0 || hole.member() != null) {
      throw new BadInput(place, hole.written() + ": " + hole.name() + " is one text");
    } else if (isAny(value.text())) {
      return hole.format() == null || hole.format().equals("dir") ? value.text() : ANY;
    } else if (hole.format() == null) {
      return value.text();
    } else if (ofJob && hole.format().equals("id")) {
      return InstanceName.id(job);
    }
    return String.join(" ", words(List.of(value), hole, place));
  }

  private static BadInput isMap(Placeholder hole, String name, Value.Fields map, Place place) {
    String one = map.values().isEmpty() ? "NAME" : map.values().firstEntry().getKey();
    return new BadInput(
        place,
        "%s: %s is a map; name one of its values, such as {%s.%s}"
            .formatted(hole.written(), name, hole.name(), one));
  }

  /** Returns the words of a placeholder whose value or format is a list; null for any other. */
  List<String> words(Placeholder hole, Place place) {
    boolean whole = hole.index() < 0 && hole.member() == null && !hole.name().equals("job");
    if (!whole || isSlot(hole) || isCaller(hole)) {
      return null;
    }
    Value value = VarLookup.find(hole, this, place).value();
    boolean one = value != null && value.text() != null && !isAny(value.text());
    return value instanceof Value.Items list
        ? words(list.items(), hole, place)
        : one && hole.formats().each() != null ? words(List.of(value), hole, place) : null;
  }

  private List<String> words(List<Value> items, Placeholder hole, Place place) {
    List<String> texts = new ArrayList<>(items.size());
    for (Value item : items) {
      if (item.text() == null) {
        boolean named = item instanceof Value.Fields map && !map.values().isEmpty();
        String key = named ? "." + ((Value.Fields) item).values().firstEntry().getKey() : "";
        String line = "%s: %s stands in the list; name an item, such as {%s[0]%s}";
        throw new BadInput(place, line.formatted(hole.written(), item.shape(), hole.name(), key));
      }
      texts.add(item.text());
    }
    try {
      ValueFormat format = hole.formats();
      if (format.offset() != 0) {
        texts.replaceAll(text -> row.others().away(hole.name(), text, format.offset()));
      }
      return format.words(texts);
    } catch (IllegalArgumentException e) {
      throw new BadInput(place, hole.written() + ": " + e.getMessage());
    }
  }

  /** Returns what stands for a var without a value; any other name is an error. */
  private String standIn(Placeholder hole, String name, Place place) {
    String unset = vars.unset().get(name);
    if (unset != null && job == null) {
      throw new BadInput(place, hole.written() + ": " + Vars.isUnset(unset));
    } else if (unset == null && vars.unfit().containsKey(name)) {
      throw new BadInput(place, hole.written() + ": " + vars.unfit().get(name));
    } else if (unset == null) {
      throw unknown(hole, name, place);
    }
    return Vars.standIn(unset);
  }

  /**
   * Returns whether a placeholder is filled only when the job runs, and nothing else has its name.
   * With a dot, {@code data} is always a stored value.
   */
  boolean isSlot(Placeholder hole) {
    String name = hole.name();
    return isGiven(name)
        || LATER.equals(row.parameters().get(name))
        || Template.SLOTS.contains(name)
            && (name.equals("data") && hole.member() != null
                || !vars.has(name) && ofRow(name) == null);
  }

  /** Returns whether a name is that of a need which the including file gives to the package. */
  boolean isGiven(String name) {
    String given = Item.GIVEN + name;
    return needs != null
        && !vars.home().prefix().isEmpty()
        && needs.stream().anyMatch(item -> given.equals(item.name()));
  }

  private BadInput unknown(Placeholder hole, String name, Place place) {
    return new KnownNames(this, place, Near.NOTHING).unknown(hole, name);
  }
}
