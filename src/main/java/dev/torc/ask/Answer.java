package dev.torc.ask;

import dev.torc.session.Exit;
import dev.torc.show.Json;
import dev.torc.show.Palette;
import dev.torc.syntax.BadInput;
import java.io.IOException;
import java.io.Writer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a command found out or did, ready to be read: by people, or by programs. */
public interface Answer {

  /** The text for standard output; each line has its line feed. */
  String text(Palette palette);

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

  /**
   * Writes the one JSON document of the command, on a line.
   *
   * @param refused why the build file is refused where the records alone answer; else null
   */
  default void write(Writer to, BadInput refused) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("version", Json.VERSION);
    all.putAll(Json.fields(json()));
    if (refused != null) {
      all.put("errors", Json.places(refused.diagnostics()));
    }
    Json.write(all, to);
  }

  /** Writes what a command says in place of all else where its build file is refused. */
  static void refuse(BadInput refused, Writer to) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>(Map.of("event", "refused"));
    all.put("version", Json.VERSION);
    all.put("errors", Json.places(refused.diagnostics()));
    Json.write(all, to);
  }
}
