package dev.torc.features.secrets;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.OwnFile;
import dev.torc.core.memory.CachePlace;
import dev.torc.core.model.Step;
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

  private CountedSecret() {}

  /** Returns the digest; null if the secret, or the root's id, is missing. */
  public static String of(String counts, Map<String, String> caller, CachePlace place) {
    String member = counts.substring(Step.COUNTS.length() + 2, counts.length() - 1);
    String value = new SecretValues(caller, place.root()).find(member);
    try {
      String id = new String(OwnFile.read(place.id()), StandardCharsets.UTF_8).strip();
      return value == null ? null : Digest.ofText(id + "\0" + value).hex().substring(0, SHOWN);
    } catch (NoSuchFileException none) {
      return null; // no run has been recorded with it
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
