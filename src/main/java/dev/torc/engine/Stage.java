package dev.torc.engine;

import dev.torc.graph.Graph;
import dev.torc.plan.Plan;
import dev.torc.plan.Scene;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * All that a build tells in the numbers of one scene: states, who waits for whom, what is ready,
 * what is at work. When groups are expanded another stage follows, which has of the earlier one
 * what both know, under its own numbers. What happens on it is the loop's business.
 *
 * @param works the jobs that run in this build, from their verdict until they are final
 * @param delayed retries that are not due yet
 * @param undecided temporary jobs that are up to date but for missing products, while it is not
 *     known whether a reader needs them
 */
record Stage(
    Scene scene,
    Shop shop,
    States states,
    ReadyQueue ready,
    Waits waits,
    Map<Integer, Work> works,
    PriorityQueue<Due> delayed,
    BitSet undecided) {

  /** A retry, and when it is due, by the clock of {@link System#nanoTime}. */
  record Due(long time, int job) {}

  /** The stage on which a build begins: all selected jobs wait. */
  static Stage first(Scene scene, Shop shop) {
    return of(scene, shop, new States(scene.graph().jobs(), scene.selection().jobs()));
  }

  private static Stage of(Scene scene, Shop shop, States states) {
    Graph graph = scene.graph();
    int[] priority = new int[graph.jobs()];
    for (int j = 0; j < priority.length; j++) {
      priority[j] = graph.priority(j);
    }
    return new Stage(
        scene,
        shop.over(scene),
        states,
        new ReadyQueue(priority, Ranks.of(graph, scene.records(), scene.selection().jobs())),
        new Waits(graph, scene.records()),
        new HashMap<>(),
        new PriorityQueue<>((a, b) -> Long.compare(a.time, b.time)),
        new BitSet());
  }

  /**
   * The stage of another scene: what both have keeps its state; what is new waits, and so do
   * temporary jobs that were up to date and that lack what only new ones read.
   */
  Stage over(Scene next) {
    IntUnaryOperator now = job -> next.graph().jobId(graph().name(job));
    int jobs = next.graph().jobs();
    BitSet fresh = new BitSet();
    fresh.set(0, jobs);
    IntStream.range(0, graph().jobs()).map(now).filter(job -> job >= 0).forEach(fresh::clear);
    BitSet revived = next.revive(fresh);
    IntUnaryOperator stays = job -> revived.get(now.applyAsInt(job)) ? -1 : now.applyAsInt(job);
    Stage over = of(next, shop, states.over(jobs, next.selection().jobs(), stays));
    works.forEach((job, work) -> over.works.put(now.applyAsInt(job), work));
    delayed.forEach(due -> over.delayed.add(new Due(due.time, now.applyAsInt(due.job))));
    undecided.stream().map(now).forEach(over.undecided::set);
    Set<Integer> later = over.delayed.stream().map(Due::job).collect(Collectors.toSet());
    over.in(State.READY).filter(job -> !later.contains(job)).forEach(over.ready::add);
    return over;
  }

  Graph graph() {
    return scene.graph();
  }

  /** The jobs in a state. */
  IntStream in(State state) {
    return IntStream.range(0, graph().jobs()).filter(job -> states.of(job) == state);
  }

  /** The jobs that did not end well: whatever waits for them is blocked. */
  List<Integer> ended() {
    return IntStream.range(0, graph().jobs())
        .filter(job -> states.of(job) != null && states.of(job).blocks())
        .boxed()
        .toList();
  }

  /** The jobs that wait for nothing any more, and are yet to be decided. */
  List<Integer> free() {
    return in(State.WAITING)
        .filter(job -> waits.isFree(job) && !undecided.get(job))
        .boxed()
        .toList();
  }

  /**
   * The verdicts on undecided jobs as things stand, those that wait included; what runs or is about
   * to counts as such, and what is blocked reads nothing any more.
   */
  Plan forecast() {
    BitSet waiting = new BitSet();
    in(State.WAITING).forEach(waiting::set);
    BitSet working = new BitSet();
    IntStream.concat(in(State.READY), in(State.RUNNING)).forEach(working::set);
    return Plan.amid(scene, waiting, working);
  }
}
