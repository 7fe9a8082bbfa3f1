package dev.torc.front.ask;

import dev.torc.base.text.Amount;
import dev.torc.base.text.Palette;
import dev.torc.base.text.SafeText;
import dev.torc.core.memory.BuildRecord.StoreUse;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.JobResult.Origin;
import dev.torc.core.model.Workflow.Stores;
import dev.torc.core.model.Workflow.Stores.SharedEntry;
import dev.torc.features.stores.LocalStore;
import dev.torc.features.stores.Result;
import dev.torc.features.stores.StoreContents;
import dev.torc.features.stores.StoreContents.HeldResult;
import dev.torc.front.project.ProjectFolder;
import dev.torc.front.show.AttemptText;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/**
 * {@code torc store}: where earlier results are, how much space they take, and which jobs made
 * them. It changes nothing (rule 10); if the build file is refused, it works from the records.
 * {@link StoreUpkeep} removes results.
 *
 * @param shared the shared stores that the build file names
 * @param use how the last builds used all stores
 * @param jobs the jobs that have results in the local store, the largest first
 */
record StoreAnswer(Local local, List<Shared> shared, Use use, List<Job> jobs) implements Answer {

  /** How many of the newest builds {@link Use} covers. */
  private static final int BUILDS = 100;

  private static final List<String> TITLES = List.of("job", "results", "size", "used");

  /**
   * The store of the project. A result counts as used when it is stored and when it is restored.
   *
   * @param folder the path of the store, which may not exist
   * @param unnamed bytes in the store that belong to no result
   * @param keep the limit in bytes; null if it is unknown because the build file is refused
   * @param keepSaid whether the build file sets the limit
   */
  private record Local(
      Path folder,
      int results,
      long bytes,
      long unnamed,
      Long keep,
      boolean keepSaid,
      Instant firstUsed,
      Instant lastUsed) {}

  private record Shared(
      String path, String group, Long keep, String url, String key, List<String> trust) {
    static Shared of(SharedEntry of) {
      Long keep = of.keep() == Stores.UNSAID ? null : of.keep();
      return new Shared(of.path(), of.group(), keep, of.url(), of.key(), of.trust());
    }
  }

  /**
   * How often the stores had a result that a build asked for. {@code builds} counts the builds that
   * asked for any.
   */
  private record Use(int builds, int misses, List<StoreUse.StoreHits> hits) {
    static Use of(Cache cache) {
      List<StoreUse> uses =
          cache.builds(BUILDS).stream().map(b -> b.end().use()).filter(u -> !u.isNone()).toList();
      StoreUse sum = StoreUse.sum(uses);
      return new Use(uses.size(), sum.misses(), sum.places());
    }

    String text() {
      if (builds == 0) {
        return "";
      }
      StringJoiner text = new StringJoiner(", ", "", "\n");
      for (StoreUse.StoreHits each : hits) {
        String where = each.store().isEmpty() ? "here" : "in " + SafeText.name(each.store());
        String size = Amount.size(each.bytes());
        text.add("%s %s (%s)".formatted(Amount.count(each.hits(), "hit"), where, size));
      }
      text.add(misses == 1 ? "1 miss" : misses + " misses");
      return (builds == 1 ? "last build: " : "last " + builds + " builds: ") + text;
    }
  }

  /** A job's results in the local store: how many, and the earliest and latest use of one. */
  private record Job(String job, int results, long bytes, Instant firstUsed, Instant lastUsed) {
    static Job of(String job, List<HeldResult> held, StoreContents contents) {
      Instant first = Instant.ofEpochMilli(held.getFirst().used());
      Instant last = Instant.ofEpochMilli(held.getLast().used());
      return new Job(job, held.size(), contents.bytes(held), first, last);
    }
  }

  /** Performs the requested action; without one, describes the store of the project. */
  static Answer of(Call call) throws IOException {
    if (!StoreUpkeep.actions(call).isEmpty()) {
      return StoreUpkeep.of(call);
    } else if (call.has("--dry-run")) {
      throw Call.usage("-n: showing changes nothing; give it with --prune, --clear or --verify");
    }
    List<String> wanted = call.targets();
    ProjectFolder folder = call.folder();
    try (Cache cache = Cache.look(folder.place(), call::warn)) {
      StoreContents contents = StoreContents.of(cache);
      return wanted.isEmpty()
          ? all(folder, cache, contents)
          : results(folder, cache, contents, wanted);
    }
  }

  private static StoreAnswer all(ProjectFolder folder, Cache cache, StoreContents contents)
      throws IOException {
    List<Job> jobs = new ArrayList<>();
    contents.results().stream()
        .collect(Collectors.groupingBy(each -> each.result().job()))
        .forEach((job, held) -> jobs.add(Job.of(job, held, contents)));
    jobs.sort(Comparator.comparingLong(Job::bytes).reversed().thenComparing(Job::job));
    Stores said = folder.project() == null ? null : folder.project().workflow().settings().stores();
    Local local =
        new Local(
            folder.place().store(),
            contents.results().size(),
            contents.bytes(),
            contents.unnamed(),
            said == null ? null : new LocalStore(cache, said.keep(), false).bound(),
            said != null && said.keep() >= 0,
            jobs.stream().map(Job::firstUsed).min(Comparator.naturalOrder()).orElse(null),
            jobs.stream().map(Job::lastUsed).max(Comparator.naturalOrder()).orElse(null));
    List<SharedEntry> shared = said == null ? List.of() : said.shared();
    return new StoreAnswer(local, shared.stream().map(Shared::of).toList(), Use.of(cache), jobs);
  }

  private static Results results(
      ProjectFolder folder, Cache cache, StoreContents contents, List<String> wanted) {
    List<String> names = contents.results().stream().map(each -> each.result().job()).toList();
    JobQuery asked = JobQuery.of(folder, wanted, names, cache);
    List<Stored> told =
        contents.results().reversed().stream()
            .filter(each -> asked.has(each.result().job()))
            .map(Stored::of)
            .toList();
    return new Results(String.join(", ", wanted), told);
  }

  @Override
  public String text(Palette palette) {
    StringBuilder text = new StringBuilder();
    String where = SafeText.name(local.folder.toString());
    String results = Amount.count(local.results, "result");
    String of = Amount.count(jobs.size(), "job");
    String none = local.bytes == 0 ? "nothing is stored" : "no result is stored";
    String size = Amount.size(local.bytes);
    text.append(jobs.isEmpty() ? none : "%s of %s, %s".formatted(results, of, size))
        .append(" in " + where + "\n" + limit());
    shared.forEach(store -> text.append(shared(store)).append('\n'));
    text.append(use.text());
    if (local.unnamed > 0) {
      String next = " there belong to no result; `torc store --prune` takes them away\n";
      text.append(Amount.size(local.unnamed)).append(next);
    }
    if (!jobs.isEmpty()) {
      List<List<String>> rows = new ArrayList<>(List.of(TITLES));
      for (Job job : jobs) {
        String bytes = Amount.size(job.bytes);
        rows.add(List.of(SafeText.name(job.job), "" + job.results, bytes, time(job.lastUsed)));
      }
      text.append("used from %s to %s\n\n".formatted(time(local.firstUsed), time(local.lastUsed)))
          .append(TextTable.titled(rows, 1, palette));
    }
    return text.toString();
  }

  private static String time(Instant moment) {
    return Amount.localTime(moment.toEpochMilli());
  }

  private static String shared(Shared store) {
    if (store.url == null) {
      String group = store.group == null ? "" : ", of group " + SafeText.name(store.group);
      String keep = store.keep == null ? "" : ", " + Amount.size(store.keep) + " at most";
      return "shared: " + SafeText.name(store.path) + group + keep;
    }
    String key = store.key == null ? "" : SafeText.name(store.key);
    String signed = "signed by " + key + ", which is trusted too";
    String keys = Amount.count(store.trust.size(), "key");
    return "shared: %s, %s trusted, %s"
        .formatted(
            SafeText.name(store.url), keys, key.isEmpty() ? "nothing is sent there" : signed);
  }

  private String limit() {
    if (local.keep == null) {
      return "";
    }
    if (local.keepSaid && local.keep == 0) {
      return "nothing is stored: the build file says stores: {keep: 0}\n";
    }
    String usual = "the smaller of 5 GiB and 5 % of free disk";
    String by = local.keepSaid ? "stores.keep of the build file" : usual;
    return "limit %s (%s); change with stores.keep\n".formatted(Amount.size(local.keep), by);
  }

  /**
   * Where a result's bytes are, in this order: all in the store; some only in the product files;
   * some nowhere.
   */
  private enum State {
    STORED,
    IN_PLACE,
    GONE
  }

  private record Stored(
      String job, Origin from, long bytes, int files, Instant lastUsed, State state) {
    static Stored of(HeldResult held) {
      Result of = held.result();
      Instant used = Instant.ofEpochMilli(held.used());
      State there = held.standing() ? State.IN_PLACE : State.STORED;
      State state = held.lacks().isEmpty() ? there : State.GONE;
      return new Stored(of.job(), of.origin(), of.size(), of.terms().files(), used, state);
    }
  }

  /**
   * The earlier results of jobs, the most recently used first. {@code asked} has the targets as on
   * the command line.
   */
  private record Results(String asked, List<Stored> results) implements Answer {

    private static final List<String> TITLES =
        List.of("job", "made", "by", "size", "files", "used", "bytes");

    @Override
    public String text(Palette palette) {
      if (results.isEmpty()) {
        return "no result of " + SafeText.name(asked) + " is stored\n";
      }
      List<List<String>> rows = new ArrayList<>(List.of(TITLES));
      for (Stored each : results) {
        String bytes =
            switch (each.state) {
              case STORED -> "in the store";
              case IN_PLACE -> "in their place";
              case GONE -> "gone";
            };
        String made = Amount.localTime(each.from.started());
        String size = Amount.size(each.bytes);
        String used = time(each.lastUsed);
        String job = SafeText.name(each.job);
        rows.add(
            List.of(job, made, AttemptText.origin(each.from), size, "" + each.files, used, bytes));
      }
      return TextTable.titled(rows, Integer.MAX_VALUE, palette);
    }

    @Override
    public Object json() {
      return Map.of("results", results);
    }
  }
}
