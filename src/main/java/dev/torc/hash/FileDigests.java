package dev.torc.hash;

import dev.torc.hash.Digest.KnownDigest;
import java.io.IOException;

/**
 * The digests of files, as {@link FolderDigest} asks for them: so a file that is needed by itself
 * and in a folder is read once.
 */
@FunctionalInterface
public interface FileDigests {

  /**
   * The digest of a file.
   *
   * @param path relative to the root or absolute, with {@code /} between names
   * @param fresh the stamp it was just seen with
   * @return what is known of it; its digest is null where the file is gone by now
   */
  KnownDigest of(String path, Stamp fresh) throws IOException;
}
