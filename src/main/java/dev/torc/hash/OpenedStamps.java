package dev.torc.hash;

import dev.torc.posix.FileStatus;
import dev.torc.posix.OpenedStatus;
import dev.torc.posix.StatusReader;
import java.io.IOException;

/** The stamps of files on file systems of other machines, taken of the opened file. */
final class OpenedStamps extends SystemStamps {

  @Override
  FileStatus status(String path, boolean follow) throws IOException {
    return OpenedStatus.of(path, follow);
  }

  @Override
  StatusReader reader(String folder, boolean follow) throws IOException {
    return OpenedStatus.reader(folder, follow);
  }

  @Override
  public StampSource opened() {
    return this;
  }
}
