package dev.torc.features.past;

import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.OwnFile;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.text.Refusal;
import dev.torc.core.attempt.BuildSetup;
import dev.torc.core.attempt.Event;
import dev.torc.core.attempt.JobState;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.run.BuildListener;
import dev.torc.core.run.EventSender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Keeps the logs of runs that ended badly, which the job's next run would replace. A kept log is a
 * second hard link of the job's log: a log with two links is never rewritten (see {@link OwnFile}),
 * and no byte is copied while jobs wait. A run that succeeded after a failed attempt is kept too.
 */
public final class FailedLogs implements BuildListener {

  /** The bytes that even an empty file takes. */
  private static final long BLOCK = 4096;

  private final CachePlace place;
  private final long build;
  private final EventSender sender;
  private final Map<String, Path> failed = new HashMap<>(); // logs of jobs that are retried
  private SequencedMap<KeptLog, Long> kept; // with their sizes, oldest first; null if not read yet
  private final Map<Path, ArrayDeque<KeptLog>> ofJob = new HashMap<>();
  private long bytes;
  private boolean broken;

  public FailedLogs(BuildSetup setup, EventSender sender) {
    this.place = setup.common().launches().place();
    this.build = setup.common().build().number();
    this.sender = sender;
  }

  @Override
  public void follow(Event event) {
    if (event instanceof Event.JobRetried retried && wrote(retried.details())) {
      failed.put(retried.job(), retried.details().log().file());
    } else if (event instanceof Event.JobEnded ended) {
      Path retried = failed.isEmpty() ? null : failed.remove(ended.job());
      boolean cut = ended.state() == JobState.INTERRUPTED;
      boolean bad = (cut || ended.state() == JobState.FAILED) && wrote(ended.details());
      if (bad || retried != null) {
        keep(bad ? ended.details().log().file() : retried, !cut);
      }
    }
  }

  /** Returns whether the job's log is that of this attempt, which had started. */
  private static boolean wrote(Event.Details attempt) {
    return attempt.log() != null && attempt.wall() > 0;
  }

  private void keep(Path log, boolean failed) {
    if (!Files.exists(log, LinkOption.NOFOLLOW_LINKS)) {
      return; // removed with .torc while the job ran
    }
    try {
      read();
      long size = size(log);
      if (size <= KeptLog.BYTES) {
        KeptLog next = KeptLog.of(place, log, build, failed);
        link(log, next.file());
        add(next, size);
      }
    } catch (IOException e) {
      if (!broken) {
        broken = true;
        String line = "cannot keep the log %s of a failed run: %s";
        sender.warn(new Diagnostic(line.formatted(log.getFileName(), Refusal.line(e))));
      }
    }
  }

  /** Finds the logs that earlier builds kept, once in a build. */
  private void read() throws IOException {
    if (kept == null) {
      place.makeFolder(KeptLog.folder(place));
      kept = new LinkedHashMap<>();
      for (KeptLog log : KeptLog.all(place)) {
        if (log.build() < build) {
          add(log, size(log.file()));
        } else {
          OwnFile.remove(log.file()); // of a history that was lost
        }
      }
    }
  }

  private static long size(Path log) throws IOException {
    return Math.max(BLOCK, FileStatus.of(log.toString(), false).size());
  }

  private static void link(Path log, Path to) throws IOException {
    try {
      Files.createLink(to, log);
    } catch (IOException | UnsupportedOperationException none) { // this file system has no links
      Files.copy(log, to, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
    }
  }

  private void add(KeptLog log, long size) throws IOException {
    ArrayDeque<KeptLog> own = ofJob.computeIfAbsent(log.log(), _ -> new ArrayDeque<>());
    own.add(log);
    kept.put(log, size);
    bytes += size;
    if (own.size() > KeptLog.RUNS) {
      drop(own.getFirst());
    }
    while (bytes > KeptLog.BYTES) {
      drop(kept.firstEntry().getKey());
    }
  }

  private void drop(KeptLog log) throws IOException {
    ofJob.get(log.log()).remove(log);
    bytes -= kept.remove(log);
    OwnFile.remove(log.file());
  }
}
