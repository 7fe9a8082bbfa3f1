package dev.torc.report;

import java.nio.file.Path;

/**
 * What {@code torc log} says beside the log itself.
 *
 * @param log where the log of the job's last run is; null where there is none
 */
public record LogAnswer(String job, Path log) implements Answer {

  @Override
  public String text(Palette palette) {
    return log + "\n";
  }

  @Override
  public void json(JsonWriter out) {
    out.text("job", job).text("log", log == null ? null : log.toString());
  }
}
