package dev.torc.features.forced;

import dev.torc.base.posix.OwnFile;
import dev.torc.base.text.Amount;
import dev.torc.base.text.Refusal;
import dev.torc.core.attempt.BuildSetup;
import dev.torc.core.attempt.Event;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.Reason;
import dev.torc.core.decide.Reason.Kind;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.JobResult;
import dev.torc.core.memory.JobResult.Outcome;
import dev.torc.core.model.Extra;
import dev.torc.core.model.Graph;
import dev.torc.core.run.BuildEnd;
import dev.torc.core.run.EventSender;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Forced stays forced: if a forced job ended in a build, those that the build did not reach run in
 * the next one that selects them; otherwise old and new results would mix. A file has the names of
 * the forced jobs, each with the number of its build, before the first of them starts. The records
 * tell which of them are still due: a job that ran or was adopted since has a later record. One
 * that was cleaned is taken from the file.
 */
public final class ForcedJobs implements BuildEnd {

  private static final String END = "\0"; // of an entry: a job's name may hold a line feed
  private static final Pattern ENTRY = Pattern.compile("(?s)(\\d{1,18})(?: (.+))?");

  private final CachePlace place;
  private final Cache cache;
  private final EventSender sender;
  private final BuildSetup setup;

  /** Writes the names of the jobs that this build is forced to run, besides those still due. */
  public ForcedJobs(BuildSetup setup, EventSender sender) {
    this.cache = setup.common().cache();
    this.place = cache.place();
    this.sender = sender;
    this.setup = setup;
    long build = setup.common().build().number();
    SequencedMap<String, Long> before = dueBefore();
    SequencedMap<String, Long> names = new LinkedHashMap<>(before);
    Plan plan = setup.plan();
    plan.selected(verdict -> verdict.reasons().contains(Reason.of(Kind.FORCED))).stream()
        .forEach(job -> names.put(plan.context().graph().name(job), build));
    store(names, new TreeSet<>(before.values()));
  }

  private static Path file(CachePlace place) {
    return place.folder().resolve("forced");
  }

  /** Returns whether an earlier build left a list. */
  public static boolean areAny(CachePlace place) throws IOException {
    return OwnFile.exists(file(place));
  }

  /** Takes jobs whose products were cleaned from the list; the caller holds the build lock. */
  public static void leave(CachePlace place, Predicate<String> cleaned) throws IOException {
    if (!areAny(place)) {
      return;
    }
    StringBuilder rest = new StringBuilder();
    for (String each : new String(OwnFile.read(file(place)), StandardCharsets.UTF_8).split(END)) {
      Matcher entry = ENTRY.matcher(each);
      if (entry.matches() && (entry.group(2) == null || !cleaned.test(entry.group(2)))) {
        rest.append(each).append(END);
      }
    }
    byte[] bytes = rest.toString().getBytes(StandardCharsets.UTF_8);
    OwnFile.replace(file(place), out -> out.write(bytes));
    place.giveRecords(file(place));
  }

  /** Adds the jobs that are due, each with the reason, to those that an earlier torc left. */
  public static void addReasons(CachePlace place, Cache cache, Map<String, Reason> reasons)
      throws IOException {
    if (areAny(place)) {
      due(place, cache)
          .forEach(
              (job, build) ->
                  reasons.putIfAbsent(job, new Reason(Kind.FORCED_BEFORE, "", "", "" + build)));
    }
  }

  /** Returns the jobs that are due, each with the number of the build that was forced. */
  private static SequencedMap<String, Long> due(CachePlace place, Cache cache) throws IOException {
    SequencedMap<String, Long> due = new LinkedHashMap<>();
    TreeSet<Long> begun = new TreeSet<>(); // builds in which a forced job ended
    String text = new String(OwnFile.read(file(place)), StandardCharsets.UTF_8);
    for (String each : text.split(END)) {
      Matcher entry = ENTRY.matcher(each);
      if (!entry.matches()) {
        continue; // an empty file, or one of another format
      }
      long build = Long.parseLong(entry.group(1));
      String job = entry.group(2);
      if (job == null) {
        begun.add(build);
        continue;
      }
      JobResult last = cache.result(job);
      if (last != null && cache.details(job) != null) {
        boolean since = cache.details(job).ran().build() >= build;
        if (!since) {
          due.put(job, build);
        } else if (last.outcome() != Outcome.INTERRUPTED) {
          begun.add(build);
        }
      }
    }
    due.values().retainAll(begun);
    return due;
  }

  private SequencedMap<String, Long> dueBefore() {
    try {
      return areAny(place) ? due(place, cache) : new LinkedHashMap<>();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the list. A number alone says that a forced job has ended in that build. */
  private void store(SequencedMap<String, Long> names, Set<Long> begun) {
    try {
      if (names.isEmpty()) {
        OwnFile.remove(file(place));
        return;
      }
      StringBuilder text = new StringBuilder();
      begun.forEach(each -> text.append(each).append(END));
      names.forEach((job, build) -> text.append(build).append(' ').append(job).append(END));
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      OwnFile.replace(file(place), out -> out.write(bytes));
      place.giveRecords(file(place));
    } catch (IOException e) {
      String lost = "cannot write down which jobs are forced: " + Refusal.line(e);
      sender.tell(new Event.Note(Event.Level.WARNING, lost));
    }
  }

  @Override
  public boolean readsRecords() {
    return true;
  }

  /** Says how many forced jobs are left. */
  @Override
  public boolean finish(int exit) {
    SequencedMap<String, Long> due = dueBefore();
    store(due, new TreeSet<>(due.values()));
    Graph graph = setup.plan().context().graph();
    BitSet still = graph.having(Extra.STAYS); // became frozen since: no build runs these
    due.keySet().removeIf(job -> graph.jobId(job) >= 0 && still.get(graph.jobId(job)));
    if (!due.isEmpty()) {
      String jobs = Amount.count(due.size(), "forced job");
      String first = due.firstEntry().getKey();
      String line =
          due.size() == 1
              ? jobs + " runs next time; torc adopt " + first + " takes it as it is"
              : jobs + " run next time; torc adopt NAME takes them as they are";
      sender.tell(new Event.Note(Event.Level.INFO, line));
    }
    return false;
  }
}
