package dev.torc.cluster;

import dev.torc.cluster.RemoteBatch.Entry;
import dev.torc.posix.FileTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * Hands out batches: writes all that a script and a later torc need, then asks the scheduler to
 * take it. When that is done, and what follows from the answer, is for {@link RemoteDesk}.
 */
final class BatchSubmitter {

  private static final long SECOND = 1_000_000_000;

  /** Seconds between TERM and KILL where a script ends a job. */
  private static final int GRACE = 5;

  /** What a scheduler is asked for beyond the limit that a script keeps: it starts, and ends. */
  private static final long SLACK = 2 * GRACE * SECOND;

  /** How often a scheduler is asked that will not take it. */
  private static final int TRIES = 3;

  private final Scheduler scheduler;
  private final SchedulerSettings settings;
  private final Path folder;
  private final Supplier<String> names;
  private final RemoteRunner.Marks marks;
  private long last;

  /** See {@link RemoteDesk}. */
  BatchSubmitter(
      Scheduler scheduler,
      SchedulerSettings settings,
      Path folder,
      Supplier<String> names,
      RemoteRunner.Marks marks) {
    this.scheduler = scheduler;
    this.settings = settings;
    this.folder = folder;
    this.names = names;
    this.marks = marks;
  }

  /** What an element of an array asks for. */
  SchedulerResources resources(BatchPlan.Array<Entry> array) {
    return array.resources().within(asked(array.limit()));
  }

  private long asked(long limit) {
    long most = settings.maxRuntime() > 0 ? settings.maxRuntime() : Long.MAX_VALUE;
    return limit == 0 ? 0 : Math.min(limit + SLACK, Math.max(most, limit));
  }

  /** All that a script and a later torc need is on disk before anybody is asked to run it. */
  RemoteBatch write(BatchPlan.Array<Entry> array, List<List<Entry>> batches) throws IOException {
    String name = "torc-" + names.get();
    BatchFolder place = new BatchFolder(folder.resolve(name));
    RemoteBatch batch = RemoteBatch.of(place, name, time(), batches, names);
    long asked = asked(array.limit());
    BatchScript script =
        new BatchScript(
            place.path(),
            settings.before(),
            true,
            asked == 0 ? 0 : Math.max(1, (asked - SLACK) / SECOND),
            GRACE,
            scheduler.elementVariable());
    try {
      place.make();
      place.writeScript(script.of(batch.scripted()));
      place.write(batch.record(settings));
      marks.handOut(batch.keys(), settings.name());
    } catch (IOException e) {
      FileTree.remove(place.path()); // the next try writes another
      throw e;
    }
    return batch;
  }

  /** Never the same twice, and later ones are higher as far as clocks allow. */
  private long time() {
    last = Math.max(last + 1, System.currentTimeMillis() * 1_000_000);
    return last;
  }

  /** Asks the scheduler to take it; three times where it will not. */
  Submission submit(RemoteBatch batch, SchedulerResources resources) {
    SubmissionRequest request = batch.request(resources);
    Submission answer = scheduler.submit(request);
    for (int i = 1; i < TRIES && answer instanceof Submission.Refused; i++) {
      answer = scheduler.submit(request);
    }
    return answer;
  }
}
