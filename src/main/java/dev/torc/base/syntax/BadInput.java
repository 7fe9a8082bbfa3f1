package dev.torc.base.syntax;

import dev.torc.base.text.SafeText;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Reports invalid user input with one or more diagnostics; torc then exits with status 2. When it
 * is thrown, nothing has been started or written.
 */
public final class BadInput extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient List<Diagnostic> diagnostics;

  public BadInput(List<Diagnostic> diagnostics) {
    super(diagnostics.stream().map(Diagnostic::toString).collect(Collectors.joining("\n")));
    this.diagnostics = List.copyOf(diagnostics);
  }

  public BadInput(Place place, String message) {
    this(List.of(new Diagnostic(place, message)));
  }

  /** Reports a mistake on the command line, or one without a place in a file. */
  public BadInput(String message) {
    this(Place.NONE, message);
  }

  /** Throws if there are any errors. */
  public static void refuse(List<Diagnostic> errors) {
    if (!errors.isEmpty()) {
      throw new BadInput(errors);
    }
  }

  public List<Diagnostic> diagnostics() {
    return diagnostics;
  }

  /** One line: the place, what is wrong in lower case, and what to do next. */
  public record Diagnostic(Place place, String message) {

    public Diagnostic(String message) {
      this(Place.NONE, message);
    }

    /**
     * Returns the line as compilers write it, so that editors find the place: {@code torc.yaml:3:5:
     * warning: …}. {@code word} is the severity with a colon, possibly in color.
     */
    public String line(String word) {
      String at = place.toString();
      String before = at.isEmpty() ? "" : SafeText.message(at) + ": ";
      return before + word + " " + SafeText.message(message);
    }

    @Override
    public String toString() {
      return place.toString().isEmpty() ? message : place + ": " + message;
    }
  }

  /**
   * Receives warnings. The place and the text are separate until the line is written, because
   * {@code warning:} comes between them.
   */
  @FunctionalInterface
  public interface Warnings extends Consumer<String> {

    void take(Diagnostic said);

    @Override
    default void accept(String text) {
      take(new Diagnostic(text));
    }
  }
}
