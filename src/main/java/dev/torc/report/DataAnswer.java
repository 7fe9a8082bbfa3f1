package dev.torc.report;

import dev.torc.cache.StoredValue;
import dev.torc.machine.SafeText;
import dev.torc.syntax.JsonText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * What {@code torc data} says.
 *
 * @param fixed the values of the data section, as JSON, by name
 * @param stored those that jobs stored, by job
 */
public record DataAnswer(Map<String, String> fixed, SequencedMap<String, List<StoredValue>> stored)
    implements Answer {

  @Override
  public String text(Palette palette) {
    StringBuilder out = new StringBuilder();
    fixed.forEach((key, value) -> line(out, key, value));
    stored.forEach(
        (job, values) -> values.forEach(value -> line(out, job + "." + value.key(), value.text())));
    return out.toString();
  }

  private static void line(StringBuilder out, String name, String value) {
    out.append(SafeText.name(name)).append('=').append(SafeText.line(value)).append('\n');
  }

  private record Value(String job, String key, String json) {}

  @Override
  public void json(JsonWriter out) {
    List<Value> all = new ArrayList<>();
    fixed.forEach((key, value) -> all.add(new Value(null, key, value)));
    stored.forEach(
        (job, values) ->
            values.forEach(
                value -> all.add(new Value(job, value.key(), JsonText.of(value.text())))));
    out.objects(
        "data",
        all,
        value -> out.text("job", value.job).text("key", value.key).value("value", value.json));
  }
}
