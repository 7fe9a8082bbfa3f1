package dev.torc.plan;

import dev.torc.hash.Digest;
import dev.torc.hash.DigestMemo;
import dev.torc.plan.MachineInputs.ImageSource;
import dev.torc.workflow.Step.Image;
import java.io.IOException;

/**
 * The image that a step runs in. The digest of its configuration counts; its name is for people.
 *
 * @param name as written
 * @param identity the digest in hexadecimal, or {@link ManifestWriter#MISSING}; for an image that
 *     is a needed file, {@link #PATH} and the digest of its path
 */
record ImageIdentity(String name, String identity) {

  private static final String PATH = "path:";

  private static final int SHOWN = 12;

  /** Returns the identity in the line of an earlier run, if any, for an image that is not here. */
  static ImageIdentity recorded(String name, String line) {
    ImageIdentity before = line == null ? null : of(line);
    return new ImageIdentity(
        name,
        before != null && before.name.equals(name) ? before.identity : ManifestWriter.MISSING);
  }

  static ImageIdentity of(String name, Digest digest) {
    return new ImageIdentity(name, digest == null ? ManifestWriter.MISSING : digest.hex());
  }

  /**
   * Returns the identity of a present image; null if it is missing. An image that is a need counts
   * by its path, since its contents count as that need.
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

  /** Returns the name, with the first digits of the digest as the runtimes show them. */
  String shown() {
    return identity.length() > SHOWN && !identity.startsWith(PATH)
        ? name + " " + identity.substring(0, SHOWN)
        : name;
  }

  @Override
  public String toString() {
    return name + " " + identity;
  }
}
