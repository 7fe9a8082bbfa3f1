package dev.torc.engine;

import dev.torc.engine.Attempt.AttemptFailure;
import dev.torc.records.JobResult.StoredValue;
import dev.torc.workflow.Ref;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * Reads the values that a job stores in the file of {@code TORC_OUTPUT}, in the form that GitHub's
 * workflows have for outputs: {@code key=value}, or {@code key<<EOF}, lines, {@code EOF}. It does
 * not read the values as JSON.
 */
final class ValueLines {

  private static final String HINT = "write key=value, or key<<EOF, lines and EOF";

  private ValueLines() {}

  /**
   * The values in the order of their keys' first lines; the last one of a key counts.
   *
   * @throws AttemptFailure for a line that is neither
   */
  static List<StoredValue> read(LinesFile file, List<String> lines) {
    SequencedMap<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.isBlank()) {
        continue;
      }
      int equals = line.indexOf('=');
      int open = line.indexOf("<<");
      boolean block = open >= 0 && (equals < 0 || open < equals);
      int end = block ? open : equals;
      if (end < 0 || !Ref.OfData.isKey(line.substring(0, end))) {
        throw file.unreadable(line, HINT);
      }
      String value = line.substring(end + 1);
      if (block) {
        String delimiter = line.substring(open + 2);
        int close = i + 1;
        while (close < lines.size() && !lines.get(close).equals(delimiter)) {
          close++;
        }
        if (delimiter.isEmpty() || close == lines.size()) {
          throw file.unreadable(
              line, delimiter.isEmpty() ? HINT : "no line " + delimiter + " ends it");
        }
        value = String.join("\n", lines.subList(i + 1, close));
        i = close;
      }
      values.put(line.substring(0, end), value);
    }
    List<StoredValue> data = new ArrayList<>(values.size());
    values.forEach((key, value) -> data.add(new StoredValue(key, value)));
    return data;
  }
}
