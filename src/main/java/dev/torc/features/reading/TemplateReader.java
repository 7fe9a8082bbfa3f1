package dev.torc.features.reading;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Quoting;
import dev.torc.base.syntax.ShellText;
import dev.torc.base.syntax.ShellText.Quote;
import dev.torc.core.model.Job.Item;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Template;
import dev.torc.core.model.Template.Part;
import dev.torc.features.reading.KnownNames.Near;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads one text of a job's command or environment: inserts the values that are known when the
 * build file is loaded, quoted for their place, and leaves slots for the rest. {@link Scope} has
 * the values.
 */
public final class TemplateReader {

  private static final Pattern AWK = Pattern.compile("\\b[gmn]?awk\\b");

  /** Matches a text of several words of which one is an option. */
  private static final Pattern OPTIONS = Pattern.compile("^-\\S*\\s+\\S|\\S\\s+-\\S");

  private static final Pattern TESTED =
      Pattern.compile("(?:^|[\\s;&|(!])(?:\\[\\[?|test|case)\\s[^;&|\\n]*\\z");

  private final Scope scope;
  private final Node.Scalar node;
  private final String written;
  private final Place place;
  private final List<Part> parts = new ArrayList<>();
  private final StringBuilder text = new StringBuilder(); // after the last part

  public TemplateReader(Scope scope, Node.Scalar node) {
    this.scope = scope;
    this.node = node;
    this.written = node.text();
    this.place = node.place();
  }

  /**
   * Reads a text that is not passed to a shell. If {@code env}, it may contain {@code {env.NAME}}.
   */
  public Template plain(boolean env) {
    if (written.indexOf('{') < 0) {
      return Template.of(written);
    }
    for (Object part : split()) {
      if (!(part instanceof Placeholder hole)) {
        text.append(part);
      } else if (env && hole.name().equals("args") && scope.isSlot(hole)) {
        throw wrong(hole, "the arguments can only stand in a command");
      } else if (env && Scope.isCaller(hole) && hole.fallback() == null) {
        add(new Part.Slot("env", -1, hole.member(), Quote.NONE, place));
      } else {
        put(hole, Quote.NONE, hole.written().equals(written));
      }
    }
    return finish();
  }

  /** Reads one word of a command that runs without a shell. */
  public Template word() {
    for (Object part : split()) {
      if (part instanceof Placeholder hole && hole.written().equals(written)) {
        String value = scope.vars().text(hole.name());
        if (value != null && !value.isEmpty() && !scope.parameters().containsKey(hole.name())) {
          oneWord(hole, value);
        }
      }
    }
    return plain(false);
  }

  private List<Object> split() {
    return scope.split(node, Near.WARNING);
  }

  public Template command(List<String> shell) {
    if (node.lines() != null) {
      JoinedLines.warn(node, scope.problems());
    }
    if (written.indexOf('{') < 0) {
      return Template.of(written);
    }
    List<Placeholder> holes = new ArrayList<>();
    StringBuilder masked = new StringBuilder();
    for (Object part : split()) {
      if (part instanceof Placeholder hole) {
        holes.add(hole);
        masked.append(ShellText.HOLE);
      } else {
        masked.append(part);
      }
    }
    ShellText scan = Quoting.isKnown(shell) ? ShellText.scan(masked.toString()) : null;
    if (scan != null && scan.joinsName()) {
      throw new BadInput(
          place, "a value right behind $name would lengthen the name; write ${name}");
    }
    int hole = 0;
    int insert = 0;
    for (int i = 0; i < masked.length(); i++) {
      if (scan != null && insert < scan.inserts().size() && scan.inserts().get(insert).at() == i) {
        text.append(scan.inserts().get(insert++).text());
      }
      if (masked.charAt(i) != ShellText.HOLE) {
        text.append(masked.charAt(i));
        continue;
      }
      Quote quote = scan == null ? Quote.REFUSE : scan.holes().get(hole);
      Placeholder each = holes.get(hole++);
      boolean word = isWord(masked, i) && (scan == null || quote == Quote.BARE);
      List<String> list = word ? scope.words(each, place) : null;
      if (list != null) {
        words(list, each, quote);
        continue;
      }
      String value = put(each, quote, word);
      if (value != null && word && quote == Quote.BARE && !isTested(masked, i)) {
        oneWord(each, value);
      }
    }
    holes.forEach(this::ofAwk);
    return finish();
  }

  /**
   * Warns if a value that looks like several words, or like none, is inserted as one word. Of the
   * rows of a table there is one line, since it has no value of theirs.
   */
  private void oneWord(Placeholder hole, String value) {
    String name = hole.name();
    boolean whole = hole.written().length() == name.length() + 2;
    boolean several = OPTIONS.matcher(value).find() || !TextLists.severalPaths(value).isEmpty();
    if (!whole || name.equals("job") || !several && !value.isEmpty() || isPath(value)) {
      return;
    }
    boolean own = scope.parameters().containsKey(name) || scope.columns().containsKey(name);
    boolean var = !own && scope.vars().has(name);
    String dollar = own && Placeholder.isIdentifier(name) ? "$" + name + " without quotes" : "";
    String split = "split: {%s: \" \"} in its table".formatted(name);
    String way =
        own
            ? (dollar.isEmpty() ? "" : dollar + ", or ") + split
            : var
                ? "a list, vars: {%s: [%s]}"
                    .formatted(name, String.join(", ", value.strip().split(",?\\s+")))
                : value.isEmpty() ? "{" + name + ":-}" : "a list";
    String line =
        value.isEmpty()
            ? "%s is empty%s, and stands for the empty word ''; for no word write %s"
                .formatted(hole.written(), var ? "" : " in some instances", way)
            : !var
                ? "%s is one word, though it looks like several in some instances; for several words write %s"
                    .formatted(hole.written(), way)
                : "%s is the one word \"%s\" here; for several write %s"
                    .formatted(hole.written(), value, way);
    scope.problems().warn(place, line);
  }

  /** Returns whether a value is a need or product of the job. */
  private boolean isPath(String value) {
    return Stream.of(scope.needs(), scope.produces())
        .filter(Objects::nonNull)
        .flatMap(List::stream)
        .flatMap(item -> item.refs().stream())
        .anyMatch(ref -> ref.text().equals(value));
  }

  /** Returns whether a shell's condition contains an offset: there, an empty word is meant. */
  private static boolean isTested(CharSequence masked, int at) {
    return TESTED.matcher(masked).region(0, at).find();
  }

  /** Warns about {@code awk '{print}'} if a var is named print: awk would receive the value. */
  private void ofAwk(Placeholder hole) {
    boolean word =
        KnownNames.AWK.contains(hole.written().substring(1, hole.written().length() - 1));
    if (word && AWK.matcher(written).find()) {
      String line =
          "%s is replaced by a value here; rename %s, which is a word of awk, or write {%1$s}";
      scope.problems().warn(place, line.formatted(hole.written(), hole.name()));
    }
  }

  /** Returns whether a placeholder is a word of its own. */
  private static boolean isWord(CharSequence masked, int at) {
    return (at == 0 || isApart(masked.charAt(at - 1)))
        && (at + 1 == masked.length() || isApart(masked.charAt(at + 1)));
  }

  private static boolean isApart(char c) {
    return " \t\r\n;&|()<>".indexOf(c) >= 0;
  }

  private void words(List<String> list, Placeholder hole, Quote quote) {
    String gap = "";
    for (String item : list) {
      text.append(gap).append(quoted(item, hole, quote, Quoting.BY_ENV));
      gap = " ";
    }
  }

  /** Inserts a value; returns it, or null if it is not known yet. */
  private String put(Placeholder hole, Quote quote, boolean alone) {
    if (Scope.isCaller(hole)) {
      throw Scope.caller(hole, place);
    } else if (scope.isSlot(hole)) {
      if (!alone && hole.formats().each() != null) {
        throw wrong(hole, Scope.EACH);
      }
      add(slot(hole, quote));
      return null;
    }
    String value = scope.value(hole, place);
    if (Scope.isAny(value)) {
      return null;
    }
    boolean own =
        hole.format() == null
            && (scope.parameters().containsKey(hole.name())
                || scope.columns().containsKey(hole.name()))
            && Placeholder.isIdentifier(hole.name());
    text.append(quoted(value, hole, quote, own ? "write $" + hole.name() : Quoting.BY_ENV));
    return value;
  }

  private String quoted(String value, Placeholder hole, Quote quote, String otherWay) {
    String quoted = Quoting.quote(value, quote);
    if (quoted == null) {
      throw Quoting.refusal(place, hole.written(), value, otherWay);
    }
    return quoted;
  }

  private void add(Part.Slot slot) {
    if (!text.isEmpty()) {
      parts.add(new Part.Text(Scope.bounded(text, place)));
      text.setLength(0);
    }
    parts.add(slot);
  }

  private Template finish() {
    if (!text.isEmpty() || parts.isEmpty()) {
      parts.add(new Part.Text(Scope.bounded(text, place)));
    }
    return new Template(List.copyOf(parts));
  }

  private Part.Slot slot(Placeholder hole, Quote quote) {
    String name = hole.name();
    String member = hole.member();
    if (scope.isGiven(name) && hole.index() < 0 && member == null) {
      return new Part.Slot("needs", -1, Item.GIVEN + name, hole.format(), quote, place);
    }
    boolean ofNeeds = name.equals("needs");
    boolean ofItems = ofNeeds || name.equals("produces");
    if (hole.format() != null && !ofItems) {
      throw wrong(hole, "a format needs a value that is known before the job runs");
    } else if (hole.format() != null && hole.formats().offset() != 0) {
      throw wrong(hole, "only a parameter has a value before or after its own");
    } else if (name.equals(Home.HERE) && hole.index() < 0 && member == null) {
      return new Part.Slot(name, -1, Home.folderOf(place), quote, place);
    } else if (name.equals("data")) {
      if (member == null) {
        throw wrong(hole, "write {data.JOB.KEY}, or {data.NAME} for a static value");
      }
      String value = scope.dataName(new Node.Scalar(place, member, true));
      return new Part.Slot("data", -1, Ref.OfData.of(place, value, false).written(), quote, place);
    } else if (!ofItems && (hole.index() >= 0 || member != null)) {
      throw wrong(hole, "write {" + name + "}");
    } else if (hole.index() >= 0 && member != null) {
      throw wrong(hole, "write {%s.%s} for all its files".formatted(name, member));
    }
    List<Item> items = ofNeeds ? scope.needs() : scope.produces();
    if (ofItems && items != null && (hole.index() >= 0 || member != null)) {
      List<Item> counted = items.stream().filter(Item::isWanted).toList();
      List<String> names = counted.stream().filter(i -> i.name() != null).map(Item::name).toList();
      if (hole.index() >= counted.size()) {
        throw wrong(hole, "there are only " + counted.size() + ", counted from 0");
      } else if (member != null && !names.contains(member)) {
        String hint = NearestName.hint(member, names);
        throw wrong(hole, "no item of " + name + " has that name" + hint);
      }
    }
    return new Part.Slot(name, hole.index(), member, hole.format(), quote, place);
  }

  private BadInput wrong(Placeholder hole, String why) {
    return new BadInput(place, hole.written() + ": " + why);
  }
}
