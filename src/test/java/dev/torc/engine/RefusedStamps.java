package dev.torc.engine;

import dev.torc.hash.Stamp;
import dev.torc.hash.StampSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** The stamps of a system that says nothing of some paths of a root, now one and now another. */
record RefusedStamps(StampSource real, Path root, Set<String> refused) implements StampSource {

  @Override
  public Stamp stamp(Path path) throws IOException {
    refuse(path);
    return real.stamp(path);
  }

  @Override
  public Stamp linkStamp(Path path) throws IOException {
    refuse(path);
    return real.linkStamp(path);
  }

  private void refuse(Path path) throws IOException {
    if (path.startsWith(root) && refused.contains(root.relativize(path).toString())) {
      throw new IOException("cannot look at " + path + ": input/output error");
    }
  }
}
