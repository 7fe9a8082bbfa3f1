package dev.torc.plan;

import dev.torc.hash.Digest;
import dev.torc.workflow.Image;

/** Tells which image a name means on this machine. It is found out elsewhere, once in a build. */
public interface ImageSource {

  /** The digest of the image's configuration; null where the image is not here. */
  Digest of(Image image);

  /**
   * Why a step cannot have its image in this build, as far as a look tells; empty where it can, or
   * where only fetching it would show.
   *
   * @param waits whether the job waits for others: one of them may make the image
   */
  String lack(Image image, boolean waits);
}
