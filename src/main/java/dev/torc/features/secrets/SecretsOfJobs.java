package dev.torc.features.secrets;

import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.Mask;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Masks the secrets of all jobs in what no job wrote: the output of hooks, which have the caller's
 * environment. The values are looked up before the first text.
 */
public final class SecretsOfJobs implements UnaryOperator<byte[]> {

  private final Graph graph;
  private final Map<String, String> caller;
  private Mask mask; // null before the first text

  public SecretsOfJobs(Graph graph, Map<String, String> caller) {
    this.graph = graph;
    this.caller = caller;
  }

  @Override
  public synchronized byte[] apply(byte[] text) {
    if (mask == null) {
      List<String> values = new ArrayList<>();
      for (int id = 0; id < graph.jobs(); id++) {
        Job job = graph.job(id);
        if (job.slot(Step.SECRET) != null) {
          values.addAll(values(job));
        }
      }
      mask = new Mask(values);
    }
    return mask.all(text);
  }

  private List<String> values(Job job) {
    try {
      return List.copyOf(new SecretValues(job, caller, graph.workflow().root()).all().values());
    } catch (BadInput e) {
      return List.of(); // the job fails and names the file
    }
  }
}
