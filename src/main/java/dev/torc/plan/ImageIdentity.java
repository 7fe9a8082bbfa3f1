package dev.torc.plan;

/**
 * Which image a step runs in: the digest of its configuration counts, and its name is for people.
 *
 * @param name as written
 * @param identity in hexadecimal digits; {@link ManifestWriter#MISSING} where it is not known
 */
record ImageIdentity(String name, String identity) {

  private static final int SHOWN = 12;

  /**
   * What is known by the line of an earlier run of an image that is not here.
   *
   * @param line as {@link #toString} has it; null without such a run
   */
  static ImageIdentity recorded(String name, String line) {
    ImageIdentity before = line == null ? null : of(line);
    return new ImageIdentity(
        name,
        before != null && before.name.equals(name) ? before.identity : ManifestWriter.MISSING);
  }

  /** Reads a line of a record. */
  static ImageIdentity of(String line) {
    int blank = line.lastIndexOf(' ');
    return blank < 0
        ? new ImageIdentity(line, line) // host, or of a torc that ran no containers
        : new ImageIdentity(line.substring(0, blank), line.substring(blank + 1));
  }

  /** The same for people, with as much of the digest as the runtimes show. */
  String shown() {
    return identity.length() > SHOWN ? name + " " + identity.substring(0, SHOWN) : name;
  }

  /** As a line of a manifest has it. */
  @Override
  public String toString() {
    return name + " " + identity;
  }
}
