package dev.torc.ask;

import dev.torc.session.Exit;
import dev.torc.text.Palette;
import java.util.List;

/**
 * What a command found out or did, ready to be read: by people, or by programs. {@link Call} prints
 * it.
 */
interface Answer {

  /** The text for standard output; each line has its line feed. There may be none. */
  default String text(Palette palette) {
    return "";
  }

  /** The harmless lines for people that stand beside the text, on standard error. */
  default List<String> beside() {
    return List.of();
  }

  /** The exit status of the command. */
  default int exit() {
    return Exit.DONE;
  }

  /** The fields of the document by name, or a record that has them as its components. */
  default Object json() {
    return this;
  }
}
