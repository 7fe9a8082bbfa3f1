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
 * @param plan the verdicts to begin with, and the context that they are about
 * @param expander gives the context that follows an expansion of groups
 * @param threads run the attempts
 * @param sharing its shared stores; null if there are none
 * @param moved gives those of some fresh jobs that have a product with another stamp now
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
   * How much there is for its jobs at a time.
   *
   * @param limits amounts by resource, from the machine, the build file and the command line
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
   * What the command line asks of the whole build.
   *
   * @param failFast whether nothing new is started after a failure
   * @param submit whether it ends when all jobs are handed out that can be
   * @param commands whether commands are shown as they run
   */
  public record Wishes(boolean failFast, boolean submit, boolean commands) {}

  /**
   * The shared stores of a build.
   *
   * @param asks whether their results may stand for a run
   */
  public record Sharing(SharedStores stores, boolean asks) {}

  /** What all attempts of a build have in common, as long as its graph is the same. */
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

    /** Returns the graph that numbers its jobs. */
    Graph graph() {
      return plan.graph();
    }

    /** Returns the paths at which files of others lie. */
    OccupiedPlaces taken() {
      return plan.taken();
    }

    /** Returns what jobs need, by their numbers. */
    NeedContents contents() {
      return plan.contents();
    }

    /** Returns what decides about jobs. */
    Decider decider() {
      return plan.decider();
    }

    /** Returns the known digests and stamps of files. */
    DigestMemo digests() {
      return plan.basis().digests();
    }

    /** Returns this context with the plan of another graph. */
    AttemptContext with(PlanContext next) {
      return new AttemptContext(
          next, removal, launches, marks, runner, remotes, tracing, build, here);
    }
  }
}
