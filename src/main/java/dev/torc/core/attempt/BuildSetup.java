package dev.torc.core.attempt;

import dev.torc.base.digests.DigestMemo;
import dev.torc.core.decide.Decider;
import dev.torc.core.decide.Expander;
import dev.torc.core.decide.NeedContents;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.PlanContext;
import dev.torc.core.here.Runner;
import dev.torc.core.memory.BuildRecord.BuildId;
import dev.torc.core.memory.Cache;
import dev.torc.core.memory.StartMarks;
import dev.torc.core.memory.ThisHost;
import dev.torc.core.model.Graph;
import dev.torc.core.queue.Amounts;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Everything that {@code BuildLoop} needs to run a build.
 *
 * @param listener takes the events, on any thread
 */
public record BuildSetup(
    Planned planned,
    AttemptContext common,
    Amounts amounts,
    Wishes wishes,
    SharedResults shared,
    Consumer<Event> listener) {

  /**
   * The plan and how it continues. {@code expander} returns each next context. {@code moved}
   * returns those of the given fresh jobs that have a file with a different stamp now.
   */
  public record Planned(Plan plan, Expander expander, UnaryOperator<BitSet> moved) {}

  public Plan plan() {
    return planned.plan;
  }

  /**
   * What the command line asks for: after {@code failures} failures nothing new starts, 0 for any
   * number, {@code leftOut} more jobs count as skipped, {@code submit} ends the build once all
   * running jobs are at schedulers and no other job can start, {@code commands} shows commands as
   * they start, in a {@code watch} another build follows a change, and {@code order} gives for each
   * named action the jobs that wait for it because they are only for targets behind it. {@code
   * stop} returns what was asked of the running build since the last call; the loop calls it about
   * once a second.
   */
  public record Wishes(
      int failures,
      int leftOut,
      boolean submit,
      boolean commands,
      boolean watch,
      Function<Graph, Map<Integer, BitSet>> order,
      Supplier<Stop> stop) {}

  /** What a running build may be asked: to start nothing more, or to end as after Ctrl-C. */
  public enum Stop {
    NONE,
    SOON,
    NOW
  }

  /** What runs attempts: this host, with its processes and threads, and the schedulers. */
  public record Machines(
      ThisHost here, Runner runner, ExecutorService threads, OtherMachines remotes) {}

  /** What all attempts of a build share, until its graph grows. */
  public record AttemptContext(
      PlanContext plan,
      RemovedOrSetAside removal,
      LaunchBuilder launches,
      StartMarks marks,
      Machines machines,
      AttemptPart.PartMaker parts,
      BuildId build) {

    public Cache cache() {
      return removal.cache();
    }

    public Graph graph() {
      return plan.graph();
    }

    public NeedContents contents() {
      return plan.contents();
    }

    public Decider decider() {
      return plan.decider();
    }

    public DigestMemo digests() {
      return plan.basis().digests();
    }

    public AttemptContext with(PlanContext next) {
      return new AttemptContext(next, removal, launches, marks, machines, parts, build);
    }
  }
}
