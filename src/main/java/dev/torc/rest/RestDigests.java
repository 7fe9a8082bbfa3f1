package dev.torc.rest;

import dev.torc.bytes.CheckedFile;
import dev.torc.hash.Digest;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The digests of the files of {@link CleanJobs}, by the numbers that these have there. They are
 * only asked for where a stamp is another one, so they lie behind the rest in its file and are not
 * read before. Safe for several threads.
 */
final class RestDigests {

  private static final byte[] UNKNOWN = new byte[Digest.LENGTH];

  /** Is put where a digest is not known. */
  static final Digest NONE = Digest.of(UNKNOWN);

  private final Path file; // null where the bytes were given
  private final byte[] first;
  private byte[] bytes;

  private RestDigests(Path file, byte[] first, byte[] bytes) {
    this.file = file;
    this.first = first;
    this.bytes = bytes;
  }

  /**
   * Those that lie in a file.
   *
   * @param first the file's first part, read before: only what belongs to it counts
   */
  static RestDigests in(Path file, byte[] first) {
    byte[] head = Arrays.copyOf(first, CheckedFile.FREE);
    return new RestDigests(file, head, null);
  }

  /** Those of so many files; where nothing was {@link #put}, none is known. */
  static RestDigests of(int files) {
    return new RestDigests(null, null, new byte[CheckedFile.FREE + files * Digest.LENGTH]);
  }

  /** All of them behind {@link CheckedFile#FREE} bytes; empty where the file is damaged or gone. */
  synchronized byte[] bytes() {
    if (bytes == null) {
      byte[] read = CheckedFile.next(file, first);
      bytes = read == null ? new byte[CheckedFile.FREE] : read;
    }
    return bytes;
  }

  private static int at(int number) {
    return CheckedFile.FREE + number * Digest.LENGTH;
  }

  /** The digest of a file, null where it is not known. */
  Digest get(int number) {
    byte[] all = bytes();
    int from = at(number);
    int to = from + Digest.LENGTH;
    return to > all.length || Arrays.equals(all, from, to, UNKNOWN, 0, Digest.LENGTH)
        ? null
        : Digest.of(Arrays.copyOfRange(all, from, to));
  }

  /** Sets the digest of a file. */
  synchronized void put(int number, Digest digest) {
    room(number);
    System.arraycopy(digest.bytes(), 0, bytes, at(number), Digest.LENGTH);
  }

  /** Takes over what others know of the first files, of which both have the same numbers. */
  synchronized void putFirst(RestDigests from, int files) {
    byte[] known = from.bytes();
    System.arraycopy(known, 0, bytes, 0, Math.min(known.length, at(files)));
  }

  /** Takes over what others know of a file, be it nothing. */
  synchronized void put(int number, RestDigests from, int theirs) {
    byte[] known = from.bytes();
    room(number);
    if (at(theirs) < known.length) {
      System.arraycopy(known, at(theirs), bytes, at(number), Digest.LENGTH);
    }
  }

  private void room(int number) {
    if (at(number) >= bytes.length) {
      bytes = Arrays.copyOf(bytes, at(2 * (number + 1)));
    }
  }
}
