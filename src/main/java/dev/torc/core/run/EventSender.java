package dev.torc.core.run;

import dev.torc.base.machine.Series.Usage;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.text.Amount;
import dev.torc.base.text.SafeText;
import dev.torc.core.attempt.AttemptOutcome;
import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.Event.WhenShown;
import dev.torc.core.attempt.JobAttempts;
import dev.torc.core.attempt.JobState;
import dev.torc.core.attempt.LaunchBuilder;
import dev.torc.core.decide.Decider;
import dev.torc.core.decide.KnownResult;
import dev.torc.core.decide.NeedContents;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.Reason;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.here.ProcessEnd.How;
import dev.torc.core.manifest.LeftOut;
import dev.torc.core.memory.BuildRecord.BuildId;
import dev.torc.core.memory.BuildRecord.StoreUse;
import dev.torc.core.memory.JobResult.Origin;
import dev.torc.core.model.Group;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Resources;
import dev.torc.core.model.Job.Trait;
import dev.torc.core.queue.Granted;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Turns what happens in the loop into events and warnings, and gathers the warnings that are
 * reported at the end of a build. It does not know what receives the events.
 */
public final class EventSender {

  private static final int NAMED = 10;

  private static final long SECOND = 1_000_000_000;

  /** Runs shorter than this, in nanoseconds, are not reported for using too much. */
  private static final long LONG = 10 * SECOND;

  /** Memory use below this, in bytes, is not reported as too much. */
  private static final long LARGE = 1 << 30;

  private final LaunchBuilder launches;
  private final boolean commands;
  private final Consumer<Event> listener;
  private NeedContents contents; // null before the first command
  private NeedContents names; // like contents, but reads no file
  private boolean warnedLarge;
  private final Map<String, Long> limits;
  private final List<String> excess = new ArrayList<>(); // messages about jobs that used too much
  private StoreUse use = StoreUse.NONE;

  /** Creates a sender; {@code commands} says whether commands are shown as they run. */
  EventSender(
      LaunchBuilder launches,
      Map<String, Long> limits,
      boolean commands,
      Consumer<Event> listener) {
    this.launches = launches;
    this.commands = commands;
    this.limits = limits;
    this.listener = listener;
  }

  public void tell(Event event) {
    listener.accept(event);
  }

  /**
   * Reports that a job's next attempt begins. Warns once, about the first local job that asks for
   * more cpus than this machine has (rule 12).
   */
  void started(AttemptContext common, int id, JobAttempts attempts, long cpus) {
    Job job = common.graph().job(id);
    if (attempts.named() == null && job.runs().resources().cpus() > cpus && !warnedLarge) {
      warnedLarge = true;
      String line =
          "job %s asks for %d cpus, and there are %d: it runs alone, as others like it do";
      int asked = job.runs().resources().cpus();
      warn(new Diagnostic(job.place(), line.formatted(job.name(), asked, cpus)));
    }
    if (attempts.count() == 1 && job.mayStore() && Decider.mayRestore(attempts.reasons())) {
      use = new StoreUse(use.misses() + 1, use.places());
    }
    String command = commands ? command(common, id, attempts) : "";
    List<Reason> why = Reason.causes(attempts.reasons());
    tell(
        new Event.JobStarted(
            job.name(), attempts.count(), command, why, attempts.executor(), log(job, 0)));
  }

  /** Returns the command, made from the needs' names; the attempt's thread reads their files. */
  private String command(AttemptContext common, int id, JobAttempts attempts) {
    if (contents != common.contents()) {
      contents = common.contents();
      names = contents.unread();
    }
    Granted granted = attempts.granted(List.of());
    return launches.shown(common.graph(), id, names.filesOf(id), granted);
  }

  /** Reports that a job does not start in this build. */
  public void leave(String job) {
    ended(job, JobState.NOT_REACHED, "");
  }

  /** Reports that a job failed, because its retry does not start in this build. */
  void failed(int id, BuildState state) {
    tell(new Event.JobEnded(state.graph().name(id), JobState.FAILED, state.retried.get(id)));
  }

  /** Reports a job or group that did not run; {@code what} names the blocking job, if any. */
  void ended(String job, JobState state, String what) {
    ended(job, state, what, List.of(), false);
  }

  private void ended(String job, JobState end, String what, List<LeftOut> left, boolean allowed) {
    tell(new Event.JobEnded(job, end, details(what, null, left, allowed)));
  }

  /** Returns the details of an end without a run. */
  public static Event.Details details(
      String what, Event.Log log, List<LeftOut> left, boolean allowed) {
    return new Event.Details(what, "", log, 0, Usage.UNKNOWN, left, allowed);
  }

  void failed(Job job, String what) {
    ended(job.name(), JobState.FAILED, what, List.of(), job.has(Trait.ALLOW_FAILURE));
  }

  void upToDate(PlanContext context, int id, JobState end) {
    ended(context.graph().name(id), end, "", context.leftOut(id), false);
  }

  void failed(Group group) {
    var all = group.further().problems();
    String more = all.size() == 1 ? "" : "; and " + (all.size() - 1) + " more";
    ended(group.name(), JobState.FAILED, all.getFirst() + more);
  }

  void ended(
      AttemptContext common, int id, JobAttempts attempts, JobState state, AttemptOutcome outcome) {
    Job job = common.graph().job(id);
    if (outcome.restored() == null && attempts.named() == null) {
      used(job, outcome.ended().wall(), outcome.ended().usage());
    }
    tell(new Event.JobEnded(job.name(), state, details(common, id, attempts, outcome)));
  }

  void restored(Job job, List<Reason> reasons, AttemptOutcome outcome) {
    KnownResult known = outcome.restored();
    Origin from = known.originFor(job.name());
    StoreUse.StoreHits hit = new StoreUse.StoreHits(from.store(), 1, known.size());
    use = StoreUse.sum(List.of(use, new StoreUse(0, List.of(hit))));
    tell(new Event.JobRestored(job.name(), from, reasons));
  }

  /** Reports how long the build's end waited for uploads, if longer than a second. */
  void sent(long nanos) {
    if (nanos > SECOND) {
      String text = "sending results to shared stores took " + Amount.time(nanos);
      tell(new Event.Note(Event.Level.INFO, text));
    }
  }

  void finished(BuildId build, Map<JobState, Integer> counts, long nanos, int exit) {
    if (!excess.isEmpty()) {
      int more = excess.size() - 1;
      String others = more == 0 ? "" : ", and " + Amount.count(more, "other job") + " too much";
      warn(excess.getFirst() + others + ": `torc list --resources` shows what to ask for");
    }
    tell(new Event.Finished(build, counts, use, nanos, exit));
  }

  /** Reports a retry; returns how the attempt before it failed. */
  Event.Details retried(
      AttemptContext common, int id, JobAttempts attempts, AttemptOutcome outcome) {
    Job job = common.graph().job(id);
    Event.Details details = details(common, id, attempts, outcome);
    tell(new Event.JobRetried(job.name(), attempts.count(), details, job.runs().retry().delay()));
    return details;
  }

  /** Warns about needs that changed while their job ran (rule 6). */
  void moved(Job job, List<String> paths, List<Reason> reasons) {
    if (paths.isEmpty()) {
      return; // the usual case, in which no text is made
    }
    String again = " changed while it ran; it will run again in the next build";
    Set<String> twice = OwnInputs.again(paths, reasons);
    if (!twice.isEmpty()) {
      String cure = again + OwnInputs.cure(job, twice);
      String of = " of job " + job.name() + cure;
      warn(List.copyOf(twice), "need ", "needs of job " + job.name() + cure, of);
      paths = paths.stream().filter(path -> !twice.contains(path)).toList();
    }
    warn(paths, "need ", "needs of job " + job.name() + again, " of job " + job.name() + again);
  }

  /** Warns about names in a job's depfile that led nowhere from the folder of its command. */
  void lost(Job job, Collection<String> names) {
    if (names.isEmpty()) {
      return;
    }
    String depfile = "depfile " + SafeText.name(job.depfile());
    String after =
        ", which does not exist from %s; set dir: to the folder where the compiler runs (or make a"
            + " file that the command removes itself in {tmp})";
    String dir = SafeText.name(job.runs().steps().getFirst().dir());
    List<String> all = names.stream().map(SafeText::name).toList();
    warn(all, depfile + " names ", "names in " + depfile, after.formatted(dir));
  }

  /**
   * Warns about products whose times changed between the end of their job on another machine and
   * the scan by this build.
   */
  void touched(Job job, List<String> paths) {
    if (paths.isEmpty()) {
      return;
    }
    String after = " touched after job " + job.name() + " ended; its result is not stored";
    warn(paths, "", "files were" + after, " was" + after);
  }

  /** Warns about each of the first {@link #NAMED} paths, and counts the rest. */
  public void warn(List<String> paths, String before, String many, String what) {
    paths.stream().limit(NAMED).forEach(path -> warn(before + path + what));
    if (paths.size() > NAMED) {
      warn("…and " + (paths.size() - NAMED) + " more " + many);
    }
  }

  void warn(String text) {
    warn(new Diagnostic(text));
  }

  public void warn(Diagnostic said) {
    tell(new Event.Note(Event.Level.WARNING, said));
  }

  /** Returns whether the log has lines from an attempt whose command could not be started. */
  private boolean hasLog(Job job, AttemptOutcome.Logged shown) {
    Path log = launches.files(job.name()).log();
    return !shown.command().isEmpty() && log.toFile().length() > shown.from();
  }

  private Event.Log log(Job job, long from) {
    Path dir = launches.place().root().resolve(job.runs().steps().getFirst().dir());
    WhenShown output = job.has(Trait.SHOWS_OUTPUT) ? WhenShown.ALWAYS : WhenShown.FAILURE;
    output = job.has(Trait.LIVE_OUTPUT) ? WhenShown.LIVE : output;
    return new Event.Log(launches.files(job.name()).log(), dir, from, output);
  }

  private Event.Details details(
      AttemptContext common, int id, JobAttempts attempts, AttemptOutcome outcome) {
    Job job = common.graph().job(id);
    ProcessEnd ended = outcome.ended();
    KnownResult known = outcome.restored();
    if (known != null) {
      Event.Log log = known.hasLog() ? log(job, 0) : null;
      return details("", log, LeftOut.of(known.lines()), false);
    }
    AttemptOutcome.Logged shown = outcome.shown();
    boolean began = ended.how() != How.NOT_STARTED;
    boolean reached = attempts.executor() == null || ended.elsewhere() != null; // its machine
    boolean wrote = !job.has(Trait.INTERACTIVE) && (began || reached && hasLog(job, shown));
    return new Event.Details(
        outcome.what(),
        shown.command().isEmpty() ? command(common, id, attempts) : shown.command(),
        wrote ? log(job, shown.from()) : null,
        ended.wall(),
        ended.usage(),
        outcome.snapshot() == null ? List.of() : outcome.snapshot().leftOut(),
        job.has(Trait.ALLOW_FAILURE));
  }

  /**
   * Notes a local job that kept at least twice as many cpus busy as it asked for, or used much
   * memory without asking for any. The end of the build reports it, and {@code torc list
   * --resources} shows what to ask for.
   */
  private void used(Job job, long wall, Usage usage) {
    if (wall < LONG) {
      return;
    }
    Resources asked = job.runs().resources();
    String name = SafeText.name(job.name());
    long tenths = usage.cpu() < 0 ? 0 : (usage.cpu() + wall / 20) * 10 / wall;
    long cpus = Math.max(1, limits.getOrDefault(Resources.CPUS, 1L));
    long share = limits.getOrDefault(Resources.MEMORY, 0L) / cpus * asked.cpus();
    if (tenths >= 20L * Math.max(1, asked.cpus())) {
      excess.add(
          "%s kept %d.%d cpus busy and asked for %d"
              .formatted(name, tenths / 10, tenths % 10, asked.cpus()));
    } else if (asked.memory() == 0 && share > 0 && usage.peak() >= Math.max(LARGE, 2 * share)) {
      String peak = Amount.size(usage.peak());
      excess.add("%s used %s of memory and asked for none".formatted(name, peak));
    }
  }
}
