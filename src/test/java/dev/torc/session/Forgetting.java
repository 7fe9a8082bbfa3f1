package dev.torc.session;

import dev.torc.hash.FileClock;
import dev.torc.records.Cache;
import dev.torc.rest.CleanJobs;
import java.io.IOException;

/** A disk that forgets what it was told of the database: what is at rest stays so. */
public final class Forgetting {

  /** Changes the database. */
  public interface Change {
    void make() throws IOException;
  }

  private Forgetting() {}

  /** Makes a change that what is at rest does not see; returns whether anything is. */
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
