package dev.torc.core.manifest;

import dev.torc.base.digests.Digest;
import dev.torc.core.manifest.ManifestWriter.Content;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Computes the digest of a manifest: SHA-256 over its lines. Each line is a code and two texts,
 * with its length before each text, so that different manifests give different bytes. After {@link
 * #digest}, the object is ready for another manifest.
 */
public final class ManifestHash implements ManifestWriter {

  private final MessageDigest sha = DigestUtils.getSha256Digest();
  private byte[] buffer = new byte[4096];
  private int size;
  private int pending = -1;
  private final boolean earlier;
  private final String plain; // null if the shell of plain words does not count

  public ManifestHash() {
    this.earlier = false;
    this.plain = null;
  }

  /**
   * Creates a hash as an earlier torc computed it, where {@link LineKind#EXTRA} had no name.
   *
   * @param plain the shell of plain words if it counted then; else null
   */
  public ManifestHash(String plain) {
    this.earlier = true;
    this.plain = plain;
  }

  @Override
  public void text(LineKind line, String name, String shown, String counts) {
    reserve(1);
    buffer[size++] = (byte) line.ordinal();
    append(earlier && line == LineKind.EXTRA ? "" : name);
    append(counts);
  }

  @Override
  public void content(LineKind line, String shown, String counts, Content content) {
    if (content instanceof Content.Pending p) {
      pending = p.job();
    } else {
      text(line, counts, content.value());
    }
  }

  @Override
  public void plain(String step) {
    if (plain != null) {
      text(LineKind.SHELL, step, plain);
    }
  }

  /** Returns an unsettled job that must end before the digest is known; -1 if there is none. */
  public int pending() {
    return pending;
  }

  /** Returns the digest of all lines since the last call, and starts a new manifest. */
  public Digest digest() {
    sha.update(buffer, 0, size);
    size = 0;
    pending = -1;
    return Digest.of(sha.digest());
  }

  private void append(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    reserve(4 + bytes.length);
    for (int shift = 24; shift >= 0; shift -= 8) {
      buffer[size++] = (byte) (bytes.length >>> shift);
    }
    System.arraycopy(bytes, 0, buffer, size, bytes.length);
    size += bytes.length;
  }

  private void reserve(int more) {
    if (size + more > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + more));
    }
  }
}
