package dev.torc.core.attempt;

import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.model.Job;
import dev.torc.core.model.Step.Image;
import dev.torc.core.queue.Granted;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.function.Function;

/** The containers of a build's steps. A build asks for them only if a step has an image. */
public interface StepContainers {

  /**
   * Waits until this machine has a job's images; throws an {@link AttemptFailure} without an image
   * or a runtime. Returns the part of a start mark by which a later torc finds the containers;
   * empty if their processes are found like all others.
   */
  String ready(Job job, int attempt, Function<Launch, ProcessEnd> runner) throws IOException;

  /**
   * Returns the container of a step; {@code number} counts the attempt's steps from 1.
   *
   * @param needs paths of all needs, relative to the root or absolute
   * @param status the file in which the container writes its progress
   * @param root the root, or the folder that stands for it
   */
  Launch.Container of(
      Job job,
      Image image,
      int number,
      Granted granted,
      Collection<String> needs,
      Path status,
      Path root)
      throws IOException;
}
