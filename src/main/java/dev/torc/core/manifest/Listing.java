package dev.torc.core.manifest;

import dev.torc.core.manifest.ManifestWriter.Content;
import dev.torc.core.memory.JobResult.ManifestEntry;
import java.util.ArrayList;
import java.util.List;

/** Collects a manifest as lines, for the record of a run and for {@code ManifestDiff}. */
public record Listing(ManifestHash hash, List<ManifestEntry> lines) implements ManifestWriter {

  /** Writes to {@code hash} too: the lines have other texts than the digest. */
  public Listing(ManifestHash hash) {
    this(hash, new ArrayList<>());
  }

  @Override
  public void text(LineKind line, String name, String shown, String counts) {
    lines.add(line.line(name, shown));
    hash.text(line, name, shown, counts);
  }

  @Override
  public void content(LineKind line, String shown, String counts, Content content) {
    lines.add(line.line(shown, content.value()));
    hash.content(line, shown, counts, content);
  }

  @Override
  public void aside(ManifestEntry line) {
    lines.add(line);
  }
}
