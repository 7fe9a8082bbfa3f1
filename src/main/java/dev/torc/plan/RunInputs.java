package dev.torc.plan;

import dev.torc.hash.Digest;
import dev.torc.records.JobResult.ManifestEntry;
import java.util.ArrayList;
import java.util.List;

/**
 * What a recorded manifest says that a run was given, sorted by what it is: for code that tells of
 * runs and does not know how manifests are stored. Whether it still holds is for {@link Plan}.
 *
 * @param commands the texts of its steps, as the manifest has them: {@code {needs}} and the like
 *     stand as they were written
 * @param files needed by their names, those that a depfile named among them; values are digests
 * @param lists needed globs, folders and jobs as they were written; values are the digests under
 *     which their members are stored
 * @param data needed values by their names as written; values are JSON, or digests of it
 * @param tools programs by their names as written; values are digests
 * @param variables those of the declared environment that were set
 * @param images by their names; values are digests
 */
public record RunInputs(
    List<String> commands,
    List<Line> files,
    List<Line> lists,
    List<Line> data,
    List<Line> tools,
    List<Line> variables,
    List<Line> images) {

  /** A name, and what stood behind it. */
  public record Line(String name, String value) {

    /** The JSON of a needed value; null where it is not in the line. */
    public String json() {
      return value.startsWith(ManifestWriter.LONG)
              || value.equals(ManifestWriter.MISSING)
              || value.equals(ManifestWriter.PENDING)
          ? null
          : value;
    }

    /** The digest that the value is, in hexadecimal digits alone; null where it is none. */
    public String digest() {
      String text =
          value.startsWith(ManifestWriter.LONG)
              ? value.substring(ManifestWriter.LONG.length())
              : value;
      int end = 2 * Digest.LENGTH;
      boolean whole = text.length() == end || text.length() > end && text.charAt(end) == ' ';
      for (int i = 0; whole && i < end; i++) {
        whole = Character.digit(text.charAt(i), 16) >= 0;
      }
      return whole ? text.substring(0, end) : null;
    }
  }

  /** Sorts the lines of a run's record. */
  public static RunInputs of(List<ManifestEntry> manifest) {
    RunInputs inputs =
        new RunInputs(
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>());
    manifest.forEach(inputs::add);
    return inputs;
  }

  private void add(ManifestEntry entry) {
    LineKind kind = LineKind.of(entry.code());
    Line line = new Line(entry.name(), entry.now());
    switch (kind) {
      case COMMAND -> commands.add(entry.now());
      case NEED, FOUND -> files.add(line);
      case LIST -> lists.add(line);
      case DATA -> data.add(line);
      case TOOL -> tools.add(line);
      case ENV -> {
        if (!entry.now().isEmpty()) { // else the caller had not set it
          variables.add(new Line(variable(entry.name()), entry.now().substring(1)));
        }
      }
      case IMAGE -> {
        ImageIdentity image = ImageIdentity.of(entry.now());
        images.add(new Line(image.name(), image.identity()));
      }
      case null, default -> {} // no input, or of a later torc
    }
  }

  /** Behind the name of a variable of a step stands the step's number. */
  private static String variable(String name) {
    int blank = name.indexOf(' ');
    return blank < 0 ? name : name.substring(0, blank);
  }

  /** The files of a stored list with their digests; what had none is left out. */
  public static List<Line> members(List<ManifestEntry> list) {
    List<Line> members = new ArrayList<>(list.size());
    for (ManifestEntry entry : list) {
      Line line = new Line(entry.name(), entry.now());
      if (LineKind.of(entry.code()) == LineKind.NEED && line.digest() != null) {
        members.add(line);
      }
    }
    return members;
  }
}
