package dev.torc.report;

import dev.torc.machine.Amount;
import dev.torc.machine.SafeText;
import dev.torc.workflow.SharedEntry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What {@code torc store} says: where earlier results are, how much they take, and whose they are.
 *
 * @param folder of the local store, whether it is there or not
 * @param bytes of all that is in it
 * @param unnamed those of them that no result has
 * @param bound null where the build file is refused, so that nobody knows it
 * @param shared the stores that others use too, as the build file names them
 * @param jobs that have results there; sorted here, the largest first
 */
public record StoreAnswer(
    Path folder, long bytes, long unnamed, Bound bound, List<SharedEntry> shared, List<Job> jobs)
    implements Answer {

  private static final List<String> TITLES = List.of("job", "results", "size", "used");

  /**
   * How much the store may take.
   *
   * @param said whether the build file says it
   */
  public record Bound(long bytes, boolean said) {}

  /**
   * A job with results in the store. The times, in milliseconds since 1970, are when a result was
   * stored or restored last.
   *
   * @param bytes that the results have there
   * @param first of the result that was not used for longest
   * @param last of the one that was used last
   */
  public record Job(String name, int results, long bytes, long first, long last) {}

  public StoreAnswer {
    Comparator<Job> largest = Comparator.comparingLong(Job::bytes).reversed();
    jobs = jobs.stream().sorted(largest.thenComparing(Job::name)).toList();
  }

  private int results() {
    return jobs.stream().mapToInt(Job::results).sum();
  }

  private long first() {
    return jobs.stream().mapToLong(Job::first).min().orElse(0);
  }

  private long last() {
    return jobs.stream().mapToLong(Job::last).max().orElse(0);
  }

  @Override
  public String text(Palette palette) {
    StringBuilder text = new StringBuilder();
    String where = SafeText.name(folder.toString());
    if (jobs.isEmpty()) {
      text.append(bytes == 0 ? "nothing is" : "no result is")
          .append(" stored in ")
          .append(where)
          .append('\n');
    } else {
      text.append(Amount.count(results(), "result"))
          .append(" of ")
          .append(Amount.count(jobs.size(), "job"))
          .append(", ")
          .append(Amount.size(bytes))
          .append(" in ")
          .append(where)
          .append('\n');
    }
    text.append(limit());
    shared.forEach(store -> text.append(shared(store)).append('\n'));
    if (unnamed > 0) {
      text.append(Amount.size(unnamed))
          .append(" there belong to no result; `torc store --prune` takes them away\n");
    }
    if (!jobs.isEmpty()) {
      text.append("used from %s to %s\n".formatted(TimeText.local(first()), TimeText.local(last())))
          .append('\n')
          .append(table(palette));
    }
    return text.toString();
  }

  private static String shared(SharedEntry store) {
    String name = "shared: " + SafeText.name(store.name());
    if (store.url() == null) {
      return name + (store.group() == null ? "" : ", of group " + SafeText.name(store.group()));
    }
    return "%s, %s trusted, %s"
        .formatted(
            name,
            Amount.count(store.trust().size(), "key"),
            store.key() == null
                ? "nothing is sent there"
                : "signed by " + SafeText.name(store.key()) + ", which is trusted too");
  }

  private String limit() {
    if (bound == null) {
      return "";
    }
    if (bound.said && bound.bytes == 0) {
      return "nothing is kept: the build file says stores: {keep: 0}\n";
    }
    return "%s at most, %s\n"
        .formatted(
            Amount.size(bound.bytes),
            bound.said
                ? "by stores: {keep} of the build file"
                : "5 GiB or a twentieth of the free disk; stores: {keep: SIZE} says otherwise");
  }

  private String table(Palette palette) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(TITLES);
    for (Job job : jobs) {
      rows.add(
          List.of(
              SafeText.name(job.name),
              Integer.toString(job.results),
              Amount.size(job.bytes),
              TimeText.local(job.last)));
    }
    String table = TextTable.of(rows, 1);
    int titles = table.indexOf('\n');
    return palette.dim(table.substring(0, titles)) + table.substring(titles);
  }

  @Override
  public void json(JsonWriter out) {
    boolean any = !jobs.isEmpty();
    out.object(
        "local",
        true,
        () ->
            out.text("folder", folder.toString())
                .number("results", results())
                .number("bytes", bytes)
                .number("unnamed", unnamed)
                .number("keep", bound == null ? 0 : bound.bytes, bound != null)
                .flag("keep_said", bound != null && bound.said)
                .text("first_used", any ? TimeText.iso(first()) : null)
                .text("last_used", any ? TimeText.iso(last()) : null));
    out.objects(
        "shared",
        shared,
        store ->
            out.text("path", store.path())
                .text("group", store.group())
                .text("url", store.url())
                .text("key", store.key())
                .texts("trust", store.trust()));
    out.objects(
        "jobs",
        jobs,
        job ->
            out.text("job", job.name)
                .number("results", job.results)
                .number("bytes", job.bytes)
                .text("first_used", TimeText.iso(job.first))
                .text("last_used", TimeText.iso(job.last)));
  }
}
