package dev.torc.engine;

import dev.torc.graph.Graph;
import dev.torc.hash.DigestMemo;
import dev.torc.local.Runner;
import dev.torc.machine.Jobserver;
import dev.torc.plan.Decider;
import dev.torc.plan.Expander;
import dev.torc.plan.NeedContents;
import dev.torc.plan.OccupiedPlaces;
import dev.torc.plan.Plan;
import dev.torc.plan.PlanContext;
import dev.torc.records.BuildRecord.BuildId;
import dev.torc.records.Cache;
import dev.torc.records.StartMarks;
import dev.torc.records.ThisHost;
import dev.torc.results.SharedStores;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * What a build works with.
 *
 * @param expander gives the context that follows an expansion of groups
 * @param threads run the attempts
 * @param sharing its shared stores; null if there are none
 * @param moved returns those of some fresh jobs that have a product with another stamp now
 * @param tokens the calling make's jobserver, null without one
 * @param listener takes the events, on the loop's thread
 */
public record BuildSetup(
    Plan plan,
    Expander expander,
    Cache cache,
    AttemptContext common,
    ExecutorService threads,
    Amounts amounts,
    Wishes wishes,
    Sharing sharing,
    UnaryOperator<BitSet> moved,
    Jobserver tokens,
    Consumer<Event> listener) {

  /**
   * How much its jobs may use at a time.
   *
   * @param gpus identifiers of the GPUs, by number
   * @param allocation the executor whose jobs run on the nodes of an allocation; null without one
   * @param nodes amounts by resource of the nodes beside this machine, by their names
   */
  public record Amounts(
      Map<String, Long> limits,
      List<String> gpus,
      String allocation,
      Map<String, Map<String, Long>> nodes) {

    String gpu(int number) {
      return number < gpus.size() ? gpus.get(number) : Integer.toString(number);
    }
  }

  /**
   * What the command line asks of the whole build: to start nothing new after a failure, to end
   * when all jobs are handed out that can be, to show commands as they run.
   */
  public record Wishes(boolean failFast, boolean submit, boolean commands) {}

  /** The shared stores of a build; {@code asks} says whether their results may replace a run. */
  public record Sharing(SharedStores stores, boolean asks) {}

  /** What all attempts of a build have in common, as long as its graph stays the same. */
  public record AttemptContext(
      PlanContext plan,
      ProductRemoval removal,
      LaunchBuilder launches,
      StartMarks marks,
      Runner runner,
      Remotes remotes,
      Tracing tracing,
      BuildId build,
      ThisHost here) {

    Graph graph() {
      return plan.graph();
    }

    OccupiedPlaces taken() {
      return plan.taken();
    }

    NeedContents contents() {
      return plan.contents();
    }

    Decider decider() {
      return plan.decider();
    }

    DigestMemo digests() {
      return plan.basis().digests();
    }

    AttemptContext with(PlanContext next) {
      return new AttemptContext(
          next, removal, launches, marks, runner, remotes, tracing, build, here);
    }
  }
}
