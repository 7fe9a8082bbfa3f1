package dev.torc.engine;

import dev.torc.local.ProcessEnd;
import dev.torc.plan.Decider;
import dev.torc.plan.KnownResults;
import dev.torc.plan.LeftOut;
import dev.torc.plan.NeedContents;
import dev.torc.plan.PlanContext;
import dev.torc.plan.Reason;
import dev.torc.records.BuildId;
import dev.torc.records.Origin;
import dev.torc.records.StoreUse;
import dev.torc.results.Result;
import dev.torc.text.Amount;
import dev.torc.workflow.Group;
import dev.torc.workflow.Job;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Puts what happens in the loop into events. It does not know its listeners. */
final class EventSender {

  /** How many needs of a job that moved have a warning of their own. */
  private static final int NAMED = 10;

  private static final long SECOND = 1_000_000_000;

  private final LaunchBuilder launches;
  private final boolean commands;
  private final Consumer<Event> listener;
  private NeedContents contents; // null before the first command
  private NeedContents names; // the same, of which no file is read
  private boolean toldLarge;
  private final ExcessUse excess;
  private StoreUse use = StoreUse.NONE;

  /**
   * @param limits what all jobs together may use, by resource
   * @param commands whether commands are shown as they run
   */
  EventSender(
      LaunchBuilder launches,
      Map<String, Long> limits,
      boolean commands,
      Consumer<Event> listener) {
    this.launches = launches;
    this.commands = commands;
    this.excess = new ExcessUse(limits);
    this.listener = listener;
  }

  void tell(Event event) {
    listener.accept(event);
  }

  /**
   * The job's next attempt begins. The first job that asks for more cpus than there are here, where
   * it is to run, has a warning for all (rule 12).
   */
  void started(AttemptContext shared, int id, JobRun run, long cpus) {
    Job job = shared.graph().job(id);
    if (job.executor() == null && job.resources().cpus() > cpus && !toldLarge) {
      toldLarge = true;
      warn(
          "job %s asks for %d cpus, and there are %d: it runs alone, as others like it do"
              .formatted(job.name(), job.resources().cpus(), cpus));
    }
    if (run.attempts() == 1 && KnownResults.mayKeep(job) && Decider.mayRestore(run.reasons())) {
      use = new StoreUse(use.misses() + 1, use.places());
    }
    String command = commands ? command(shared, id, run) : "";
    List<Reason> why = Reason.causes(run.reasons());
    tell(new Event.JobStarted(job.name(), why, run.attempts(), command));
  }

  /** By names alone: the needs are read on the thread of the attempt. */
  private String command(AttemptContext shared, int id, JobRun run) {
    if (contents != shared.contents()) {
      contents = shared.contents();
      names = contents.unread();
    }
    return shared.launches().shown(id, names.filesOf(id), run.granted(List.of()), run.attempts());
  }

  /**
   * A job or group ended without having run here; {@code what} names the job that blocks it, if
   * any.
   */
  void ended(String job, JobState state, String what) {
    ended(job, state, what, List.of(), false);
  }

  private void ended(String job, JobState end, String what, List<LeftOut> left, boolean allowed) {
    tell(new Event.JobEnded(job, end, new Event.Details(what, "", null, 0, -1, -1, left, allowed)));
  }

  /** A job failed without a run. */
  void failed(Job job, String what) {
    ended(job.name(), JobState.FAILED, what, List.of(), job.allowFailure());
  }

  /** A job is up to date, perhaps without some that it needs. */
  void upToDate(PlanContext context, int id) {
    ended(context.graph().name(id), JobState.UP_TO_DATE, "", context.leftOut(id), false);
  }

  /** A group could not be expanded. */
  void failed(Group group) {
    String more =
        group.problems().size() == 1 ? "" : "; and " + (group.problems().size() - 1) + " more";
    String what = group.problems().getFirst() + more;
    ended(group.name(), JobState.FAILED, what);
  }

  void ended(AttemptContext shared, int id, JobRun run, JobState state, AttemptOutcome outcome) {
    Job job = shared.graph().job(id);
    if (outcome.restored() == null) {
      excess.ended(job, outcome.ended().wall(), outcome.ended().usage());
    }
    tell(new Event.JobEnded(job.name(), state, details(shared, id, run, outcome)));
  }

  /** A known result was put in the place of a run. */
  void restored(Job job, List<Reason> reasons, AttemptOutcome outcome) {
    Result known = outcome.restored();
    Origin from = known.originFor(job.name());
    StoreUse.Place hit = new StoreUse.Place(from.store(), 1, known.size());
    use = StoreUse.sum(List.of(use, new StoreUse(0, List.of(hit))));
    tell(new Event.JobRestored(job.name(), reasons, from));
  }

  /** How often known results stood for runs so far. */
  private StoreUse use() {
    return use;
  }

  /** Results went to shared stores when there was nothing else to do, for so many nanoseconds. */
  void sent(long nanos) {
    if (nanos > SECOND) {
      String text = "sending results to shared stores took " + Amount.time(nanos);
      tell(new Event.Note(Event.Level.INFO, text));
    }
  }

  /** The build is over. */
  void finished(BuildId build, Map<JobState, Integer> counts, long nanos, int exit) {
    String line = excess.line();
    if (line != null) {
      warn(line);
    }
    tell(new Event.Finished(build, counts, use(), nanos, exit));
  }

  void retried(AttemptContext shared, int id, JobRun run, AttemptOutcome outcome) {
    Job job = shared.graph().job(id);
    Event.Details details = details(shared, id, run, outcome);
    tell(new Event.JobRetried(job.name(), run.attempts(), details, job.retry().delay()));
  }

  /** Needs of a job moved while it ran (rule 6); of many, the first few are named. */
  void moved(Job job, List<String> paths) {
    String again =
        " of job " + job.name() + " moved while it ran; it will run again in the next build";
    paths.stream().limit(NAMED).forEach(path -> warn("need " + path + again));
    if (paths.size() > NAMED) {
      warn("…and " + (paths.size() - NAMED) + " more needs" + again);
    }
  }

  /** What ran elsewhere was touched before this build took it. */
  void touched(Job job, List<String> paths) {
    String but = " was touched after job " + job.name() + " ended; its result is not stored";
    paths.stream().limit(NAMED).forEach(path -> warn(path + but));
    if (paths.size() > NAMED) {
      warn("…and " + (paths.size() - NAMED) + " more files" + but.replace(" was ", " were "));
    }
  }

  void warn(String text) {
    tell(new Event.Note(Event.Level.WARNING, text));
  }

  private Event.Details restored(Job job, AttemptOutcome outcome) {
    Event.Log log = outcome.restored().log() == null ? null : launches.log(job, 0);
    return new Event.Details(
        "", job.command(), log, 0, -1, -1, LeftOut.of(outcome.restored().lines()), false);
  }

  private Event.Details details(AttemptContext shared, int id, JobRun run, AttemptOutcome outcome) {
    Job job = shared.graph().job(id);
    ProcessEnd ended = outcome.ended();
    if (outcome.restored() != null) {
      return restored(job, outcome);
    }
    boolean wrote = ended.how() != ProcessEnd.How.NOT_STARTED && !job.interactive();
    return new Event.Details(
        outcome.what(),
        outcome.command().isEmpty() ? command(shared, id, run) : outcome.command(),
        wrote ? launches.log(job, outcome.logFrom()) : null,
        ended.wall(),
        ended.usage().cpu(),
        ended.usage().peak(),
        outcome.snapshot() == null ? List.of() : outcome.snapshot().leftOut(),
        job.allowFailure());
  }
}
