package dev.torc.plan;

import dev.torc.cache.ManifestEntry;
import java.util.ArrayList;
import java.util.List;

/** The lines of a manifest as texts, for records that others read. */
public final class ManifestTexts {

  /** Of longer manifests nobody is told what differs. */
  private static final int MOST = 10_000;

  private static final int PARTS = 3;

  private ManifestTexts() {}

  /** The texts of lines; none of too many. */
  public static List<String> of(List<ManifestEntry> lines) {
    List<String> texts = new ArrayList<>();
    for (ManifestEntry line : lines.size() > MOST ? List.<ManifestEntry>of() : lines) {
      texts.add(line.code() + "\0" + line.name() + "\0" + line.now());
    }
    return texts;
  }

  /** The lines of texts; what is none is left out. */
  static List<ManifestEntry> lines(List<String> texts) {
    List<ManifestEntry> lines = new ArrayList<>();
    for (String text : texts) {
      String[] parts = text.split("\0", PARTS);
      if (parts.length == PARTS && parts[0].matches("[0-9]{1,3}")) {
        lines.add(new ManifestEntry(Integer.parseInt(parts[0]), parts[1], "", parts[2]));
      }
    }
    return lines;
  }
}
