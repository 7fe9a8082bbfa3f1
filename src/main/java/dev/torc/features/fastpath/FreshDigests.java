package dev.torc.features.fastpath;

import dev.torc.base.bytes.CheckedFile;
import dev.torc.base.digests.Digest;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The digests of the files of {@link SeenFiles}, by number. They are needed only if a stamp
 * differs, so they are a second part of its file, which is read on demand. Several threads may use
 * this class.
 */
final class FreshDigests {

  private static final byte[] UNKNOWN = new byte[Digest.LENGTH];

  private final Path file; // null if the bytes were given
  private final byte[] first;
  private byte[] bytes;

  private FreshDigests(Path file, byte[] first, byte[] bytes) {
    this.file = file;
    this.first = first;
    this.bytes = bytes;
  }

  /** Returns the digests in the second part of a file, given the bytes of its first part. */
  static FreshDigests in(Path file, byte[] first) {
    return new FreshDigests(file, Arrays.copyOf(first, CheckedFile.FREE), null);
  }

  static FreshDigests of(int files) {
    return new FreshDigests(null, null, new byte[CheckedFile.FREE + files * Digest.LENGTH]);
  }

  /** Returns all digests after {@link CheckedFile#FREE} bytes; none if the file is damaged. */
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

  /** Returns the digest of a file; null if unknown. */
  Digest get(int number) {
    byte[] all = bytes();
    int from = at(number);
    int to = from + Digest.LENGTH;
    return to > all.length || Arrays.equals(all, from, to, UNKNOWN, 0, Digest.LENGTH)
        ? null
        : Digest.of(Arrays.copyOfRange(all, from, to));
  }

  void put(int number, Digest digest) {
    put(number, digest == null ? UNKNOWN : digest.bytes(), 0);
  }

  /** Copies the digest of the file that has the number {@code theirs} in {@code from}. */
  void put(int number, FreshDigests from, int theirs) {
    byte[] known = from.bytes();
    if (at(theirs) < known.length) {
      put(number, known, at(theirs));
    }
  }

  private synchronized void put(int number, byte[] known, int from) {
    if (at(number) >= bytes.length) {
      bytes = Arrays.copyOf(bytes, at(2 * (number + 1)));
    }
    System.arraycopy(known, from, bytes, at(number), Digest.LENGTH);
  }
}
