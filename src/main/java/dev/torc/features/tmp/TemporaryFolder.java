package dev.torc.features.tmp;

import dev.torc.base.digests.Stamp;
import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.RandomId;
import dev.torc.base.text.Refusal;
import dev.torc.core.attempt.AttemptPart;
import dev.torc.core.attempt.BuildSetup.AttemptContext;
import dev.torc.core.attempt.JobFiles;
import dev.torc.core.decide.NeedSnapshot;
import dev.torc.core.here.Launch;
import dev.torc.core.here.ProcessEnd;
import dev.torc.core.memory.CachePlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The folder of {@code {tmp}} and {@code TORC_TMP}, for a job that uses it: empty when an attempt
 * starts, and removed at its end. {@link JobFiles#tmp} says where it is. One build at a time uses a
 * root, and the next one ends what a killed torc left before it removes the folder.
 */
public final class TemporaryFolder implements AttemptPart {

  private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rwx------");

  private final Path folder;
  private final String what;
  private final Consumer<String> warn;

  public TemporaryFolder(AttemptContext common, String job) {
    this.folder = JobFiles.tmp(common.launches().place(), job);
    this.what = what(job);
    this.warn = common.removal().note();
  }

  @Override
  public boolean surrounds() {
    return true;
  }

  @Override
  public Launch begin(Launch launch, NeedSnapshot snapshot, Stamp begin) throws IOException {
    make(folder, what, warn);
    return launch;
  }

  @Override
  public void over(ProcessEnd ended) {
    if (ended.how() != ProcessEnd.How.PASSED_ON) {
      remove(folder, what, warn);
    }
  }

  /** Removes the folder that a killed torc left. */
  public static void remove(CachePlace place, String job, Consumer<String> warn) {
    remove(JobFiles.tmp(place, job), what(job), warn);
  }

  private static String what(String job) {
    return "the folder {tmp} of " + job;
  }

  /** Empties the folder, if there is one, for processes that begin again. */
  public static void empty(CachePlace place, String job, Consumer<String> warn) {
    Path folder = JobFiles.tmp(place, job);
    try {
      if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        make(folder, what(job), warn);
      }
    } catch (IOException e) {
      warn.accept("cannot empty " + what(job) + ": " + Refusal.line(e));
    }
  }

  /**
   * Makes the folder, which only its owner may open. What an earlier attempt left there is moved
   * aside first: a background process of that attempt may still write into it.
   */
  private static void make(Path folder, String what, Consumer<String> warn) throws IOException {
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
