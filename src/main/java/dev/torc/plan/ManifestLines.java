package dev.torc.plan;

import dev.torc.cache.Entry;
import java.util.ArrayList;
import java.util.List;

/** The manifest as lines: for the record of a run, and to be compared with an earlier one. */
final class ManifestLines implements ManifestWriter {

  private final List<Entry> lines = new ArrayList<>();

  @Override
  public void text(Line line, String name, String value) {
    lines.add(new Entry(line.ordinal(), name, "", value));
  }

  @Override
  public void content(Line line, String path, Content content) {
    text(line, path, content.value());
  }

  @Override
  public void text(Line line, String name, String shown, String counts) {
    text(line, name, shown);
  }

  @Override
  public void made(String shown, Content content) {
    content(Line.LIST, shown, content);
  }

  /** All lines in their order. */
  List<Entry> lines() {
    return lines;
  }
}
