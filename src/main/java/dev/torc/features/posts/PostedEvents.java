package dev.torc.features.posts;

import dev.torc.base.digests.DigestMemo;
import dev.torc.base.digests.Stamp;
import dev.torc.base.syntax.JsonText;
import dev.torc.core.attempt.AttemptFailure;
import dev.torc.core.attempt.AttemptPart;
import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.attempt.LinesFile;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.memory.AttemptRecord.PostedEvent;
import dev.torc.core.memory.Batch;
import dev.torc.core.memory.BuildRecord.BuildId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Records the events that a job wrote to the file of {@code TORC_EVENTS}: a JSON object on each
 * line. Any other line is recorded as text, with a warning; it is not an error.
 */
public final class PostedEvents implements AttemptPart {

  /** A JSON object, and when it was written, in milliseconds since 1970. */
  private record Post(long time, String text) {}

  private final AttemptContext common;
  private final AtomicLong numbers; // of the events of a build
  private final String job;
  private final LinesFile file;
  private final long made = System.currentTimeMillis();
  private final List<Post> posts = new ArrayList<>(0);
  private volatile PostTimes times; // null before the job's processes start

  public PostedEvents(AttemptContext common, int id, AtomicLong numbers) {
    this.common = common;
    this.numbers = numbers;
    this.job = common.graph().job(id).name();
    this.file = common.launches().files(job).eventLines();
  }

  @Override
  public void prepare(NeedSnapshot snapshot) throws IOException {
    file.clear(common.digests()); // earlier lines are not this attempt's
  }

  @Override
  public Launch begin(Launch launch, NeedSnapshot snapshot, Stamp begin) {
    times = new PostTimes(file, common.digests(), made);
    return launch;
  }

  @Override
  public void resume(ProcessEnd ended) {
    times = new PostTimes(file, common.digests(), ended.began(made));
  }

  @Override
  public void tick() {
    try {
      if (times != null) {
        times.noteTime();
      }
    } catch (IOException e) {
      return; // the times are less exact; reading the file at the end reports the error
    }
  }

  @Override
  public void read() throws IOException {
    String odd = lines(common.digests());
    if (!odd.isEmpty()) {
      common.removal().note().accept(job + ": " + odd);
    }
    if (!posts.isEmpty()) {
      file.clear(common.digests());
    }
  }

  /** Reads the events; returns a warning, or an empty text. */
  private String lines(DigestMemo digests) throws IOException {
    List<String> lines;
    try {
      lines = file.lines(digests);
    } catch (AttemptFailure e) {
      posts.add(new Post(System.currentTimeMillis(), JsonText.objectOf(e.getMessage())));
      return e.getMessage();
    }
    if (!lines.isEmpty()) {
      times.noteTime();
    }
    long end = 0; // bytes
    String odd = "";
    int more = -1;
    for (String line : lines) {
      end += line.getBytes(StandardCharsets.UTF_8).length + 1;
      if (line.isBlank()) {
        continue;
      }
      posts.add(new Post(times.of(end), JsonText.objectOf(line)));
      if (!JsonText.isObject(line)) {
        odd = odd.isEmpty() ? LinesFile.shown(line) : odd;
        more++;
      }
    }
    return more < 0
        ? ""
        : file.name()
            + " has a line that is not a JSON object; it is recorded as text: "
            + odd
            + (more == 0 ? "" : " (" + more + " more)");
  }

  @Override
  public void record(Batch batch, BuildId build, int attempt) {
    for (Post post : posts) {
      long number = numbers.getAndIncrement();
      batch.post(new PostedEvent(build.number(), number, post.time, job, attempt, post.text));
    }
  }
}
