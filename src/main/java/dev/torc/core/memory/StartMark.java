package dev.torc.core.memory;

import dev.torc.base.digests.Digest;
import dev.torc.base.posix.OwnFile;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/**
 * The mark of a started attempt; see {@link StartMarks}.
 *
 * <p>Tabs separate the fields of its line: a CRC32C of the rest in eight hexadecimal digits, {@code
 * ended} or nothing, owner, {@link StartOrigin}, build, attempt (such as {@code 2@}, then its start
 * time, {@code @}, its manifest, {@code @} and its products), containers and job. A missing field
 * is empty. In the job's name and in products, a backslash is written {@code \\} and a line feed
 * {@code \n}.
 *
 * @param owner names the database with the job's records; empty if unknown
 * @param ended whether a build with other records has ended the processes of the attempt
 * @param container RUNTIME/NAME of its containers, {@code executor/NAME} for a submitted attempt,
 *     {@code store/KEY} for a restore, or empty
 * @param origin where the attempt was started; null if that is here, or does not matter
 * @param started milliseconds since 1970, 0 if unknown
 * @param manifest digest, in hex, of the manifest without found needs; empty if unknown
 * @param products the declared products as written, excludes with a {@code !}; empty if unknown
 */
public record StartMark(
    String owner,
    boolean ended,
    String build,
    String job,
    int attempt,
    String container,
    StartOrigin origin,
    long started,
    String manifest,
    List<String> products) {
  private static final String REMOTE = "executor/";
  private static final String RESTORED = "store/";
  private static final String ENDED = "ended";

  public StartMark(String build, String job, int attempt) {
    this("", false, build, job, attempt, "", null, 0, "", List.of());
  }

  public StartMark in(String containers) {
    return new StartMark(
        owner, ended, build, job, attempt, containers, origin, started, manifest, products);
  }

  public StartMark of(String digest, List<String> declared) {
    return new StartMark(
        owner, ended, build, job, attempt, container, origin, started, digest, declared);
  }

  public StartMark at(String executor) {
    return in(REMOTE + executor);
  }

  /** Returns this mark for a restore, which starts no process. */
  public StartMark restoring(Digest key) {
    return in(RESTORED + key.hex());
  }

  public boolean isRestored() {
    return container.startsWith(RESTORED);
  }

  /** Returns the key of the restored result. */
  public Digest key() {
    return Digest.ofHex(container.substring(RESTORED.length()));
  }

  /** Returns whether the attempt was submitted, so that it may continue after torc ends. */
  public boolean isRemote() {
    return container.startsWith(REMOTE);
  }

  public String executor() {
    return container.substring(REMOTE.length());
  }

  /**
   * Returns whether its processes may run out of reach, on a host or for a user that {@code gone}
   * does not name.
   */
  public boolean isOutOfReach(CachePlace place, Set<String> gone) {
    return origin != null && origin.isOutOfReach(place, gone);
  }

  StartMark now() {
    long now = started == 0 ? System.currentTimeMillis() : started;
    return new StartMark(
        owner, ended, build, job, attempt, container, origin, now, manifest, products);
  }

  StartMark of(String newOwner, boolean hasEnded, StartOrigin at) {
    return new StartMark(
        newOwner, hasEnded, build, job, attempt, container, at, started, manifest, products);
  }

  /** Returns the line of this mark, including the line feed. */
  String line() {
    String from = origin == null ? "" : origin.toString();
    String begun = started == 0 ? "" : "@" + started + "@" + manifest + "@" + made();
    List<String> fields =
        List.of(ended ? ENDED : "", owner, from, build, attempt + begun, container);
    String rest = String.join("\t", fields) + "\t" + OwnFile.line(job);
    return sum(rest) + "\t" + rest + "\n";
  }

  private String made() {
    return products.stream()
        .map(
            text -> OwnFile.line(text).replace("%", "%25").replace("\t", "%09").replace("@", "%40"))
        .collect(Collectors.joining("@"));
  }

  private static List<String> made(String text) {
    return text.isEmpty()
        ? List.of()
        : Arrays.stream(text.split("@"))
            .map(one -> one.replace("%40", "@").replace("%09", "\t").replace("%25", "%"))
            .map(OwnFile::text)
            .toList();
  }

  /** Returns the mark in a line; null if it is torn or from an incompatible torc. */
  static StartMark parse(String line) {
    String[] fields = line.split("\t", 8);
    if (fields.length < 8 || !fields[0].equals(sum(line.substring(fields[0].length() + 1)))) {
      return null;
    }
    try {
      StartOrigin origin = fields[3].isEmpty() ? null : StartOrigin.parse(fields[3]);
      String[] attempt = fields[5].split("@", 4); // older marks have no start time or no manifest
      return new StartMark(
          fields[2],
          fields[1].equals(ENDED),
          fields[4],
          OwnFile.text(fields[7]),
          Integer.parseInt(attempt[0]),
          fields[6],
          origin,
          attempt.length == 1 ? 0 : Long.parseLong(attempt[1]),
          attempt.length < 3 ? "" : attempt[2],
          attempt.length < 4 ? List.of() : made(attempt[3]));
    } catch (IllegalArgumentException e) {
      return null; // written by an incompatible torc
    }
  }

  private static String sum(String text) {
    CRC32C crc = new CRC32C();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    crc.update(bytes, 0, bytes.length);
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }
}
