package dev.torc.front.ask;

import dev.torc.base.text.SafeText;
import dev.torc.core.model.Workflow.LeftOutJob;
import dev.torc.front.show.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Stream;

/** How answers show the jobs whose condition does not hold, which have no verdict. */
final class LeftOutLines {

  private LeftOutLines() {}

  /**
   * Returns the reason of each job by its name. More than ten instances of a group with the same
   * reason share one entry unless each is wanted ({@code all}).
   */
  static Map<String, String> of(SortedMap<String, LeftOutJob> jobs, boolean all) {
    Map<String, List<String>> alike = new LinkedHashMap<>();
    jobs.forEach(
        (name, job) -> {
          String group = job.job().group();
          String key = all || group == null ? "job " + name : group + "\n" + job.why();
          alike.computeIfAbsent(key, _ -> new ArrayList<>()).add(name);
        });
    Map<String, String> lines = new LinkedHashMap<>();
    for (List<String> names : alike.values()) {
      LeftOutJob first = jobs.get(names.getFirst());
      String why = SafeText.message(first.why());
      if (names.size() > VerdictLine.APART) {
        lines.put(SafeText.name(first.job().group()) + " (" + names.size() + ")", why);
      } else {
        names.forEach(name -> lines.put(SafeText.name(name), why));
      }
    }
    return lines;
  }

  /** A job whose condition does not hold, in JSON. */
  record Skipped(String job, JobStanding verdict, String why) implements Json.Inline {}

  static Stream<Skipped> json(SortedMap<String, LeftOutJob> jobs) {
    return jobs.entrySet().stream()
        .map(job -> new Skipped(job.getKey(), JobStanding.SKIPPED, job.getValue().why()));
  }
}
