package dev.torc.features.past;

import dev.torc.base.posix.FileStatus;
import dev.torc.core.memory.CachePlace;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The log of a job's run that ended badly, kept in {@code .torc/logs/failed}. Its name says the
 * job, the build, and whether the run failed or was interrupted, so no record has to be found for
 * it.
 *
 * @param log where the log of the job's last run is
 */
public record KeptLog(Path file, Path log, long build, boolean failed) {

  /** The most runs of a job whose logs are kept. */
  static final int RUNS = 5;

  /** The most bytes of all kept logs. */
  static final long BYTES = 20_000_000;

  /** What is kept, for messages. */
  public static final String RULE =
      "torc keeps the logs of a job's last %d runs that ended badly, %d MB in all"
          .formatted(RUNS, BYTES / 1_000_000);

  private static final String FAILED = "failed";
  private static final String INTERRUPTED = "interrupted";

  /** The name of a job's file has no {@code @}. */
  private static final Pattern NAME =
      Pattern.compile("(.+)@([0-9]{1,18})\\.(" + FAILED + "|" + INTERRUPTED + ")\\.log");

  static Path folder(CachePlace place) {
    return place.logs().resolve(FAILED);
  }

  /** Returns what the present log of a job is kept as. */
  static KeptLog of(CachePlace place, Path log, long build, boolean failed) {
    String job = log.getFileName().toString().replaceFirst("\\.log$", "");
    String name = job + "@" + build + "." + (failed ? FAILED : INTERRUPTED) + ".log";
    return new KeptLog(folder(place).resolve(name), log, build, failed);
  }

  /** Returns all kept logs, oldest first. */
  public static List<KeptLog> all(CachePlace place) throws IOException {
    List<KeptLog> all = new ArrayList<>();
    if (!FileStatus.of(folder(place).toString(), false).isFolder()) {
      return all;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder(place))) {
      for (Path file : files) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (name.matches() && FileStatus.of(file.toString(), false).isFile()) {
          Path log = place.logs().resolve(name.group(1) + ".log");
          boolean failed = name.group(3).equals(FAILED);
          all.add(new KeptLog(file, log, Long.parseLong(name.group(2)), failed));
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    all.sort(Comparator.comparingLong(KeptLog::build).thenComparing(KeptLog::log));
    return all;
  }
}
