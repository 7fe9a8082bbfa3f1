package dev.torc.plan;

import dev.torc.hash.Digest;
import dev.torc.hash.DigestMemo;
import dev.torc.plan.MachineInputs.ImageSource;
import dev.torc.workflow.Step.Image;
import java.io.IOException;

/**
 * Which image a step runs in: the digest of its configuration counts, and its name is for people.
 *
 * @param name as written
 * @param identity the digest in hexadecimal digits; {@link ManifestWriter#MISSING} where it is not
 *     known, and for a needed file a word made from its path
 */
record ImageIdentity(String name, String identity) {

  /** Begins an identity that is no digest. */
  private static final String PATH = "path:";

  private static final int SHOWN = 12;

  /**
   * Returns what the line of an earlier run tells of an image that is not here.
   *
   * @param line as {@link #toString} has it; null without such a run
   */
  static ImageIdentity recorded(String name, String line) {
    ImageIdentity before = line == null ? null : of(line);
    return new ImageIdentity(
        name,
        before != null && before.name.equals(name) ? before.identity : ManifestWriter.MISSING);
  }

  /** Returns an image with its digest, null where that is not known. */
  static ImageIdentity of(String name, Digest digest) {
    return new ImageIdentity(name, digest == null ? ManifestWriter.MISSING : digest.hex());
  }

  /**
   * Returns an image as it is here, null where it is not. An image that is a need counts by its
   * path: its contents count as that need.
   */
  static ImageIdentity here(Image image, MachineInputs machine, DigestMemo digests) {
    if (image.file() != null) {
      return new ImageIdentity(image.name(), PATH + Digest.ofText(image.name()).hex());
    }
    ImageSource.Here here = machine.image(image);
    if (here == null) {
      return null;
    }
    try {
      return of(image.name(), here.id() != null ? here.id() : digests.seen(here.file()).digest());
    } catch (IOException e) {
      return of(image.name(), null); // its job tells why when it runs
    }
  }

  static ImageIdentity of(String line) {
    int blank = line.lastIndexOf(' ');
    return blank < 0
        ? new ImageIdentity(line, line) // of a torc that ran no containers
        : new ImageIdentity(line.substring(0, blank), line.substring(blank + 1));
  }

  /** Returns the image for people, with as much of the digest as the runtimes show. */
  String shown() {
    return identity.length() > SHOWN && !identity.startsWith(PATH)
        ? name + " " + identity.substring(0, SHOWN)
        : name;
  }

  /** Returns the image as a line of a manifest has it. */
  @Override
  public String toString() {
    return name + " " + identity;
  }
}
