package dev.torc.core.manifest;

import dev.torc.core.manifest.ManifestWriter.Content;
import dev.torc.core.memory.JobResult.ManifestEntry;
import java.util.ArrayList;
import java.util.List;

/** Collects a manifest as lines, for the record of a run and for {@code ManifestDiff}. */
public final class Listing implements ManifestWriter {

  private final ManifestHash hash;
  private final List<ManifestEntry> lines = new ArrayList<>();

  /** Writes to {@code hash} too, unless null: the lines have other texts than the digest. */
  public Listing(ManifestHash hash) {
    this.hash = hash;
  }

  @Override
  public void text(LineKind line, String name, String shown, String counts) {
    lines.add(new ManifestEntry(line.ordinal(), name, "", shown));
    if (hash != null) {
      hash.text(line, name, shown, counts);
    }
  }

  @Override
  public void content(LineKind line, String shown, String counts, Content content) {
    lines.add(new ManifestEntry(line.ordinal(), shown, "", content.value()));
    if (hash != null) {
      hash.content(line, shown, counts, content);
    }
  }

  @Override
  public void aside(ManifestEntry line) {
    lines.add(line);
  }

  public List<ManifestEntry> lines() {
    return lines;
  }
}
