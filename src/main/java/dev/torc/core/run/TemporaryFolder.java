package dev.torc.core.run;

import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.RandomId;
import dev.torc.base.text.Refusal;
import dev.torc.core.memory.CachePlace;
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
 * and removed at its end. A job has the same path in each attempt, since many tools write their
 * command line into their results. One build at a time uses a root, and the next one ends what a
 * killed torc left before it removes the folder.
 */
public final class TemporaryFolder {

  static final String VARIABLE = "TORC_TMP";

  private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rwx------");

  private TemporaryFolder() {}

  public static Path of(CachePlace place, String job) {
    return place.jobs().resolve(JobFiles.name(job) + ".tmp");
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

  /**
   * Makes the folder, which only its owner may open. What an earlier attempt left there is moved
   * aside first: a background process of that attempt may still write into it.
   */
  public static void make(Path folder, String what, Consumer<String> warn) throws IOException {
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      Path aside = folder.resolveSibling(folder.getFileName() + "." + RandomId.next());
      Files.move(folder, aside);
      remove(aside, what, warn);
    }
    Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWN));
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
