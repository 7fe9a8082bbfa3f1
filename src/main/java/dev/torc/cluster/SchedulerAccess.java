package dev.torc.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * How one torc speaks to one scheduler: what it asks, by which settings, and where the scripts go.
 *
 * @param folder where scripts and what they say go, each in a folder of its own, on a file system
 *     that all nodes share
 * @param me torc, for its claims
 * @param marks is told before anything is handed out
 * @param notes takes lines for people
 */
public record SchedulerAccess(
    Scheduler scheduler,
    SchedulerSettings settings,
    Path folder,
    ClaimOwner me,
    Marks marks,
    Consumer<String> notes) {

  /** Writes down that attempts may be out from now on; on disk when it returns. */
  public interface Marks {

    /** Throws where that cannot be written: then nothing is handed out. */
    void handOut(List<RemoteAttempt.RemoteKey> attempts, String executor) throws IOException;
  }

  /** The name of the executor. */
  String executor() {
    return settings.name();
  }

  /** Takes a job, so that no script begins it; see {@link BatchFolder#claim}. */
  boolean claim(BatchJob job) throws IOException {
    return job.place().folder().claim(job.claim(), me);
  }

  /** Tells the scheduler to end some tasks, and says where it did not hear that. */
  void cancel(List<RemoteBatch.ArrayTask> tasks) {
    String said = scheduler.cancel(tasks.stream().map(task -> task.job).toList());
    if (!said.isEmpty()) {
      notes.accept(executor() + ": " + said);
    }
  }
}
