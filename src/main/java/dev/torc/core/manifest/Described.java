package dev.torc.core.manifest;

import dev.torc.base.digests.Digest;
import dev.torc.core.memory.JobResult.ManifestEntry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A manifest. {@code lists} maps the digest in a line to the members of that list, or to the values
 * of a needed group's instances.
 */
public record Described(
    Digest digest, List<ManifestEntry> lines, Map<Digest, List<ManifestEntry>> lists) {

  /** Returns a digest of the manifest that ignores the contents of needs. */
  public Digest command() {
    Map<String, List<ManifestEntry>> members = new HashMap<>();
    lists.forEach((digest, entries) -> members.put(digest.hex(), entries));
    ManifestHash hash = new ManifestHash();
    for (ManifestEntry line : lines) {
      LineKind kind = LineKind.of(line.code());
      boolean holds =
          kind == LineKind.NEED
              || kind == LineKind.KEY
              || kind == LineKind.KEYED
              || kind == LineKind.FOUND
              || kind == LineKind.TOOL;
      hash.text(kind, line.name(), "", holds || kind == LineKind.LIST ? "" : line.now());
      if (kind == LineKind.LIST) {
        members.get(line.now()).forEach(member -> hash.text(kind, member.name(), "", ""));
      }
    }
    return hash.digest();
  }
}
