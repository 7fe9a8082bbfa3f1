package dev.torc.ask;

import dev.torc.engine.LaunchBuilder;
import dev.torc.posix.OwnFile;
import dev.torc.records.Cache;
import dev.torc.records.JobResult;
import dev.torc.records.JobResult.RunDetails;
import dev.torc.session.ProjectFolder;
import dev.torc.session.RunningJobs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The logs of jobs while these write them. Where a build is at work, what an earlier one left is
 * passed over until it is known that the job does not run in this one. It only looks.
 */
public final class LogFollow {

  private static final int PIECE = 1 << 16;

  /** Takes what was added to a job's log. */
  public interface Sink {
    void take(String job, byte[] added) throws IOException;
  }

  private final ProjectFolder folder;
  private final Map<String, Path> logs;
  private final Map<String, Long> read = new HashMap<>();
  private final Set<String> begun = new HashSet<>();

  /**
   * @param logs by job, in the order in which they are shown
   */
  LogFollow(ProjectFolder folder, Map<String, Path> logs) {
    this.folder = folder;
    this.logs = logs;
  }

  /**
   * Hands over what there is, and what is added until the jobs have ended, or the build that is at
   * work; returns at once if none is.
   */
  public void follow(Sink sink) throws IOException {
    new BuildFollow(folder.place())
        .follow((cache, build, ended) -> look(cache, build, ended, sink));
  }

  /** Whether all the jobs came to their ends in this build. */
  private boolean look(Cache cache, String build, boolean ended, Sink sink) throws IOException {
    boolean all = true;
    Set<String> running = RunningJobs.of(folder.place(), cache).running();
    for (String job : logs.keySet()) {
      JobResult result = cache.result(job);
      boolean ran = result != null && result.build().equals(build);
      // At the first sight of a running job the log may still be that of its run before.
      if (ended || (running.contains(job) ? !begun.add(job) : ran)) {
        added(job, sink);
      }
      all &= ran && !running.contains(job) && isFinal(job, result, cache);
    }
    return all;
  }

  /** Whether no other attempt can follow; where that cannot be told, no. */
  private boolean isFinal(String job, JobResult result, Cache cache) {
    if (result.outcome().isGood()) {
      return true;
    }
    int id = folder.project() == null ? -1 : folder.project().graph().jobId(job);
    RunDetails details = cache.details(job);
    return id >= 0
        && details != null
        && details.attempts() > folder.project().graph().job(id).retry().retries();
  }

  private void added(String job, Sink sink) throws IOException {
    Path log = LaunchBuilder.log(folder.place(), job);
    if (!OwnFile.stands(log)) {
      return;
    }
    try (FileChannel file = OwnFile.channel(log)) {
      long at = read.getOrDefault(job, 0L);
      at = file.size() < at ? 0 : at; // it was begun anew
      ByteBuffer piece = ByteBuffer.allocate(PIECE);
      for (int got = file.read(piece, at); got > 0; got = file.read(piece.clear(), at)) {
        sink.take(job, Arrays.copyOf(piece.array(), got));
        at += got;
      }
      read.put(job, at);
    }
  }
}
