package dev.torc.core.manifest;

import dev.torc.base.digests.Digest;
import dev.torc.base.digests.DigestMemo;
import dev.torc.base.posix.Io;
import dev.torc.core.manifest.MachineInputs.ImageSource;
import dev.torc.core.model.Step.Image;

/**
 * The image that a step runs in. The digest of its configuration counts; its name is only shown.
 *
 * @param name the name as written
 * @param identity the digest in hexadecimal, or {@link ManifestWriter#MISSING}; for an image that
 *     is a needed file, {@link #PATH} and the digest of the file's path
 */
public record ImageIdentity(String name, String identity) {

  private static final String PATH = "path:";

  private static final int SHOWN = 12;

  /** Returns the identity that an earlier run recorded for a missing image of this name. */
  public static ImageIdentity recorded(String name, String line) {
    ImageIdentity before = line == null ? null : of(line);
    return new ImageIdentity(
        name,
        before != null && before.name.equals(name) ? before.identity : ManifestWriter.MISSING);
  }

  public static ImageIdentity of(String name, Digest digest) {
    return new ImageIdentity(name, digest == null ? ManifestWriter.MISSING : digest.hex());
  }

  /**
   * Returns the identity of an image; null if the image is missing. For an image that is a needed
   * file, the path counts, since the contents already count as a need.
   */
  public static ImageIdentity here(Image image, MachineInputs machine, DigestMemo digests) {
    if (image.file() != null) {
      return new ImageIdentity(image.name(), PATH + Digest.ofText(image.name()).hex());
    }
    ImageSource.Here here = machine.image(image);
    if (here == null) {
      return null;
    }
    // The job reports an error when it runs.
    return Io.or(
        () -> of(image.name(), here.id() != null ? here.id() : digests.seen(here.file()).digest()),
        of(image.name(), null));
  }

  public static ImageIdentity of(String line) {
    int blank = line.lastIndexOf(' ');
    return blank < 0
        ? new ImageIdentity(line, line) // from a torc that had no containers
        : new ImageIdentity(line.substring(0, blank), line.substring(blank + 1));
  }

  /** Returns the name, with the first digits of the digest as container runtimes show them. */
  public String shown() {
    return identity.length() > SHOWN && !identity.startsWith(PATH)
        ? name + " " + identity.substring(0, SHOWN)
        : name;
  }

  @Override
  public String toString() {
    return name + " " + identity;
  }
}
