package dev.torc.front.crate;

import dev.torc.base.posix.Walk;
import dev.torc.core.manifest.ImageIdentity;
import dev.torc.core.manifest.LineKind;
import dev.torc.core.manifest.ManifestWriter;
import dev.torc.core.memory.JobResult.ManifestEntry;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The inputs of a run, from the recorded lines of its manifest. The verdict on the job says whether
 * they are still the same.
 */
record RunInputs(List<ManifestEntry> manifest) {

  private static final Pattern DIGEST =
      Pattern.compile("(?:" + ManifestWriter.LONG + ")?([0-9a-f]{64})(?: .*)?");

  /** An input by its name as written, and what the manifest has of it. */
  record Line(String name, String value) {

    private static Line of(ManifestEntry entry) {
      return new Line(entry.name(), entry.now());
    }

    /** Returns the JSON of a needed value; null if it was too long for the line. */
    String json() {
      boolean none = value.equals(ManifestWriter.MISSING) || value.equals(ManifestWriter.PENDING);
      return none || value.startsWith(ManifestWriter.LONG) ? null : value;
    }

    /** Returns the digest in the value, in hexadecimal; null if there is none. */
    String digest() {
      Matcher digest = DIGEST.matcher(value);
      return digest.matches() ? digest.group(1) : null;
    }
  }

  /** Returns the commands of the steps; placeholders like {@code {needs}} are not replaced. */
  List<String> commands() {
    return entries(LineKind.COMMAND).map(ManifestEntry::now).toList();
  }

  /** Returns the needed and found files, or the members of a stored list, with digests. */
  List<Line> files() {
    return entries(LineKind.NEED, LineKind.KEYED, LineKind.FOUND)
        .filter(entry -> !Walk.isWay(entry.name()))
        .map(Line::of)
        .toList();
  }

  /** Returns the declared variables that were set, without the numbers of their steps. */
  List<Line> variables() {
    return entries(LineKind.ENV)
        .filter(entry -> !entry.now().isEmpty())
        .map(entry -> new Line(entry.name().split(" ")[0], entry.now().substring(1)))
        .toList();
  }

  /** Returns images by their names, with their digests. */
  List<Line> images() {
    return entries(LineKind.IMAGE)
        .map(entry -> ImageIdentity.of(entry.now()))
        .map(image -> new Line(image.name(), image.identity()))
        .toList();
  }

  /**
   * Returns the lines of some kinds, with a name as written and a digest, or the JSON of a value.
   */
  List<Line> lines(LineKind... kinds) {
    return entries(kinds).map(Line::of).toList();
  }

  private Stream<ManifestEntry> entries(LineKind... kinds) {
    return manifest.stream()
        .filter(entry -> Arrays.asList(kinds).contains(LineKind.of(entry.code())));
  }
}
