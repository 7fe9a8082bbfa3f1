package dev.torc.session;

import dev.torc.hash.FileClock;
import dev.torc.records.Cache;
import dev.torc.rest.CleanJobs;
import java.io.IOException;

/** Plays a disk that loses a write to the database: what is at rest stays at rest. */
public final class Forgetting {

  /** Changes the database. */
  public interface Change {
    void make() throws IOException;
  }

  private Forgetting() {}

  /** Makes a change that jobs at rest do not see; returns false, without it, if there are none. */
  public static boolean behind(Project project, Change change) throws IOException {
    CleanJobs rest = FastPath.of(project, FileClock.none()).clean();
    if (rest == null) {
      return false;
    }
    rest.take();
    change.make();
    rest.with(project.stamps().stamp(project.place().data()), Cache.journal(project.place()))
        .write(project.place().rest());
    return true;
  }
}
