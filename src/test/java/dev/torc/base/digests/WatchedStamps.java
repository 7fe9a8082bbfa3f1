package dev.torc.base.digests;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The stamps of another source, where a test sees each path before it is looked at, and may refuse
 * it.
 */
public record WatchedStamps(StampSource real, Look look) implements StampSource {

  /** Is told each path; an exception of it is thrown in place of the stamp. */
  public interface Look {
    void at(Path path) throws IOException;
  }

  @Override
  public Stamp at(Path folder, String path, boolean follow) throws IOException {
    look.at(folder.resolve(path));
    return real.at(folder, path, follow);
  }
}
