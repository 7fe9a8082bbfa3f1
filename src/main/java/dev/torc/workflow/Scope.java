package dev.torc.workflow;

import dev.torc.workflow.Template.Part;
import dev.torc.workflow.Template.Quote;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * The values that placeholders stand for in one job, or outside of all jobs: it puts in what is
 * known at load and leaves slots for what only a run knows. A value put in is never read again for
 * placeholders.
 *
 * @param vars values by name
 * @param job the job's name, null outside of jobs
 * @param needs the items that {@code {needs…}} may name, null where they are not known
 * @param produces likewise
 */
record Scope(Map<String, String> vars, String job, List<Item> needs, List<Item> produces) {

  /** Names that no var may have. */
  static final List<String> RESERVED =
      List.of("needs", "produces", "job", "cpus", "memory", "attempt", "data");

  /** The longest text that a value put in may make; no argument of a process can be longer. */
  static final int MAX_TEXT = 128 << 10;

  /** A text that must be known at load. */
  String text(Node.Scalar node) {
    return text(node, UnaryOperator.identity());
  }

  /** A path or pattern; the job's name stands for itself in it, vars may hold patterns. */
  String path(Node.Scalar node) {
    return text(node, Glob::escape);
  }

  private String text(Node.Scalar node, UnaryOperator<String> jobName) {
    String text = node.text();
    if (text.indexOf('{') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    for (Object part : Placeholder.split(text)) {
      if (!(part instanceof Placeholder hole)) {
        out.append(part);
      } else if (Template.SLOTS.contains(hole.name())) {
        throw new BadInput(
            node.place(),
            hole.written() + " is known only when the job runs; it can stand in commands and env");
      } else {
        String value = value(hole, node.place());
        out.append(hole.name().equals("job") ? jobName.apply(value) : value);
      }
    }
    return bounded(out, node.place());
  }

  /** A text that no shell reads; slots are allowed. */
  Template plain(Node.Scalar node) {
    if (node.text().indexOf('{') < 0) {
      return Template.of(node.text());
    }
    List<Part> parts = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (Object part : Placeholder.split(node.text())) {
      if (!(part instanceof Placeholder hole)) {
        text.append(part);
      } else {
        put(hole, Quote.NONE, node.place(), text, parts);
      }
    }
    return finish(text, parts, node.place());
  }

  /** A text for a shell; values are quoted for the place where they stand. */
  Template command(Node.Scalar node, List<String> shell) {
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
    ShellText scan = ShellText.knows(shell) ? ShellText.scan(masked.toString()) : null;
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
        put(holes.get(hole++), quote, node.place(), text, parts);
      } else {
        text.append(masked.charAt(i));
      }
    }
    return finish(text, parts, node.place());
  }

  private void put(
      Placeholder hole, Quote quote, Place place, StringBuilder text, List<Part> parts) {
    if (Template.SLOTS.contains(hole.name())) {
      if (!text.isEmpty()) {
        parts.add(new Part.Text(bounded(text, place)));
        text.setLength(0);
      }
      parts.add(slot(hole, quote, place));
      return;
    }
    String value = value(hole, place);
    String quoted = Quoting.quote(value, quote);
    if (quoted == null) {
      throw Quoting.refusal(place, hole.written(), value);
    }
    text.append(quoted);
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
                  + Nearest.hint(hole.member(), names));
        }
      }
    }
    return new Part.Slot(hole.name(), hole.index(), hole.member(), quote, place);
  }

  private String value(Placeholder hole, Place place) {
    String value = hole.name().equals("job") ? job : vars.get(hole.name());
    if (value == null) {
      throw unknown(hole, place);
    }
    if (hole.index() >= 0 || hole.member() != null) {
      throw new BadInput(place, hole.written() + ": " + hole.name() + " is one text");
    }
    try {
      return hole.format() == null ? value : Format.apply(hole.format(), value);
    } catch (IllegalArgumentException e) {
      throw new BadInput(place, hole.written() + ": " + e.getMessage());
    }
  }

  private BadInput unknown(Placeholder hole, Place place) {
    TreeSet<String> known = new TreeSet<>(vars.keySet());
    if (job != null) {
      known.add("job");
      known.addAll(Template.SLOTS);
    }
    String hint = Nearest.hint(hole.name(), known);
    String braces = hint.isEmpty() ? "; write {" + hole.written() + "} to mean the text" : hint;
    return new BadInput(place, "unknown placeholder " + hole.written() + braces);
  }
}
