package dev.torc.ask;

import dev.torc.cache.Cache;
import dev.torc.cache.StoredResult;
import dev.torc.machine.Amount;
import dev.torc.machine.SafeText;
import dev.torc.report.OriginText;
import dev.torc.report.Palette;
import dev.torc.report.TimeText;
import dev.torc.session.ProjectFolder;
import dev.torc.store.KeptResults;
import dev.torc.store.StoreContents;
import dev.torc.store.StoreContents.Held;
import dev.torc.workflow.SharedEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * {@code torc store}: where earlier results are, how much they take, and whose they are. It only
 * looks (rule 10), and works from the records where the build file is refused. What takes results
 * away is for {@link StoreUpkeep}.
 *
 * @param folder of the local store, whether it is there or not
 * @param bytes of all that is in it
 * @param unnamed those of them that no result has
 * @param keep bytes that it may take; null where the build file is refused, so that it is not known
 * @param said whether the build file says that
 * @param shared the stores that others use too, as the build file names them
 * @param jobs that have results there, the largest first
 */
public record StoreAnswer(
    Path folder,
    long bytes,
    long unnamed,
    Long keep,
    boolean said,
    List<SharedEntry> shared,
    List<Job> jobs)
    implements Answer {

  private static final List<String> TITLES = List.of("job", "results", "size", "used");

  /**
   * A job with results in the store. The times, in milliseconds since 1970, are when a result was
   * stored or restored last.
   *
   * @param bytes that the results have there
   * @param first of the result that was not used for longest
   * @param last of the one that was used last
   */
  private record Job(String name, int results, long bytes, long first, long last) {}

  /**
   * Looks at the store of a project.
   *
   * @param wanted names of jobs and groups whose results are told; none for all, job by job
   * @param warn takes a line where the cache cannot be used
   */
  public static Answer of(ProjectFolder given, List<String> wanted, Consumer<String> warn)
      throws IOException {
    ProjectFolder folder = given.withoutResults();
    try (Cache cache = Cache.look(folder.place(), warn)) {
      StoreContents contents = StoreContents.of(cache);
      return wanted.isEmpty()
          ? all(folder, cache, contents)
          : results(folder, cache, contents, wanted);
    }
  }

  private static StoreAnswer all(ProjectFolder folder, Cache cache, StoreContents contents)
      throws IOException {
    Map<String, List<Held>> jobs = new LinkedHashMap<>();
    for (Held each : contents.results()) {
      jobs.computeIfAbsent(each.result().job(), _ -> new ArrayList<>()).add(each);
    }
    List<Job> told = new ArrayList<>();
    jobs.forEach(
        (job, held) -> {
          long first = held.getFirst().result().used();
          long last = held.getLast().result().used();
          told.add(new Job(job, held.size(), contents.bytes(held), first, last));
        });
    told.sort(Comparator.comparingLong(Job::bytes).reversed().thenComparing(Job::name));
    boolean refused = folder.project() == null;
    long keep = refused ? -1 : folder.project().workflow().stores().keep();
    return new StoreAnswer(
        folder.place().store(),
        contents.bytes(),
        contents.unnamed(),
        refused ? null : Long.valueOf(new KeptResults(cache, keep, false).bound()),
        keep >= 0,
        refused ? List.of() : folder.project().workflow().stores().shared(),
        told);
  }

  private static Results results(
      ProjectFolder folder, Cache cache, StoreContents contents, List<String> wanted) {
    Set<String> names = new HashSet<>();
    cache.eachResult((job, _) -> names.add(job));
    contents.results().forEach(each -> names.add(each.result().job()));
    JobQuery asked = JobQuery.of(folder, wanted, names);
    List<Held> told = new ArrayList<>(contents.results().reversed());
    told.removeIf(each -> !asked.has(each.result().job()));
    return new Results(String.join(", ", wanted), told);
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
      text.append(bytes == 0 ? "nothing is" : "no result is").append(" stored in ").append(where);
    } else {
      String results = Amount.count(results(), "result");
      String of = Amount.count(jobs.size(), "job");
      text.append("%s of %s, %s in %s".formatted(results, of, Amount.size(bytes), where));
    }
    text.append('\n').append(limit());
    shared.forEach(store -> text.append(shared(store)).append('\n'));
    if (unnamed > 0) {
      text.append(Amount.size(unnamed))
          .append(" there belong to no result; `torc store --prune` takes them away\n");
    }
    if (!jobs.isEmpty()) {
      List<List<String>> rows = new ArrayList<>(List.of(TITLES));
      for (Job job : jobs) {
        String size = Amount.size(job.bytes);
        rows.add(
            List.of(SafeText.name(job.name), "" + job.results, size, TimeText.local(job.last)));
      }
      text.append(
          "used from %s to %s\n\n".formatted(TimeText.local(first()), TimeText.local(last())));
      text.append(TextTable.titled(rows, 1, palette));
    }
    return text.toString();
  }

  private static String shared(SharedEntry store) {
    String name = "shared: " + SafeText.name(store.name());
    if (store.url() == null) {
      return name + (store.group() == null ? "" : ", of group " + SafeText.name(store.group()));
    }
    String signed =
        store.key() == null
            ? "nothing is sent there"
            : "signed by " + SafeText.name(store.key()) + ", which is trusted too";
    String keys = Amount.count(store.trust().size(), "key");
    return "%s, %s trusted, %s".formatted(name, keys, signed);
  }

  private String limit() {
    if (keep == null) {
      return "";
    }
    if (said && keep == 0) {
      return "nothing is kept: the build file says stores: {keep: 0}\n";
    }
    String by =
        said
            ? "by stores: {keep} of the build file"
            : "5 GiB or a twentieth of the free disk; stores: {keep: SIZE} says otherwise";
    return "%s at most, %s\n".formatted(Amount.size(keep), by);
  }

  private record All(Local local, List<Place> shared, List<Of> jobs) {}

  private record Local(
      Path folder,
      int results,
      long bytes,
      long unnamed,
      Long keep,
      boolean keepSaid,
      String firstUsed,
      String lastUsed) {}

  private record Place(String path, String group, String url, String key, List<String> trust) {
    Place(SharedEntry of) {
      this(of.path(), of.group(), of.url(), of.key(), of.trust());
    }
  }

  private record Of(String job, int results, long bytes, String firstUsed, String lastUsed) {
    Of(Job of) {
      this(of.name, of.results, of.bytes, TimeText.iso(of.first), TimeText.iso(of.last));
    }
  }

  @Override
  public Object json() {
    String first = jobs.isEmpty() ? null : TimeText.iso(first());
    String last = jobs.isEmpty() ? null : TimeText.iso(last());
    return new All(
        new Local(folder, results(), bytes, unnamed, keep, said, first, last),
        shared.stream().map(Place::new).toList(),
        jobs.stream().map(Of::new).toList());
  }

  /**
   * The earlier results of jobs, those used last first.
   *
   * @param asked what was asked for, as on the command line
   */
  private record Results(String asked, List<Held> held) implements Answer {

    private static final List<String> TITLES =
        List.of("job", "made", "by", "size", "files", "used", "bytes");

    @Override
    public String text(Palette palette) {
      if (held.isEmpty()) {
        return "no result of " + SafeText.name(asked) + " is stored\n";
      }
      List<List<String>> rows = new ArrayList<>(List.of(TITLES));
      for (Held each : held) {
        StoredResult result = each.result();
        rows.add(
            List.of(
                SafeText.name(result.job()),
                TimeText.local(result.origin().time()),
                OriginText.of(result.origin()),
                Amount.size(result.details().restorable().bytes()),
                Integer.toString(result.details().restorable().files()),
                TimeText.local(result.used()),
                where(each, "gone", "in their place", "in the store")));
      }
      return TextTable.titled(rows, Integer.MAX_VALUE, palette);
    }

    /** Some bytes are nowhere any more, or stand where they stood, or all are in the store. */
    private static String where(Held held, String gone, String inPlace, String stored) {
      return !held.lacks().isEmpty() ? gone : held.standing() ? inPlace : stored;
    }

    private record Found(List<One> results) {}

    private record One(
        String job, JobFields.From from, long bytes, int files, String lastUsed, String state) {
      static One of(Held held) {
        StoredResult of = held.result();
        return new One(
            of.job(),
            JobFields.From.of(of.origin()),
            of.details().restorable().bytes(),
            of.details().restorable().files(),
            TimeText.iso(of.used()),
            where(held, "gone", "in_place", "stored"));
      }
    }

    @Override
    public Object json() {
      return new Found(held.stream().map(One::of).toList());
    }
  }
}
