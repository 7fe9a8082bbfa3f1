package dev.torc.features.remarks;

import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Quoting;
import dev.torc.core.attempt.AttemptOutcome;
import dev.torc.core.attempt.Event;
import dev.torc.core.decide.NeedContents;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.decide.Reason;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Ref;
import dev.torc.core.model.Step;
import dev.torc.core.model.Template.Part.Slot;
import java.util.ArrayList;
import java.util.List;

/** A job as {@link Remark}s look at it, and where they say what they find. */
public final class RemarkedJob {

  /**
   * How a run began and ended; parts are null if they are not known.
   *
   * @param isLate whether an expansion in the build added the job
   * @param began in milliseconds since 1970
   */
  record JobRun(
      List<Reason> reasons,
      boolean isLate,
      Long began,
      AttemptOutcome outcome,
      Event.JobEnded failed) {
    static final JobRun NONE = new JobRun(List.of(), false, null, null, null);
  }

  private final PlanContext context;
  private final int id;
  private final Job job;
  private final JobRun run;
  private final FoldedLines lines;
  private List<CommandWords> commands; // null before use

  RemarkedJob(PlanContext context, int id, JobRun run, FoldedLines lines) {
    this.context = context;
    this.id = id;
    this.job = context.graph().job(id);
    this.run = run;
    this.lines = lines;
  }

  public PlanContext context() {
    return context;
  }

  public Graph graph() {
    return context.graph();
  }

  public int id() {
    return id;
  }

  public Job job() {
    return job;
  }

  JobRun run() {
    return run;
  }

  NeedContents contents() {
    return context.contents();
  }

  List<Step> steps() {
    return job.runs().steps();
  }

  /** Returns the words of each step's command. */
  List<CommandWords> commands() {
    if (commands == null) {
      commands = new ArrayList<>(steps().size());
      for (Step step : steps()) {
        commands.add(new CommandWords(step.command(), step.shell(), slot -> product(slot, step)));
      }
    }
    return commands;
  }

  /** Returns the path of the product that a slot stands for; or null. */
  private String product(Slot slot, Step step) {
    List<Ref> refs = job.productRefs();
    int index = Math.max(0, slot.index());
    boolean one =
        slot.name().equals("produces")
            && slot.member() == null
            && slot.format() == null
            && step.dir().equals(".")
            && index < refs.size()
            && (slot.index() >= 0 || refs.size() == 1);
    Ref ref = one ? refs.get(index) : null;
    String path =
        ref instanceof Ref.OfFolder made
            ? made.path()
            : ref instanceof Ref.OfFile made ? made.path() : "";
    return Quoting.isPlain(path) ? path : null;
  }

  /** Counts the job in the sentence of this kind about its group; returns whether there is one. */
  boolean counts(String kind) {
    return lines.counts(job, kind);
  }

  /** Says a sentence that begins with the job; in a group, one of each kind. */
  public void say(String kind, String text) {
    say(kind, job.place(), "job ", text);
  }

  /** Says a sentence about an item of the job; in a group, one of each kind. */
  void say(String kind, Place place, String before, String behind) {
    lines.add(job, kind, place, before, behind);
  }

  /** Says a sentence that names no job: one of each kind for an item. */
  void say(String kind, Place place, String sentence) {
    lines.add(kind + "\0" + place, place, sentence);
  }
}
