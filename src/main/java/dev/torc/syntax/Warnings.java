package dev.torc.syntax;

import dev.torc.syntax.BadInput.Diagnostic;
import java.util.function.Consumer;

/**
 * Takes warnings for people, about a place in a file or without one. The place stays apart from the
 * text until the line is written, since it stands before the word that says how bad it is.
 */
@FunctionalInterface
public interface Warnings extends Consumer<String> {

  /** Takes a warning. */
  void take(Diagnostic said);

  /** Takes a warning without a place. */
  @Override
  default void accept(String text) {
    take(new Diagnostic(text));
  }
}
