package dev.torc.report;

import dev.torc.cache.BuildRecord;
import dev.torc.machine.SafeText;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code torc history} says of builds, newest first.
 *
 * @param working the id of the build that is at work; empty for none
 * @param usual the build files of most builds, which are not told by each
 * @param more whether there are earlier ones
 */
public record HistoryAnswer(
    List<BuildRecord> builds, String working, List<String> usual, boolean more) implements Answer {

  @Override
  public String text(Palette palette) {
    if (builds.isEmpty()) {
      return "no build yet\n";
    }
    List<List<String>> rows = new ArrayList<>();
    for (BuildRecord build : builds) {
      BuildLine line = new BuildLine(build, working);
      boolean told = build.files().isEmpty() || build.files().equals(usual);
      rows.add(
          List.of(
              Long.toString(build.id().number()),
              line.started(),
              line.end(),
              line.time(),
              line.counts(),
              told ? "" : "-f " + SafeText.line(String.join(" -f ", build.files()))));
    }
    return TextTable.of(rows);
  }

  @Override
  public void json(JsonWriter out) {
    out.objects(
            "builds",
            builds,
            build -> {
              new BuildLine(build, working).json(out);
              out.flag("at_work", build.nanos() < 0 && build.id().id().equals(working))
                  .texts("files", build.files());
            })
        .flag("earlier", more);
  }
}
