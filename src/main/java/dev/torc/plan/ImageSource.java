package dev.torc.plan;

import dev.torc.hash.Digest;
import dev.torc.workflow.Step.Image;

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

  /**
   * Why a step cannot have its image in this build, as far as a look tells; empty where it can, or
   * where only fetching it would show.
   *
   * @param waits whether the job waits for others: one of them may make the image
   */
  String lack(Image image, boolean waits);
}
