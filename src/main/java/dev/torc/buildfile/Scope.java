package dev.torc.buildfile;

import dev.torc.syntax.BadInput;
import dev.torc.syntax.Glob;
import dev.torc.syntax.KnownShell;
import dev.torc.syntax.NearestName;
import dev.torc.syntax.Node;
import dev.torc.syntax.Place;
import dev.torc.syntax.Quote;
import dev.torc.syntax.Quoting;
import dev.torc.syntax.ShellText;
import dev.torc.workflow.InstanceName;
import dev.torc.workflow.Item;
import dev.torc.workflow.Ref;
import dev.torc.workflow.Template;
import dev.torc.workflow.Template.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The values that placeholders stand for in one job, or outside of all jobs: it puts in what is
 * known at load and leaves slots for what only a run knows. A value put in is never read again for
 * placeholders.
 *
 * @param vars of the build file
 * @param parameters of an instance, values by name; {@link #ANY} or {@link #ANY_PATH} where a value
 *     is not known yet
 * @param columns of the row of an instance, values by name, that are no parameters: placeholders
 *     put them in as they do parameters, and nothing else has them
 * @param job the job's name, null outside of jobs
 * @param needs the items that {@code {needs…}} may name, null where they are not known
 * @param produces likewise
 */
public record Scope(
    Vars vars,
    Map<String, String> parameters,
    Map<String, String> columns,
    String job,
    List<Item> needs,
    List<Item> produces) {

  /** Stands for a value that is not known yet and has no slash; in a path, for a wildcard. */
  static final String ANY = "\0";

  /** Stands for any value that is not known yet. */
  static final String ANY_PATH = "\0/";

  /** As a parameter's name: whatever is no var is a parameter of {@link #ANY_PATH}. */
  static final String ALL = "";

  /** Names that no var, parameter or column may have, with what they stand for. */
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
   * Refuses a name that a placeholder has by itself.
   *
   * @param kind what was to have the name
   */
  static void refuseReserved(String name, String kind, Place place) {
    String meaning = RESERVED.get(name);
    if (meaning != null) {
      throw new BadInput(place, "{%s} is %s; rename the %s".formatted(name, meaning, kind));
    }
  }

  /** The longest text that a value put in may make; no argument of a process can be longer. */
  static final int MAX_TEXT = 128 << 10;

  /** The scope of a text outside of instances. */
  Scope(Vars vars, String job, List<Item> needs, List<Item> produces) {
    this(vars, Map.of(), Map.of(), job, needs, produces);
  }

  /** The same where no var is a list. */
  public Scope(Map<String, String> vars, String job, List<Item> needs, List<Item> produces) {
    this(new Vars(vars, Map.of()), Map.of(), Map.of(), job, needs, produces);
  }

  /** The scope of the same job where its items are known. */
  Scope with(List<Item> needs, List<Item> produces) {
    return new Scope(vars, parameters, columns, job, needs, produces);
  }

  /**
   * One value or the values of a list, as nodes; an item that is just a var which is a list stands
   * for the items of that.
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

  /** The name of the placeholder that is a whole text, null where there is more or less to it. */
  private static String only(String text) {
    boolean braces = text.startsWith("{") && text.endsWith("}") && text.length() > 2;
    String name = braces ? text.substring(1, text.length() - 1) : "";
    return Placeholder.isIdentifier(name) ? name : null;
  }

  /** Whether a path is nothing but placeholders, and all of them are empty. */
  boolean isEmptied(Node.Scalar node) {
    return node.text().startsWith("{")
        && Placeholder.split(node.text()).stream().allMatch(Placeholder.class::isInstance)
        && path(node).isEmpty();
  }

  /** How values are put into a text that must be known at load. */
  private enum Form {
    TEXT,
    PATH,
    NAME
  }

  /** A text that must be known at load. */
  String text(Node.Scalar node) {
    return text(node, Form.TEXT);
  }

  /**
   * A path or pattern; parameters ({@code $name} too) and the job's name stand for themselves in
   * it, vars may hold patterns.
   */
  String path(Node.Scalar node) {
    return text(node, Form.PATH);
  }

  /**
   * The name of a job, group or instance; parameters may also be written {@code $name}, and behind
   * a {@code =} values are encoded as in the names of instances.
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
    for (Object part : Placeholder.split(text)) {
      if (!(part instanceof Placeholder hole)) {
        if (dollars) {
          dollars(part.toString(), form, out);
        } else {
          out.append(part);
        }
      } else if (isCaller(hole)) {
        throw caller(hole, node.place());
      } else if (Template.SLOTS.contains(hole.name())) {
        throw new BadInput(
            node.place(),
            hole.written() + " is known only when the job runs; it can stand in commands and env");
      } else {
        boolean own = hole.name().equals("job") || ofRow(hole.name()) != null;
        put(value(hole, node.place()), own, form, out);
      }
    }
    if (form == Form.PATH
        && out.indexOf("*") >= 0
        && parameters.values().stream().anyMatch(Scope::isAny)) {
      // A folder of which only a pattern is known: what lies in it.
      out.append(out.charAt(out.length() - 1) == '/' ? "**" : "");
    }
    return bounded(out, node.place());
  }

  private static boolean isAny(String value) {
    return value.equals(ANY) || value.equals(ANY_PATH);
  }

  private static final Pattern DOLLAR =
      Pattern.compile("\\\\.|\\$(?:([A-Za-z_][A-Za-z0-9_]*)|\\{([A-Za-z_][A-Za-z0-9_]*)\\})");

  /** Puts in the {@code $name} and <code>${name}</code> of parameters. */
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

  /** A value that may have slashes: what stands before it begins a name, here or of a folder. */
  private static void anyPath(StringBuilder out) {
    int brace = out.indexOf("{");
    int start = out.lastIndexOf("/", brace < 0 ? out.length() : brace) + 1;
    String head = out.substring(start);
    out.setLength(start);
    boolean known = brace < 0 && !head.isEmpty() && !head.equals("*");
    out.append(known ? "{" + head + "*," + head + "*/**/*}" : "**/*");
  }

  /** The value of a parameter, or of another column of the instance's row. */
  private String ofRow(String name) {
    String value = columns.get(name);
    return value == null ? parameter(name) : value;
  }

  private String parameter(String name) {
    String value = parameters.get(name);
    return value == null && parameters.containsKey(ALL) && !vars.has(name) ? ANY_PATH : value;
  }

  /** A text that no shell reads; slots are allowed. */
  Template plain(Node.Scalar node) {
    return plain(node, false);
  }

  /** The value of a variable: slots are allowed, and the caller's own variables. */
  Template env(Node.Scalar node) {
    return plain(node, true);
  }

  private Template plain(Node.Scalar node, boolean env) {
    if (node.text().indexOf('{') < 0) {
      return Template.of(node.text());
    }
    List<Part> parts = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (Object part : Placeholder.split(node.text())) {
      if (!(part instanceof Placeholder hole)) {
        text.append(part);
      } else if (env && isCaller(hole)) {
        flush(text, node.place(), parts);
        parts.add(new Part.Slot("env", -1, hole.member(), Quote.NONE, node.place()));
      } else {
        put(hole, Quote.NONE, node.place(), text, parts);
      }
    }
    return finish(text, parts, node.place());
  }

  /** A text for a shell; values are quoted for the place where they stand. */
  public Template command(Node.Scalar node, List<String> shell) {
    return command(node, shell, _ -> {});
  }

  /**
   * The same.
   *
   * @param warn takes what is likely a mistake
   */
  Template command(Node.Scalar node, List<String> shell, Consumer<BadInput.Diagnostic> warn) {
    if (node.text().indexOf('{') < 0) {
      return Template.of(node.text());
    }
    List<Placeholder> holes = new ArrayList<>();
    StringBuilder masked = new StringBuilder();
    for (Object part : Placeholder.split(node.text())) {
      if (part instanceof Placeholder hole) {
        holes.add(hole);
        masked.append(ShellText.HOLE);
      } else {
        masked.append(part);
      }
    }
    if (holes.isEmpty()) {
      return Template.of(masked.toString());
    }
    ShellText scan = KnownShell.is(shell) ? ShellText.scan(masked.toString()) : null;
    if (scan != null && scan.joinsName()) {
      throw new BadInput(
          node.place(), "a value right behind $name would lengthen the name; write ${name}");
    }
    List<Part> parts = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    int hole = 0;
    int insert = 0;
    for (int i = 0; i < masked.length(); i++) {
      if (scan != null && insert < scan.inserts().size() && scan.inserts().get(insert).at() == i) {
        text.append(scan.inserts().get(insert++).text());
      }
      if (masked.charAt(i) == ShellText.HOLE) {
        Quote quote = scan == null ? Quote.REFUSE : scan.holes().get(hole);
        Placeholder each = holes.get(hole++);
        List<String> list = each.index() < 0 ? vars.lists().get(each.name()) : null;
        if (list != null && isWord(masked, i) && (scan == null || quote == Quote.BARE)) {
          words(list, each, quote, node.place(), text);
        } else {
          put(each, quote, node.place(), text, parts);
        }
        if (quote == Quote.BARE) {
          oneWord(each, node.place(), warn);
        }
      } else {
        text.append(masked.charAt(i));
      }
    }
    return finish(text, parts, node.place());
  }

  /** A word of a command that no shell reads. */
  Template word(Node.Scalar node, Consumer<BadInput.Diagnostic> warn) {
    for (Object part : Placeholder.split(node.text())) {
      if (part instanceof Placeholder hole && hole.written().equals(node.text())) {
        oneWord(hole, node.place(), warn);
      }
    }
    return plain(node);
  }

  /** Options that are one text are one word, which no program takes for options. */
  private void oneWord(Placeholder hole, Place place, Consumer<BadInput.Diagnostic> warn) {
    String value = hole.written().length() == hole.name().length() + 2 ? text(hole.name()) : null;
    if (value != null && value.startsWith("-") && value.indexOf(' ') > 0) {
      String items = String.join(", ", value.strip().split("\\s+"));
      warn.accept(
          new BadInput.Diagnostic(
              place,
              "%s is the one word \"%s\" here; for several write a list, vars: {%s: [%s]}"
                  .formatted(hole.written(), value, hole.name(), items)));
    }
  }

  /** The value of a var that no parameter hides, null where it is none or a list. */
  private String text(String name) {
    return parameters.containsKey(name) ? null : vars.texts().get(name);
  }

  /** Whether nothing is glued to a hole. */
  private static boolean isWord(CharSequence masked, int at) {
    return (at == 0 || isApart(masked.charAt(at - 1)))
        && (at + 1 == masked.length() || isApart(masked.charAt(at + 1)));
  }

  private static boolean isApart(char c) {
    return " \t\r\n;&|()<>".indexOf(c) >= 0;
  }

  /** Puts in all items of a list, each quoted. */
  private static void words(
      List<String> list, Placeholder hole, Quote quote, Place place, StringBuilder text) {
    String gap = "";
    for (String item : list) {
      String quoted = Quoting.quote(item, quote);
      if (quoted == null) {
        throw Quoting.refusal(place, hole.written(), item, Quoting.BY_ENV);
      }
      text.append(gap).append(quoted);
      gap = " ";
    }
  }

  private void put(
      Placeholder hole, Quote quote, Place place, StringBuilder text, List<Part> parts) {
    if (isCaller(hole)) {
      throw caller(hole, place);
    }
    if (Template.SLOTS.contains(hole.name())) {
      flush(text, place, parts);
      parts.add(slot(hole, quote, place));
      return;
    }
    String value = value(hole, place);
    String quoted = isAny(value) ? "" : Quoting.quote(value, quote);
    if (quoted == null) {
      boolean own = hole.format() == null && parameters.containsKey(hole.name());
      String way = own ? "write $" + hole.name() : Quoting.BY_ENV;
      throw Quoting.refusal(place, hole.written(), value, way);
    }
    text.append(quoted);
  }

  private static void flush(StringBuilder text, Place place, List<Part> parts) {
    if (!text.isEmpty()) {
      parts.add(new Part.Text(bounded(text, place)));
      text.setLength(0);
    }
  }

  /** Whether a placeholder is {@code {env.NAME}}; {@code {env}} may be a var as any other. */
  private static boolean isCaller(Placeholder hole) {
    return hole.name().equals("env") && hole.member() != null;
  }

  private static BadInput caller(Placeholder hole, Place place) {
    String name = hole.member();
    return new BadInput(
        place,
        hole.written()
            + " stands in values of env only; write env: {%s: \"%s\"}, and $%s in a command"
                .formatted(name, hole.written(), name));
  }

  private static Template finish(StringBuilder text, List<Part> parts, Place place) {
    if (!text.isEmpty() || parts.isEmpty()) {
      parts.add(new Part.Text(bounded(text, place)));
    }
    return new Template(List.copyOf(parts));
  }

  private static String bounded(StringBuilder text, Place place) {
    if (text.length() > MAX_TEXT) {
      throw new BadInput(
          place, "longer than " + (MAX_TEXT >> 10) + " KiB with its placeholders put in");
    }
    return text.toString();
  }

  private Part.Slot slot(Placeholder hole, Quote quote, Place place) {
    List<Item> items = hole.name().equals("needs") ? needs : produces;
    boolean hasItems = hole.name().equals("needs") || hole.name().equals("produces");
    if (hole.format() != null) {
      throw new BadInput(
          place, hole.written() + ": a format needs a value that is known before the job runs");
    }
    if (hole.name().equals("data")) {
      if (hole.member() == null) {
        throw new BadInput(
            place, hole.written() + ": write {data.JOB.KEY}, or {data.NAME} for a static value");
      }
      String name = name(new Node.Scalar(place, hole.member(), true));
      return new Part.Slot("data", -1, Ref.OfData.of(place, name, false).written(), quote, place);
    }
    if (!hasItems && (hole.index() >= 0 || hole.member() != null)) {
      throw new BadInput(place, hole.written() + ": write {" + hole.name() + "}");
    }
    if (hasItems && items != null) {
      List<Item> counted = items.stream().filter(Item::isWanted).toList();
      if (hole.index() >= counted.size()) {
        throw new BadInput(
            place, hole.written() + ": there are only " + counted.size() + ", counted from 0");
      }
      if (hole.member() != null) {
        List<String> names =
            counted.stream().filter(i -> i.name() != null).map(Item::name).toList();
        if (!names.contains(hole.member())) {
          throw new BadInput(
              place,
              hole.written()
                  + ": no item of "
                  + hole.name()
                  + " has that name"
                  + NearestName.hint(hole.member(), names));
        }
      }
    }
    return new Part.Slot(hole.name(), hole.index(), hole.member(), quote, place);
  }

  private String value(Placeholder hole, Place place) {
    List<String> list = vars.lists().get(hole.name());
    if (list != null) {
      return item(list, hole, place);
    }
    String value = hole.name().equals("job") ? job : ofRow(hole.name());
    value = value == null ? vars.texts().get(hole.name()) : value;
    if (value == null) {
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

  /** One item of a list, where a text is wanted. */
  private static String item(List<String> list, Placeholder hole, Place place) {
    if (hole.index() < 0) {
      throw new BadInput(
          place,
          hole.written()
              + ": "
              + hole.name()
              + " is a list; it stands as a word of its own in a command or as an item of a list,"
              + " never within other text");
    }
    if (hole.index() >= list.size()) {
      throw new BadInput(
          place, hole.written() + ": there are only " + list.size() + ", counted from 0");
    }
    return list.get(hole.index());
  }

  private BadInput unknown(Placeholder hole, Place place) {
    TreeSet<String> known = new TreeSet<>(vars.names());
    known.addAll(parameters.keySet());
    known.addAll(columns.keySet());
    if (job != null) {
      known.add("job");
      known.addAll(Template.SLOTS);
    }
    String hint =
        hole.member() != null && known.contains(hole.member()) // {wildcards.sample} of Snakemake
            ? "; did you mean " + hole.member() + "?"
            : ForeignWords.hint(hole.name(), known);
    String step =
        "; define it in %s, or write {%s} to mean the text"
            .formatted(job == null ? "vars" : "vars, parameters or a match", hole.written());
    return new BadInput(
        place, "unknown placeholder " + hole.written() + (hint.isEmpty() ? step : hint));
  }
}
