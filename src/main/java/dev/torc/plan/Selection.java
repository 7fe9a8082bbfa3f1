package dev.torc.plan;

import dev.torc.graph.Adjacency;
import dev.torc.graph.Graph;
import dev.torc.workflow.BadInput;
import dev.torc.workflow.Nearest;
import dev.torc.workflow.Place;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Which jobs a command is about: what its targets name, and all that these wait for.
 *
 * @param jobs the named jobs and everything before them
 * @param named the jobs that the targets name; all jobs where no target is given
 * @param targeted whether any target was given
 */
public record Selection(BitSet jobs, BitSet named, boolean targeted) {

  /**
   * Finds the jobs of the targets: a target is a job, a tag or a produced file, in that order.
   *
   * @param toPath turns a file as the user names it into a path as the graph has it
   * @throws BadInput for a target that is none of these
   */
  public static Selection of(Graph graph, List<String> targets, UnaryOperator<String> toPath) {
    BitSet named = new BitSet(graph.jobs());
    if (targets.isEmpty()) {
      named.set(0, graph.jobs());
      return new Selection((BitSet) named.clone(), named, false);
    }
    for (String target : targets) {
      named.or(find(graph, target, toPath));
    }
    return of(graph, named);
  }

  /** The given jobs, as if targets had named them. */
  public static Selection of(Graph graph, BitSet named) {
    return new Selection(withPredecessors(graph, named), named, true);
  }

  /** Whether a target is a job or a tag, so that it does not mean a file. */
  public static boolean isName(Graph graph, String target) {
    return graph.jobId(target) >= 0 || !tagged(graph, target).isEmpty();
  }

  private static BitSet tagged(Graph graph, String tag) {
    BitSet found = new BitSet(graph.jobs());
    for (int j = 0; j < graph.jobs(); j++) {
      found.set(j, graph.job(j).tags().contains(tag));
    }
    return found;
  }

  private static BitSet find(Graph graph, String target, UnaryOperator<String> toPath) {
    int job = graph.jobId(target);
    if (job >= 0) {
      BitSet found = new BitSet(graph.jobs());
      found.set(job);
      return found;
    }
    BitSet found = tagged(graph, target);
    if (found.isEmpty()) {
      String path = toPath.apply(target);
      int maker = graph.makerOf(path);
      if (maker < 0) {
        throw new BadInput(Place.NONE, unknown(graph, target, path));
      }
      found.set(maker);
    }
    return found;
  }

  private static String unknown(Graph graph, String target, String path) {
    if (graph.fileId(path) >= 0) {
      return "file " + target + " is a source: no job makes it";
    }
    List<String> names = new ArrayList<>();
    for (int j = 0; j < graph.jobs(); j++) {
      names.add(graph.job(j).name());
      names.addAll(graph.job(j).tags());
    }
    return "no job, tag or product "
        + target
        + (Nearest.to(target, names) == null
            ? "; `torc list` shows the jobs"
            : Nearest.hint(target, names));
  }

  private static BitSet withPredecessors(Graph graph, BitSet named) {
    BitSet all = (BitSet) named.clone();
    Adjacency before = graph.before();
    for (int j = all.length() - 1; j >= 0; j = all.previousSetBit(j - 1)) {
      if (all.get(j)) {
        for (int i = before.from(j); i < before.to(j); i++) {
          all.set(before.at(i));
        }
      }
    }
    return all;
  }
}
