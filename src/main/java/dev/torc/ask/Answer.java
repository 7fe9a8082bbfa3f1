package dev.torc.ask;

import dev.torc.session.Exit;
import dev.torc.text.Palette;
import java.util.List;

/**
 * What a command found out or did, as text for people or as JSON for programs. {@link Call} prints
 * it.
 */
interface Answer {

  /** Returns the text for standard output; each line ends with a line feed. It may be empty. */
  default String text(Palette palette) {
    return "";
  }

  /**
   * Returns the lines for people that go to standard error, harmless as {@code SafeText} makes
   * them.
   */
  default List<String> beside() {
    return List.of();
  }

  /** Returns the exit status of the command. */
  default int exit() {
    return Exit.DONE;
  }

  /** Returns the fields of the document by name, or a record that has them as its components. */
  default Object json() {
    return this;
  }
}
