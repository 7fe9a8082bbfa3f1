package dev.torc.core.decide;

import dev.torc.core.manifest.InputSource;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.NeedList;
import dev.torc.core.model.Ref;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Decides whether a job is skipped because of its needs: a needed job was skipped, or all makers of
 * a needed list or group value were. If some makers were not skipped, the job uses their products.
 */
record SkippedNeeds(Graph graph, JobRecords records, NeedContents contents) {

  /** Returns the first skipped job that a job cannot do without; -1 if there is none. */
  int of(int id) {
    for (int file : graph.needs().row(id)) {
      int maker = graph.makerOf(graph.path(file));
      if (maker >= 0 && records.isSkipped(maker) && !graph.isOptional(id, graph.path(file))) {
        return maker;
      }
    }
    for (int list : graph.listNeeds().row(id)) {
      List<Integer> makers = graph.list(list).makers();
      if (areSkipped(makers.stream().mapToInt(maker -> maker))
          && (graph.list(list).ofJobs() || contents.members(list).files().isEmpty())
          && !isOptional(graph.job(id), graph.list(list))) {
        return makers.getFirst();
      }
    }
    for (Ref.OfData value : InputSource.neededValues(graph.job(id)).values()) {
      int[] nodes =
          value.job() == null ? new int[0] : graph.nodesInNeed(graph.readingOf(value).job());
      if (areSkipped(IntStream.of(nodes))) {
        return nodes[0];
      }
    }
    return -1;
  }

  /** Returns whether a job can do without the members of a list: each item for it says so. */
  private static boolean isOptional(Job job, NeedList list) {
    return job.areOptional(
        ref ->
            ref instanceof Ref.OfJob of && list.ofJobs() && of.job().equals(list.text())
                || ref instanceof Ref.OfGlob in && in.pattern().equals(list.text()));
  }

  private boolean areSkipped(IntStream nodes) {
    int[] all = nodes.toArray();
    return all.length > 0 && IntStream.of(all).allMatch(records::isSkipped);
  }
}
