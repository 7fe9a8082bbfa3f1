package dev.torc.features.secrets;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.OwnFile;
import dev.torc.core.memory.CachePlace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.Map;

/**
 * What stands for a secret that counts in a manifest: a digest keyed with the root's random id. A
 * record thus shows that a value has changed, but does not help to guess the value.
 */
public final class CountedSecret {

  private static final int SHOWN = 16; // hex digits

  private static final String SLOT = "{" + SecretValues.COUNTS + ".";

  private static final String MISSING = "not set"; // the secret, or the root's id

  private CountedSecret() {}

  /** Returns the digest, if a slot is that of a secret which counts; else null. */
  public static String of(String slot, Map<String, String> caller, CachePlace place) {
    if (!slot.startsWith(SLOT)) {
      return null;
    }
    String member = slot.substring(SLOT.length(), slot.length() - 1);
    String value = new SecretValues(caller, place.root()).find(member);
    try {
      String id = new String(OwnFile.read(place.id()), StandardCharsets.UTF_8).strip();
      return value == null ? MISSING : Digest.ofText(id + "\0" + value).hex().substring(0, SHOWN);
    } catch (NoSuchFileException none) {
      return MISSING; // no run has been recorded with it
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
