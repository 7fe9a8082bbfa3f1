package dev.torc.front.ask;

import dev.torc.base.text.Palette;
import dev.torc.front.session.Exit;
import java.util.List;

/** What a command found or did, as text to read or as JSON for programs. {@link Call} prints it. */
interface Answer {

  /** Returns the text for standard output: empty, or whole lines. */
  default String text(Palette palette) {
    return "";
  }

  /** Returns the lines for standard error, already made safe by {@code SafeText}. */
  default List<String> messages() {
    return List.of();
  }

  default int exit() {
    return Exit.DONE;
  }

  /** Returns the fields of the document by name, or a record that has them as its components. */
  default Object json() {
    return this;
  }
}
