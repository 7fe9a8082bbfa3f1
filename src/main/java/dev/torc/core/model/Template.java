package dev.torc.core.model;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Quoting;
import dev.torc.base.syntax.ShellText.Quote;
import dev.torc.base.syntax.ValueFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A text of a job with placeholders that only a run can fill in; variables are already replaced.
 * The parser has decided how each slot is quoted. There is at least one part, and two texts are
 * never adjacent.
 */
public record Template(List<Part> parts) {

  public static final List<String> SLOTS =
      List.of("needs", "produces", "cpus", "memory", "attempt", "tmp", "args", "data", "here");

  /** Startup code must not {@code switch} over its types: see development.md, laws. */
  public sealed interface Part {
    record Text(String text) implements Part {}

    /**
     * A placeholder such as {@code {needs[0]}} (with an index, else -1) or {@code {needs.name}}
     * (with a member, else null); its name is one of {@link #SLOTS}, {@code env} or a feature's
     * own. Its format is as {@link ValueFormat} reads it; null for none.
     */
    record Slot(String name, int index, String member, String format, Quote quote, Place place)
        implements Part {

      public Slot(String name, int index, String member, Quote quote, Place place) {
        this(name, index, member, null, quote, place);
      }

      @Override
      public String toString() {
        String at = index < 0 ? "" : "[" + index + "]";
        String how = format == null ? "" : ":" + format;
        if (member != null && member.startsWith(":")) {
          return "{" + member.substring(1) + how + "}";
        }
        return "{" + name + at + (member == null ? "" : "." + member) + how + "}";
      }

      private List<String> words(Function<Slot, List<String>> values) {
        try {
          List<String> all = values.apply(this);
          return format == null ? all : ValueFormat.of(format).words(all);
        } catch (IllegalArgumentException e) {
          throw new BadInput(place, this + ": " + e.getMessage());
        }
      }
    }
  }

  public static Template of(String text) {
    return new Template(List.of(new Part.Text(text)));
  }

  /** Returns the first slot with this name; null for none. */
  public Part.Slot slot(String name) {
    for (Part part : parts) {
      if (part instanceof Part.Slot slot && slot.name().equals(name)) {
        return slot;
      }
    }
    return null;
  }

  /** Returns the slots that only a feature can fill, so that their values never get here. */
  public List<Part.Slot> hidden() {
    List<Part.Slot> hidden = new ArrayList<>(0);
    for (Part part : parts) {
      if (part instanceof Part.Slot slot
          && !SLOTS.contains(slot.name())
          && !slot.name().equals("env")) {
        hidden.add(slot);
      }
    }
    return hidden;
  }

  public Stream<Part.Slot> slots() {
    return parts.stream().filter(Part.Slot.class::isInstance).map(Part.Slot.class::cast);
  }

  /**
   * Returns the text of this template in a manifest, with slots as written. Literal braces that
   * could be read as a slot are doubled, so that different templates have different texts.
   */
  public String declared() {
    if (parts.size() == 1
        && parts.getFirst() instanceof Part.Text only
        && only.text().indexOf('{') < 0) {
      return only.text(); // as in most templates
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
   * Returns a {@link #declared} text for display, with the doubled braces single again and {@code
   * {here}} as written, without its folder.
   */
  public static String shown(String declared) {
    if (declared.indexOf('{') < 0) {
      return declared;
    }
    String text = Braces.HERE.matcher(declared).replaceAll("$1}");
    StringBuilder out = new StringBuilder();
    int from = 0;
    for (Matcher braces = Braces.of(text, false); braces.find(); from = braces.end()) {
      out.append(text, from, braces.start() + (braces.end() - braces.start() + 1) / 2);
    }
    return out.append(text, from, text.length()).toString();
  }

  /** Finds the braces before a slot's name. A separate class, since most starts do not need it. */
  private static final class Braces {
    private static final String NAMES = String.join("|", SLOTS) + "|(env|secret)\\.";
    private static final Pattern BEFORE_NAME = Pattern.compile("(?<!\\{)\\{++(?=" + NAMES + ")");
    private static final Pattern HERE = // an odd number of braces ends with that of a slot
        Pattern.compile("(?<!\\{)((?:\\{\\{)*\\{here)\\.[^{}]*}");
    private static final Pattern BEFORE_SLOT =
        Pattern.compile("(?<!\\{)\\{++(?=" + NAMES + "|\\z)");

    /** Finds braces, also those at the end of the text if {@code beforeSlot}. */
    static Matcher of(String text, boolean beforeSlot) {
      return (beforeSlot ? BEFORE_SLOT : BEFORE_NAME).matcher(text);
    }
  }

  /**
   * Returns the text with each slot's values quoted and joined by spaces. Throws {@link BadInput}
   * for a value that would need quoting where the place does not allow it.
   */
  public String render(Function<Part.Slot, List<String>> values) {
    StringBuilder out = new StringBuilder();
    for (Part part : parts) {
      if (part instanceof Part.Text t) {
        out.append(t.text());
      } else if (part instanceof Part.Slot slot) {
        String gap = "";
        for (String value : slot.words(values)) {
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

  /** Returns the text as one word; a template that is only a slot gives one word per value. */
  public List<String> words(Function<Part.Slot, List<String>> values) {
    if (parts.size() == 1 && parts.getFirst() instanceof Part.Slot slot) {
      return new ArrayList<>(slot.words(values));
    }
    return List.of(render(values));
  }
}
