package dev.torc.plan;

import dev.torc.records.JobResult.ManifestEntry;
import java.util.ArrayList;
import java.util.List;

/** The manifest as lines: for the record of a run, and to be compared with an earlier one. */
final class ManifestLines implements ManifestWriter {

  private final List<ManifestEntry> lines = new ArrayList<>();

  @Override
  public void text(LineKind line, String name, String shown, String counts) {
    lines.add(new ManifestEntry(line.ordinal(), name, "", shown));
  }

  @Override
  public void content(LineKind line, String shown, String counts, Content content) {
    text(line, shown, content.value());
  }

  @Override
  public void leftOut(ManifestEntry line) {
    lines.add(line);
  }

  /** All lines in their order. */
  List<ManifestEntry> lines() {
    return lines;
  }
}
