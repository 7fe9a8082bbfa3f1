package dev.torc.features.remarks;

import dev.torc.base.machine.InstalledTorc;
import dev.torc.base.text.SafeText;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The patterns and sentences of remarks about commands and failures: {@code torc.remarks.txt},
 * whose head describes the rows. It is read before the first remark, never in a build in which
 * nothing runs.
 */
final class RemarkTable {

  /** Where a pattern is searched. */
  enum In {
    BARE,
    ODD,
    TEXT,
    ENV,
    EXPANSION,
    WORD,
    LOG,
    FAILED
  }

  /** What must hold besides the pattern. */
  enum If {
    ALWAYS,
    UNSET,
    NO_PROGRAM,
    CLOSED,
    PIPEFAIL,
    SEVERAL,
    OWN
  }

  private static final Set<String> KEYS =
      Set.of("row in shell pattern command unless if says also hit miss".split(" "));

  private static final Map<In, List<Row>> ROWS = read();

  private RemarkTable() {}

  static List<Row> rows(In in) {
    return ROWS.get(in);
  }

  /**
   * A pattern and a sentence; {@code command} and {@code unless} are null if any text will do, and
   * {@code shells} is empty for all shells.
   */
  record Row(
      Map<String, List<String>> keys,
      In in,
      Set<String> shells,
      Pattern pattern,
      Pattern command,
      Pattern unless) {

    Row(Map<String, List<String>> keys) {
      this(
          keys,
          In.valueOf(keys.get("in").getFirst().toUpperCase(Locale.ROOT)),
          keys.containsKey("shell") ? Set.of(keys.get("shell").getFirst().split(" ")) : Set.of(),
          pattern(keys, "pattern"),
          pattern(keys, "command"),
          pattern(keys, "unless"));
    }

    private static Pattern pattern(Map<String, List<String>> keys, String key) {
      return keys.containsKey(key) ? Pattern.compile(keys.get(key).getFirst()) : null;
    }

    private String value(String key, String otherwise) {
      return keys.getOrDefault(key, List.of(otherwise)).getFirst();
    }

    String name() {
      return value("row", "");
    }

    If when() {
      return If.valueOf(value("if", "always").toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /**
     * Returns what the pattern finds in a text: null if the row does not hold.
     *
     * @param shell the name of the command's shell; empty without one
     * @param all the text of the command
     */
    Matcher find(String text, String shell, String all) {
      Matcher found = pattern.matcher(text);
      boolean whole = in == In.EXPANSION || in == In.WORD || in == In.ENV;
      return (shells.isEmpty() || shells.contains(shell))
              && (whole ? found.matches() : found.find())
              && (command == null || command.matcher(all).find())
              && (unless == null || !unless.matcher(all).find())
          ? found
          : null;
    }

    /** Returns the sentence about what was found; empty for a row without one. */
    String says(Matcher found, String shell) {
      return filled("says", found, shell);
    }

    /** Returns what to append to the sentence of an earlier row of the same name. */
    String also(Matcher found, String shell) {
      return filled("also", found, shell);
    }

    private String filled(String key, Matcher found, String shell) {
      String filled = value(key, "").replace("{shell}", shell);
      for (int i = 0; i <= found.groupCount(); i++) {
        String group = found.group(i) == null ? "" : found.group(i);
        filled =
            filled.replace("{" + i + "}", SafeText.name(group.replace(CommandWords.QUOTED, '"')));
        if (!group.isEmpty()) {
          filled = filled.replace("{" + i + " code}", "U+%04X".formatted(group.codePointAt(0)));
        }
      }
      return filled;
    }
  }

  private static Map<In, List<Row>> read() {
    List<Map<String, List<String>>> rows = new ArrayList<>();
    for (String line : InstalledTorc.rows("torc.remarks.txt")) {
      String[] words = line.split(" +", 2);
      if (!KEYS.contains(words[0])) {
        throw new IllegalStateException("unknown key of a row: " + words[0]);
      } else if (words[0].equals("row")) {
        rows.add(new HashMap<>());
      }
      rows.getLast().computeIfAbsent(words[0], _ -> new ArrayList<>(1)).add(words[1]);
    }
    Map<In, List<Row>> all = new EnumMap<>(In.class);
    for (In in : In.values()) {
      all.put(in, rows.stream().map(Row::new).filter(row -> row.in() == in).toList());
    }
    return all;
  }
}
