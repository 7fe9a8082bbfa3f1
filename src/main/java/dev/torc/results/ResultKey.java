package dev.torc.results;

import dev.torc.bytes.ByteWriter;
import dev.torc.hash.Digest;
import java.util.SortedMap;

/**
 * Under which key a result is known: all that decides what it is, but not the name of its job, so
 * that a renamed job finds it. What the manifest holds is known to its writers.
 */
public final class ResultKey {

  /** Counts up with every change of what a key, a record or a digest of a product is made of. */
  private static final String FORMAT = "torc result 4";

  private ResultKey() {}

  /**
   * The key.
   *
   * @param manifest the digest of the manifest
   * @param parameters the values of an instance by name; empty for a plain job
   * @param system the kind of system that the job runs on
   * @param job its name where nothing else tells it from others: it makes nothing; else empty
   */
  public static Digest of(
      Digest manifest, SortedMap<String, String> parameters, String system, String job) {
    ByteWriter out = new ByteWriter(0);
    out.text(FORMAT);
    out.raw(manifest.bytes());
    out.map(parameters, ByteWriter::text);
    out.text(system);
    out.text(job);
    return Digest.ofBytes(out.bytes());
  }
}
