package dev.torc.cli;

import dev.torc.cache.Cache;
import dev.torc.cache.StoredValue;
import dev.torc.machine.SafeText;
import dev.torc.session.Exit;
import dev.torc.session.ProjectFolder;
import dev.torc.syntax.JsonText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * {@code torc data}: the values that the jobs' last runs stored, as they wrote them, and those of
 * the data section. It works from the records where the build file is refused.
 */
final class DataCommand extends Command {

  private final List<String> targets = new ArrayList<>();

  private final List<String> jobs = new ArrayList<>();

  @Override
  String description() {
    return "print the values that jobs stored";
  }

  @Override
  void declare(Options options) {
    options.words("JOB", "jobs or groups; all without one", 0, targets::add);
    options.value("--job", "JOB", "the same", jobs::add);
  }

  @Override
  int run(Console console) throws IOException {
    ProjectFolder site = site(console, false).withoutResults();
    SequencedMap<String, List<StoredValue>> stored = new LinkedHashMap<>();
    try (Cache cache = Cache.look(site.place(), console::warn)) {
      cache.eachData(stored::put);
    }
    List<String> wanted = new ArrayList<>(targets);
    wanted.addAll(jobs);
    JobQuery asked = JobQuery.of(site, wanted, stored.keySet());
    stored.keySet().removeIf(job -> !shown(site, asked, job));
    Map<String, String> fixed =
        asked.all() && site.project() != null ? site.project().workflow().data() : Map.of();
    if (common.json()) {
      json(console, fixed, stored);
    } else {
      for (var value : fixed.entrySet()) {
        console.print(SafeText.name(value.getKey()) + "=" + SafeText.line(value.getValue()) + "\n");
      }
      for (var job : stored.entrySet()) {
        for (StoredValue datum : job.getValue()) {
          console.print(
              SafeText.name(job.getKey() + "." + datum.key())
                  + "="
                  + SafeText.line(datum.text())
                  + "\n");
        }
      }
    }
    return Exit.DONE;
  }

  /** Whether a job is shown: one that the build file has no longer, only where it is named. */
  private static boolean shown(ProjectFolder site, JobQuery asked, String job) {
    boolean gone = site.project() != null && site.project().graph().jobId(job) < 0;
    return asked.has(job) && !(asked.all() && gone);
  }

  private static void json(
      Console console, Map<String, String> fixed, Map<String, List<StoredValue>> stored)
      throws IOException {
    JsonPrinter.print(
        console,
        out -> {
          out.writeArrayFieldStart("data");
          for (var value : fixed.entrySet()) {
            out.writeStartObject();
            out.writeNullField("job");
            out.writeStringField("key", value.getKey());
            out.writeFieldName("value");
            out.writeRawValue(value.getValue());
            out.writeEndObject();
          }
          for (var job : stored.entrySet()) {
            for (StoredValue datum : job.getValue()) {
              out.writeStartObject();
              out.writeStringField("job", job.getKey());
              out.writeStringField("key", datum.key());
              out.writeFieldName("value");
              out.writeRawValue(JsonText.of(datum.text()));
              out.writeEndObject();
            }
          }
          out.writeEndArray();
        });
  }
}
