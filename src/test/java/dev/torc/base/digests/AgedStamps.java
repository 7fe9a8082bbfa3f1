package dev.torc.base.digests;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The machine's stamps as if all files had been written an hour ago, so that all can be trusted,
 * and the {@link #racy} ones in an hour from now. The file that tells the time has its own stamp.
 */
public final class AgedStamps implements StampSource {

  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  /** Files that can change any moment. */
  public final Set<Path> racy = new HashSet<>();

  private final StampSource real;

  public AgedStamps() {
    this(StampSource.of(FileSystems.getDefault()));
  }

  /** The aged stamps of another source. */
  public AgedStamps(StampSource real) {
    this.real = real;
  }

  @Override
  public Stamp at(Path folder, String path, boolean follow) throws IOException {
    return aged(folder.resolve(path), real.at(folder, path, follow));
  }

  private Stamp aged(Path path, Stamp s) {
    if (!s.exists() || path.endsWith("clock")) {
      return s;
    }
    long by = racy.contains(path) ? HOUR : -HOUR;
    boolean folder = s.kind() == Stamp.FileKind.FOLDER; // a ctime beyond its mtime means a rename
    long mtime = folder ? s.mtime() + by : s.mtime();
    return new Stamp(
        s.kind(), s.executable(), s.size(), mtime, s.ctime() + by, s.inode(), s.attributes());
  }
}
