package dev.torc.hash;

/**
 * A digest together with the stamp that its file had when it was read.
 *
 * @param digest null where the stamp is not that of a file; such a value is never stored
 * @param safe whether the file was outside the racy window, and nobody had it open for writing,
 *     when reading began: only then may an equal stamp stand for equal bytes in a later build
 */
public record KnownDigest(Stamp stamp, Digest digest, boolean safe) {

  /** The digest of a file by which it counts as a product: with its executable bit. */
  public Digest product() {
    return digest != null && stamp.kind() == Stamp.Kind.FILE && stamp.executable()
        ? digest.executable()
        : digest;
  }
}
