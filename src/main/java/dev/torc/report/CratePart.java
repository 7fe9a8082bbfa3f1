package dev.torc.report;

import java.util.ArrayList;
import java.util.List;
import java.util.SequencedSet;

/**
 * Something that runs read, made or had around them, as a crate names it. Each stands in the crate
 * once, whoever refers to it. {@link CrateParts} makes them.
 *
 * @param id its {@code @id}, unique in the crate
 * @param name a path as torc has it, or the name of a value, variable, program or image
 * @param digest in hexadecimal digits; null where none is on record
 * @param size bytes, of a file; -1 unknown
 * @param value of a value or variable; null for others, and where only its digest is on record
 * @param members what it consists of, as far as that is known; only of folders and lists
 */
public record CratePart(
    Kind kind,
    String id,
    String name,
    String digest,
    long size,
    String value,
    SequencedSet<CratePart> members) {

  /** What it is. The words begin the ids. */
  public enum Kind {
    FILE("file"),
    FOLDER("folder"),
    /** The files that a needed glob, folder or group stood for. */
    LIST("list"),
    VALUE("value"),
    VARIABLE("env"),
    TOOL("tool"),
    IMAGE("image");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }

    /** Whether it is data that stands on a disk. */
    boolean isData() {
      return this == FILE || this == FOLDER;
    }
  }

  /** By its identity: each id is given once. */
  @Override
  public boolean equals(Object other) {
    return other instanceof CratePart that && id.equals(that.id);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  /** Whether all files of a list, or the thing itself, are among these. */
  boolean isIn(SequencedSet<CratePart> some) {
    return some.contains(this)
        || kind == Kind.LIST && !members.isEmpty() && some.containsAll(members);
  }

  /** The texts of ids. */
  static List<String> ids(Iterable<CratePart> parts) {
    List<String> ids = new ArrayList<>();
    parts.forEach(part -> ids.add(part.id));
    return ids;
  }
}
