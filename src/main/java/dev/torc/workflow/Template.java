package dev.torc.workflow;

import java.util.List;
import java.util.function.Function;

/**
 * A string of a job with the placeholders that only a run can fill ({@code {needs}}, {@code
 * {produces}}, {@code {cpus}}, {@code {memory}}, {@code {attempt}}); variables are already put in.
 * How a slot is quoted was decided when the template was read.
 */
public record Template(List<Part> parts) {

  /** Text, or a slot. */
  public sealed interface Part {
    /** Text as it stands. */
    record Text(String text) implements Part {}

    /**
     * A placeholder for run-time values.
     *
     * @param name {@code needs}, {@code produces}, {@code cpus}, {@code memory} or {@code attempt}
     * @param index the number in {@code {needs[0]}}, -1 without one
     * @param member the name in {@code {needs.name}}, null without one
     * @param quote how values are quoted for the place where the slot stands
     */
    record Slot(String name, int index, String member, Quote quote, Place place) implements Part {}
  }

  /** How a value is quoted in the place where its slot stands. */
  public enum Quote {
    /** Not in a shell command: as it is. */
    NONE,
    /** Outside all quotes. */
    BARE,
    /** Within double quotes. */
    DOUBLE,
    /** Within single quotes. */
    SINGLE,
    /** The place cannot be told: a value that needs quoting is an error that names the way. */
    REFUSE
  }

  /** The template as the manifest counts it: slots as written, literal braces kept apart. */
  public String declared() {
    throw new UnsupportedOperationException();
  }

  /** The text with each slot's values quoted and joined by blanks; throws {@link BadInput}. */
  public String render(Function<Part.Slot, List<String>> values) {
    throw new UnsupportedOperationException();
  }

  /** Like {@link #render}, but a template of just one slot gives one word per value. */
  public List<String> words(Function<Part.Slot, List<String>> values) {
    throw new UnsupportedOperationException();
  }
}
