package dev.torc.session;

import dev.torc.graph.Graph;
import dev.torc.machine.SafeText;
import dev.torc.syntax.BadInput;
import dev.torc.workflow.Job;
import dev.torc.workflow.Step;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Jobs that ask for an image: they run on the host, if the user says so, and else not at all. */
final class ImageRefusal {

  private ImageRefusal() {}

  /** Refuses those of some jobs that would need a container; none where containers are off. */
  static void refuse(Graph graph, BitSet jobs, boolean containers) {
    List<BadInput.Diagnostic> errors = new ArrayList<>();
    Set<String> told = new HashSet<>(); // of a group once for all instances
    for (int j : graph.inOrder(containers ? jobs : new BitSet())) {
      Job job = graph.job(j);
      for (Step step : job.steps()) {
        String name = job.group() == null ? job.name() : job.group();
        if (step.image() != null && told.add(name)) {
          errors.add(
              new BadInput.Diagnostic(
                  job.place(),
                  ("%s %s asks for image %s, and torc runs no containers;"
                          + " with --no-containers it runs on the host")
                      .formatted(
                          job.group() == null ? "job" : "group",
                          SafeText.name(name),
                          SafeText.name(step.image()))));
          break;
        }
      }
    }
    if (!errors.isEmpty()) {
      throw new BadInput(errors);
    }
  }
}
