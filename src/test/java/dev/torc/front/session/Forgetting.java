package dev.torc.front.session;

import dev.torc.base.digests.FileClock;
import dev.torc.core.memory.Cache;
import dev.torc.features.fastpath.FreshJobs;
import dev.torc.front.project.Project;
import java.io.IOException;

/** Plays a disk that loses a write to the database: what is fresh stays fresh. */
public final class Forgetting {

  /** Changes the database. */
  public interface Change {
    void make() throws IOException;
  }

  private Forgetting() {}

  /** Makes a change that fresh jobs do not see; returns false, without it, if there are none. */
  public static boolean behind(Project project, Change change) throws IOException {
    FreshJobs fresh = FastPath.of(project, FileClock.none(), null).fresh();
    if (fresh == null) {
      return false;
    }
    fresh.readDigests();
    change.make();
    fresh
        .with(project.stamps().stamp(project.place().data()), Cache.journal(project.place()))
        .write(project.place().rest());
    return true;
  }
}
