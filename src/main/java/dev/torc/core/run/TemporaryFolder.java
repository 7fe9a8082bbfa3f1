package dev.torc.core.run;

import dev.torc.base.posix.FileTree;
import dev.torc.base.text.Refusal;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.memory.StartMark;
import dev.torc.core.model.Job;
import dev.torc.core.model.Step;
import dev.torc.core.model.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The folder of {@code {tmp}} and {@code TORC_TMP}, if a job uses it: empty when an attempt starts,
 * and removed at its end. Its name comes from the start mark, so that the next build finds the
 * folder if torc was killed.
 */
public final class TemporaryFolder {

  static final String VARIABLE = "TORC_TMP";

  private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rwx------");

  private TemporaryFolder() {}

  public static Path of(CachePlace place, StartMark attempt) {
    String build = attempt.build().substring(0, Math.min(8, attempt.build().length()));
    return place
        .jobs()
        .resolve(JobFiles.name(attempt.job()) + "." + build + "." + attempt.attempt() + ".tmp");
  }

  /** Returns whether a job uses the folder. */
  static boolean isUsed(Job job) {
    for (Step step : job.runs().steps()) {
      for (Template text : step.templates()) {
        if (isUsed(text)) {
          return true;
        }
      }
    }
    return job.runs().retry().recover() != null && isUsed(job.runs().retry().recover());
  }

  private static boolean isUsed(Template text) {
    return text.slot("tmp") != null || text.declared().contains(VARIABLE);
  }

  /** Makes the folder, which only its owner may open. */
  static void make(Path folder) throws IOException {
    Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWN));
  }

  public static void empty(Path folder) throws IOException {
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      FileTree.remove(folder);
      make(folder);
    }
  }

  /** Removes a folder; warns, naming it {@code what}, if that fails. */
  public static void remove(Path folder, String what, Consumer<String> warn) {
    try {
      FileTree.remove(folder);
    } catch (IOException e) {
      warn.accept("cannot remove " + what + ": " + Refusal.line(e));
    }
  }
}
