package dev.torc.plan;

import dev.torc.hash.Digest;
import dev.torc.workflow.Image;

/** Tells which image a name means on this machine. It is found out elsewhere, once in a build. */
public interface ImageSource {

  /** The image of a registry's name; null where it is not here. */
  Here of(Image image);

  /**
   * An image that is here: one of the two is null.
   *
   * @param id the digest of its configuration, where a runtime keeps it
   * @param file the path of its file, relative to the root or absolute: what that contains counts
   */
  record Here(Digest id, String file) {}
}
