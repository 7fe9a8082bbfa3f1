package dev.torc.session;

import dev.torc.engine.Event;
import dev.torc.plan.CommandWarnings;
import dev.torc.plan.Plan;
import dev.torc.plan.PlanContext;
import dev.torc.plan.Reason;
import dev.torc.syntax.BadInput;
import java.util.function.Supplier;

/**
 * Tells in a build what is wrong with its new commands (rule 14): before the first job those of all
 * that is planned, later those of instances that come up, as they start. What there is to say is
 * found by {@link CommandWarnings}.
 */
final class NewCommands {

  private final Plan plan;
  private final BuildWatcher watcher;
  private final CommandWarnings warnings = new CommandWarnings(false);
  private Supplier<PlanContext> context;

  NewCommands(Plan plan, BuildWatcher watcher) {
    this.plan = plan;
    this.watcher = watcher;
    this.context = plan::context;
  }

  /** What the build goes by from now on. */
  void follow(Supplier<PlanContext> now) {
    context = now;
  }

  /** Tells of all that is planned. */
  void tellPlanned() {
    tell(plan.context().graph().inOrder(plan.newCommands()));
  }

  /** A job starts; one that was planned was told of. */
  void started(Event.JobStarted job) {
    if (job.attempt() == 1 && Reason.anyNewCommand(job.reasons())) {
      int id = context.get().graph().jobId(job.job());
      if (id >= plan.context().graph().nodes()) {
        tell(new int[] {id});
      }
    }
  }

  private void tell(int[] jobs) {
    for (BadInput.Diagnostic line : warnings.of(context.get(), jobs)) {
      watcher.warn(line.toString());
    }
  }
}
