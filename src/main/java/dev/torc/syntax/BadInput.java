package dev.torc.syntax;

import dev.torc.text.SafeText;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What a user wrote cannot be accepted: exit status 2. Holds one or more diagnostics in the order
 * of their places; nothing was started and nothing was written.
 */
public final class BadInput extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient List<Diagnostic> diagnostics;

  /** Refuses for the given reasons; the list must not be empty. */
  public BadInput(List<Diagnostic> diagnostics) {
    super(diagnostics.stream().map(Diagnostic::toString).collect(Collectors.joining("\n")));
    this.diagnostics = List.copyOf(diagnostics);
  }

  /** Refuses for one reason. */
  public BadInput(Place place, String message) {
    this(List.of(new Diagnostic(place, message)));
  }

  /** Refuses what is wrong on the command line, or has no place in a file. */
  public BadInput(String message) {
    this(Place.NONE, message);
  }

  /** Returns the reasons, at least one. */
  public List<Diagnostic> diagnostics() {
    return diagnostics;
  }

  /** One line: the place, what is wrong in lower case, and the next step. */
  public record Diagnostic(Place place, String message) {

    /** Creates a line without a place. */
    public Diagnostic(String message) {
      this(Place.NONE, message);
    }

    /**
     * Returns the line in the form that compilers have, so that editors find the place: {@code
     * torc.yaml:3:5: warning: …}; without a place it begins with the word.
     *
     * @param word how bad it is, with a colon, perhaps in color
     */
    public String line(String word) {
      String at = place.toString();
      return (at.isEmpty() ? "" : SafeText.message(at) + ": ")
          + word
          + " "
          + SafeText.message(message);
    }

    @Override
    public String toString() {
      return place.toString().isEmpty() ? message : place + ": " + message;
    }
  }

  /**
   * Takes warnings for people, about a place in a file or without one. The place stays apart from
   * the text until the line is written, since it stands before the word that says how bad it is.
   */
  @FunctionalInterface
  public interface Warnings extends Consumer<String> {

    void take(Diagnostic said);

    /** Takes a warning without a place. */
    @Override
    default void accept(String text) {
      take(new Diagnostic(text));
    }
  }
}
