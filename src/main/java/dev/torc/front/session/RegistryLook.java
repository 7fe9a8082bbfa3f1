package dev.torc.front.session;

import dev.torc.base.posix.ThreadEnd;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.Verdict;
import dev.torc.core.model.Job;
import dev.torc.core.model.Step;
import dev.torc.core.model.Step.Image;
import dev.torc.features.containers.Containers;
import dev.torc.features.containers.ImageSupply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Asks registries for images that jobs may need and that are not on this machine. This happens
 * while the first jobs run, so that a misspelled name is reported long before its job is ready. It
 * fetches no image, and no job waits for it.
 */
final class RegistryLook implements AutoCloseable {

  private final Containers containers;
  private final Consumer<String> warn;
  private final Thread thread;
  private volatile boolean closed;

  /** Starts asking, and does not wait for answers; calls {@code warn} on another thread. */
  RegistryLook(Plan plan, Containers containers, Consumer<String> warn) {
    this.containers = containers;
    this.warn = warn;
    Map<Containers.ImageName, List<String>> jobs = new LinkedHashMap<>();
    plan.selected(it -> it instanceof Verdict.WillRun || it instanceof Verdict.MayRun).stream()
        .mapToObj(plan.context().graph()::job)
        .forEach(job -> add(job, jobs));
    thread = Thread.ofVirtual().name("torc-registries").unstarted(() -> jobs.forEach(this::ask));
    if (!jobs.isEmpty()) {
      thread.start();
    }
  }

  private static void add(Job job, Map<Containers.ImageName, List<String>> jobs) {
    for (Step step : job.runs().steps()) {
      Image image = step.image();
      if (image != null && image.file() == null && image.pull() != Image.Pull.NEVER) {
        jobs.computeIfAbsent(ImageSupply.name(image), _ -> new ArrayList<>()).add(job.name());
      }
    }
  }

  private void ask(Containers.ImageName image, List<String> jobs) {
    try {
      if (closed || containers.find(image) != null) {
        return;
      }
      String said = containers.runtime(image).registryError(ImageSupply.source(image.name()));
      if (!closed && !said.isEmpty()) {
        warn.accept(
            "job %s: image %s was not found here, and its registry says '%s': correct the name, log in there, or let a job make the image first"
                .formatted(SafeText.names(jobs, 1), image.name(), said));
      }
    } catch (Containers.NoRuntime e) {
      return; // the jobs of this image fail and report it
    }
  }

  /** Interrupts the query that is running; nothing is reported after that. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    ThreadEnd.await(thread);
  }
}
