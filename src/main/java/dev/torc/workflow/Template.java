package dev.torc.workflow;

import dev.torc.syntax.BadInput;
import dev.torc.syntax.Place;
import dev.torc.syntax.Quoting;
import dev.torc.syntax.ShellText.Quote;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A string of a job with the placeholders that only a run can fill ({@code {needs}}, {@code
 * {produces}}, {@code {cpus}}, {@code {memory}}, {@code {attempt}}, {@code {tmp}}, {@code
 * {data.…}}, in an environment {@code {env.NAME}}); variables are already put in. How a slot is
 * quoted was decided when the template was read.
 *
 * @param parts at least one; no two texts stand side by side
 */
public record Template(List<Part> parts) {

  /** The names a slot can have. */
  public static final List<String> SLOTS =
      List.of("needs", "produces", "cpus", "memory", "attempt", "tmp", "data");

  /**
   * Text, or a slot. On the way of a start no {@code switch} goes over its types: see
   * development.md, laws.
   */
  public sealed interface Part {
    /** Text as it stands. */
    record Text(String text) implements Part {}

    /**
     * A placeholder for run-time values.
     *
     * @param name {@code needs}, {@code produces}, {@code cpus}, {@code memory}, {@code attempt},
     *     {@code tmp}, {@code data} or {@code env}
     * @param index the number in {@code {needs[0]}}, -1 without one
     * @param member the name in {@code {needs.name}}, null without one; of {@code
     *     {data.train.loss}} {@code train.loss}, of {@code {env.PATH}} {@code PATH}
     * @param quote how values are quoted for the place where the slot stands
     */
    record Slot(String name, int index, String member, Quote quote, Place place) implements Part {

      /** Returns the slot as it is written. */
      @Override
      public String toString() {
        String at = index < 0 ? "" : "[" + index + "]";
        return "{" + name + at + (member == null ? "" : "." + member) + "}";
      }
    }
  }

  /** Returns the template of a text without slots. */
  public static Template of(String text) {
    return new Template(List.of(new Part.Text(text)));
  }

  /** Returns the first slot of a name; null where there is none. */
  public Part.Slot slot(String name) {
    for (Part part : parts) {
      if (part instanceof Part.Slot slot && slot.name().equals(name)) {
        return slot;
      }
    }
    return null;
  }

  /**
   * Returns the template as the manifest counts it: slots as written. No two templates of different
   * texts or slots give the same: braces that stand as text before the name of a slot, or right
   * before a slot, are doubled.
   */
  public String declared() {
    if (parts.size() == 1
        && parts.getFirst() instanceof Part.Text only
        && only.text().indexOf('{') < 0) {
      return only.text(); // as nearly every template
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      if (!(parts.get(i) instanceof Part.Text text)) {
        out.append(parts.get(i));
      } else if (text.text().indexOf('{') < 0) {
        out.append(text.text());
      } else {
        out.append(Braces.of(text.text(), i + 1 < parts.size()).replaceAll("$0$0"));
      }
    }
    return out.toString();
  }

  /**
   * Returns a text of {@link #declared} for people: as it runs, but with slots as written. It has
   * half as many braces before the name of a slot.
   */
  public static String shown(String declared) {
    if (declared.indexOf('{') < 0) {
      return declared;
    }
    StringBuilder out = new StringBuilder();
    int from = 0;
    for (Matcher braces = Braces.of(declared, false); braces.find(); from = braces.end()) {
      out.append(declared, from, braces.start() + (braces.end() - braces.start() + 1) / 2);
    }
    return out.append(declared, from, declared.length()).toString();
  }

  /** Finds the braces of a text behind which a slot's name stands. Most starts do not need it. */
  private static final class Braces {
    private static final String NAMES = String.join("|", SLOTS) + "|env\\.";
    private static final Pattern BEFORE_NAME = Pattern.compile("(?<!\\{)\\{++(?=" + NAMES + ")");
    private static final Pattern BEFORE_SLOT =
        Pattern.compile("(?<!\\{)\\{++(?=" + NAMES + "|\\z)");

    /** Finds braces, also those at the end, where a slot follows the text. */
    static Matcher of(String text, boolean beforeSlot) {
      return (beforeSlot ? BEFORE_SLOT : BEFORE_NAME).matcher(text);
    }
  }

  /**
   * Returns the text with each slot's values quoted and joined by spaces; no values leave nothing.
   *
   * @throws BadInput for a value that would need quoting where that cannot be told
   */
  public String render(Function<Part.Slot, List<String>> values) {
    StringBuilder out = new StringBuilder();
    for (Part part : parts) {
      if (part instanceof Part.Text t) {
        out.append(t.text());
      } else if (part instanceof Part.Slot slot) {
        String gap = "";
        for (String value : values.apply(slot)) {
          String quoted = Quoting.quote(value, slot.quote());
          if (quoted == null) {
            throw Quoting.refusal(slot.place(), slot.toString(), value, Quoting.BY_ENV);
          }
          out.append(gap).append(quoted);
          gap = " ";
        }
      }
    }
    return out.toString();
  }

  /** Works like {@link #render}, but a template of just one slot gives one word per value. */
  public List<String> words(Function<Part.Slot, List<String>> values) {
    if (parts.size() == 1 && parts.getFirst() instanceof Part.Slot slot) {
      return new ArrayList<>(values.apply(slot));
    }
    return List.of(render(values));
  }
}
