package dev.torc.ask;

import dev.torc.text.Amount;
import dev.torc.text.SafeText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A graph in words, stage by stage, to be read or listened to: each job with how it stands with it
 * and what it waits for.
 */
record GraphText(GraphPicture picture) {

  /** So many are named that a job waits for; then how many more. */
  private static final int NAMED = 10;

  String text() {
    List<List<Integer>> stages = new ArrayList<>();
    for (int s = 0; s < picture.stages().count(); s++) {
      stages.add(new ArrayList<>());
    }
    for (int v = 0; v < picture.vertices().size(); v++) {
      stages.get(picture.stages().of(v)).add(v);
    }
    int jobs = picture.vertices().stream().mapToInt(v -> v.fold().jobs().size()).sum();
    StringBuilder out = new StringBuilder();
    out.append(
        "%s in %s\n".formatted(Amount.count(jobs, "job"), Amount.count(stages.size(), "stage")));
    for (int s = 0; s < stages.size(); s++) {
      out.append("stage ").append(s + 1).append(":\n");
      stages.get(s).forEach(v -> out.append("  ").append(line(v)).append('\n'));
    }
    return out.toString();
  }

  private String line(int number) {
    GraphPicture.Vertex vertex = picture.vertices().get(number);
    String after =
        SafeText.names(Arrays.stream(picture.behind(number)).mapToObj(this::name).toList(), NAMED);
    return SafeText.name(name(number))
        + (vertex.middle() ? " (asked for)" : "")
        + ": "
        + (vertex.fold().isGroup() ? vertex.counts().words() : state(vertex))
        + (after.isEmpty() ? "" : "; after " + after);
  }

  private static String state(GraphPicture.Vertex vertex) {
    String verdict = vertex.counts().verdict();
    return (verdict.equals("will_restore") ? "will be restored" : verdict.replace('_', ' '))
        + (vertex.counts().failed() > 0 ? ", failed last time" : "");
  }

  private String name(int number) {
    return picture.vertices().get(number).fold().name();
  }
}
