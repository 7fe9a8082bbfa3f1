package dev.torc.report;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;

/**
 * What {@code torc log} says beside the logs themselves.
 *
 * @param target as given on the command line
 * @param logs where the logs of the last runs are, by job; null for a job that has none
 */
public record LogAnswer(String target, SequencedMap<String, Path> logs) implements Answer {

  @Override
  public String text(Palette palette) {
    StringBuilder out = new StringBuilder();
    logs.values().stream().filter(Objects::nonNull).forEach(log -> out.append(log).append('\n'));
    return out.toString();
  }

  @Override
  public void json(JsonWriter out) {
    boolean one = logs.size() == 1;
    out.text("job", one ? logs.firstEntry().getKey() : target)
        .text("log", one ? text(logs.firstEntry().getValue()) : null)
        .objects("logs", logs.entrySet(), log -> log(out, log));
  }

  private static void log(JsonWriter out, Map.Entry<String, Path> log) {
    out.text("job", log.getKey()).text("log", text(log.getValue()));
  }

  private static String text(Path log) {
    return log == null ? null : log.toString();
  }
}
