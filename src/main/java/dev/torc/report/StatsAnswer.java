package dev.torc.report;

import dev.torc.machine.Amount;
import dev.torc.machine.SafeText;
import dev.torc.syntax.Place;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * What {@code torc stats} says: what jobs and groups used of what they ask for, and what they
 * should ask for, with the place where it stands. Where several jobs share the place, as with a
 * class, it is asked for the one that uses most.
 *
 * @param jobs in order
 */
public record StatsAnswer(List<JobUse> jobs) implements Answer {

  /** Names of jobs that share a place and are told; of more, how many. */
  private static final int NAMES = 3;

  private static final List<String> TITLES =
      List.of("job", "longest", "cpus", "memory", "read", "written", "waited");

  /** An advice for all jobs whose resources stand in one place. */
  private record Shared(Place place, String names, ResourceAdvice advice) {}

  @Override
  public String text(Palette palette) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(TITLES);
    jobs.forEach(use -> rows.add(line(use)));
    String table = TextTable.of(rows, 1);
    int titles = table.indexOf('\n');
    StringBuilder text = new StringBuilder(palette.dim(table.substring(0, titles)));
    text.append(table, titles, table.length());
    List<Shared> advices = advices();
    if (!advices.isEmpty()) {
      text.append('\n');
    }
    for (Shared each : advices) {
      ResourceAdvice advice = each.advice;
      text.append(each.place)
          .append(": ")
          .append(each.names)
          .append(' ')
          .append(advice.why())
          .append("; ")
          .append(palette.bold(advice.key() + ": " + advice.value()))
          .append('\n');
    }
    return text.toString();
  }

  private static List<String> line(JobUse use) {
    String name = SafeText.name(use.name());
    if (use.isGroup()) {
      name +=
          " ("
              + (use.measured() < use.instances() ? use.measured() + " of " : "")
              + use.instances()
              + ")";
    }
    if (use.measured() == 0) {
      return List.of(name, "-", "-", "-", "-", "-", "-");
    }
    long runtime = use.asked().runtime();
    long memory = use.asked().memory();
    String cpus = use.cpus() < 0 ? "-" : ResourceAdvice.cpus(use.cpus());
    return List.of(
        name,
        Amount.time(use.wall()) + (runtime > 0 ? " of " + Amount.time(runtime) : ""),
        cpus + " of " + use.asked().cpus(),
        size(use.memory(), memory) + (memory > 0 ? " of " + Amount.size(memory, memory) : ""),
        size(use.read(), 0),
        size(use.written(), 0),
        Amount.time(use.queued()));
  }

  private static String size(long bytes, long asked) {
    return bytes < 0 ? "-" : Amount.size(bytes, asked);
  }

  private List<Shared> advices() {
    Map<Place, List<JobUse>> places = new LinkedHashMap<>();
    for (JobUse use : jobs) {
      if (use.measured() > 0 && use.asked().place().line() > 0) {
        places.computeIfAbsent(use.asked().place(), _ -> new ArrayList<>()).add(use);
      }
    }
    List<Shared> advices = new ArrayList<>();
    places.forEach(
        (place, uses) -> {
          JobUse all = uses.getFirst();
          for (JobUse use : uses.subList(1, uses.size())) {
            all = all.plus(use);
          }
          for (ResourceAdvice advice : ResourceAdvice.of(all)) {
            advices.add(new Shared(place, names(uses), advice));
          }
        });
    return advices;
  }

  private static String names(List<JobUse> uses) {
    StringJoiner names = new StringJoiner(", ");
    uses.stream().limit(NAMES).forEach(use -> names.add(SafeText.name(use.name())));
    return names + (uses.size() > NAMES ? " and " + (uses.size() - NAMES) + " more" : "");
  }

  @Override
  public void json(JsonWriter out) {
    out.objects(
        "jobs",
        jobs,
        use -> {
          out.text(use.isGroup() ? "group" : "job", use.name());
          if (use.isGroup()) {
            out.number("instances", use.instances());
          }
          out.number("measured", use.measured())
              .object("asked", true, () -> asked(out, use))
              .object("used", use.measured() > 0, () -> used(out, use));
        });
    out.objects(
        "advice",
        advices(),
        each ->
            out.text("place", each.place.toString())
                .text("jobs", each.names)
                .text("key", each.advice.key())
                .text("value", each.advice.value())
                .text("why", each.advice.why()));
  }

  private static void asked(JsonWriter out, JobUse use) {
    out.number("cpus", use.asked().cpus())
        .number("memory", use.asked().memory(), use.asked().memory() > 0)
        .number("gpus", use.asked().gpus())
        .seconds("runtime", use.asked().runtime() > 0 ? use.asked().runtime() : -1);
  }

  private static void used(JsonWriter out, JobUse use) {
    out.seconds("seconds", use.wall())
        .number("cpu_percent", use.cpus(), use.cpus() >= 0)
        .number("cpu_percent_most", use.most(), use.most() >= 0)
        .number("gpu_percent_most", use.gpu(), use.gpu() >= 0)
        .number("memory", use.memory(), use.memory() >= 0)
        .number("read", use.read(), use.read() >= 0)
        .number("written", use.written(), use.written() >= 0)
        .seconds("queued", use.queued());
  }
}
