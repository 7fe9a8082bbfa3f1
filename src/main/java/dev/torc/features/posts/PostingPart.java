package dev.torc.features.posts;

import dev.torc.base.digests.Stamp;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.memory.AttemptRecord.PostedEvent;
import dev.torc.core.memory.Batch;
import dev.torc.core.memory.BuildRecord.BuildId;
import dev.torc.core.run.AttemptPart;
import dev.torc.core.run.BuildSetup.AttemptContext;
import dev.torc.core.run.LinesFile;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Records the events that a job posts while it runs. {@link PostedEvents} reads them. */
public final class PostingPart implements AttemptPart {

  private final AttemptContext common;
  private final AtomicLong numbers; // of the events of a build
  private final String job;
  private final LinesFile events;
  private final long made = System.currentTimeMillis();
  private volatile PostTimes times; // null before the job's processes start
  private List<PostedEvents.Post> posts = List.of();

  public PostingPart(AttemptContext common, int id, AtomicLong numbers) {
    this.common = common;
    this.numbers = numbers;
    this.job = common.graph().job(id).name();
    this.events = common.launches().files(job).eventLines();
  }

  @Override
  public Launch begin(Launch launch, NeedSnapshot snapshot, Stamp begin) throws IOException {
    events.clear(common.digests()); // earlier lines are not this attempt's
    times = new PostTimes(events, common.digests(), made);
    return launch;
  }

  @Override
  public void resume(ProcessEnd ended) {
    times = new PostTimes(events, common.digests(), ended.began(made));
  }

  @Override
  public void tick() {
    PostTimes seen = times;
    if (seen != null) {
      try {
        seen.noteTime();
      } catch (IOException e) {
        return; // the times are less exact; reading the file at the end reports the error
      }
    }
  }

  @Override
  public void read() throws IOException {
    PostedEvents posted = PostedEvents.read(events, times, common.digests());
    posts = posted.posts();
    if (!posted.odd().isEmpty()) {
      common.removal().note().accept(job + ": " + posted.odd());
    }
    if (!posts.isEmpty()) {
      events.clear(common.digests());
    }
  }

  @Override
  public void record(Batch batch, BuildId build, int attempt) {
    for (PostedEvents.Post post : posts) {
      long number = numbers.getAndIncrement();
      batch.post(
          new PostedEvent(build.number(), number, post.time(), job, attempt, post.text()));
    }
  }
}
