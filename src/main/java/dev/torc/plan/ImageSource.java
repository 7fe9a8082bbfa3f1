package dev.torc.plan;

import dev.torc.hash.Digest;
import dev.torc.workflow.Image;

/** Tells which image a name means on this machine. It is found out elsewhere, once in a build. */
public interface ImageSource {

  /** The digest of the image's configuration; null where the image is not here. */
  Digest of(Image image);
}
