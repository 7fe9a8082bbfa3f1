package dev.torc.features.past;

import dev.torc.base.posix.FileStatus;
import dev.torc.core.attempt.Event;
import dev.torc.core.run.BuildEnd;
import dev.torc.core.run.BuildListener;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Finds the git commit of the root while the jobs of a build run, for the build's record. It starts
 * git with the first job, so a build in which nothing runs never does, nor one outside a
 * repository. A git that has not answered a moment after the last job is killed, and the commit is
 * unknown.
 */
public final class BuildCommit implements BuildListener, BuildEnd, Runnable {

  /** How long the end of the build waits for git. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Path root;
  private final Map<String, String> env;
  private final AtomicReference<String> commit;
  private boolean began;
  private Thread git; // null unless it was started

  /**
   * @param commit where the commit is put when it is known, as the record has it
   */
  public BuildCommit(Path root, Map<String, String> env, AtomicReference<String> commit) {
    this.root = root;
    this.env = env;
    this.commit = commit;
  }

  @Override
  public void follow(Event event) {
    if (!began && event instanceof Event.JobStarted) {
      began = true;
      if (isInRepository()) {
        git = new Thread(this, "torc-git");
        git.setDaemon(true);
        git.start();
      }
    }
  }

  private boolean isInRepository() {
    try {
      for (Path at = root; at != null; at = at.getParent()) {
        if (FileStatus.of(at.resolve(".git").toString(), true).exists()) {
          return true;
        }
      }
    } catch (IOException e) {
      return false; // what torc cannot look at, git cannot read
    }
    return false;
  }

  @Override
  public void run() {
    GitCommit found = GitCommit.of(root, env);
    if (found != null) {
      commit.set(found.text());
    }
  }

  @Override
  public boolean finishAgain(int exit) {
    try {
      if (git != null && !git.join(PATIENCE)) {
        git.interrupt(); // kills git
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  @Override
  public void end(int signal) {
    if (git != null) {
      git.interrupt();
    }
  }
}
