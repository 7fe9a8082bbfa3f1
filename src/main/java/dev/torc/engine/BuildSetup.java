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
 * @param sharing its shared stores; null if there are none
 * @param listener takes the events, on the loop's thread
 */
public record BuildSetup(
    Planned planned,
    AttemptContext common,
    Amounts amounts,
    Wishes wishes,
    Sharing sharing,
    Consumer<Event> listener) {

  /**
   * The plan and its continuation: {@code expander} gives the contexts that follow, and {@code
   * moved} those of some fresh jobs that have a product with another stamp now.
   */
  public record Planned(Plan plan, Expander expander, UnaryOperator<BitSet> moved) {}

  public Plan plan() {
    return planned.plan;
  }

  /**
   * How much its jobs may use at a time.
   *
   * @param gpus identifiers of the GPUs, by number
   * @param allocation the executor whose jobs run on the nodes of an allocation; null without one
   * @param nodes amounts by resource of the nodes beside this machine, by their names
   * @param tokens the calling make's jobserver, null without one
   */
  public record Amounts(
      Map<String, Long> limits,
      List<String> gpus,
      String allocation,
      Map<String, Map<String, Long>> nodes,
      Jobserver tokens) {

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

  /** What runs attempts: this host, with its processes and threads, and the schedulers. */
  public record Machines(ThisHost here, Runner runner, ExecutorService threads, Remotes remotes) {}

  /** What all attempts of a build have in common, as long as its graph stays the same. */
  public record AttemptContext(
      PlanContext plan,
      ProductRemoval removal,
      LaunchBuilder launches,
      StartMarks marks,
      Machines machines,
      Tracing tracing,
      BuildId build) {

    Cache cache() {
      return removal.cache();
    }

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
      return new AttemptContext(next, removal, launches, marks, machines, tracing, build);
    }
  }
}
