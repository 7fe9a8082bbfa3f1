package dev.torc.fresh;

import dev.torc.bytes.CheckedFile;
import dev.torc.hash.Digest;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The digests of the files of {@link FreshJobs}, by the numbers of the files there. They are needed
 * only where a stamp is another one, so they lie behind the rest in its file and are not read
 * before. Safe for several threads.
 */
final class FreshDigests {

  private static final byte[] UNKNOWN = new byte[Digest.LENGTH];

  private final Path file; // null where the bytes were given
  private final byte[] first;
  private byte[] bytes;

  private FreshDigests(Path file, byte[] first, byte[] bytes) {
    this.file = file;
    this.first = first;
    this.bytes = bytes;
  }

  /**
   * Returns the digests that lie in a file.
   *
   * @param first the file's first part, read before: only digests that belong to it count
   */
  static FreshDigests in(Path file, byte[] first) {
    byte[] head = Arrays.copyOf(first, CheckedFile.FREE);
    return new FreshDigests(file, head, null);
  }

  /** Returns the digests of this many files, all unknown until they are {@link #put}. */
  static FreshDigests of(int files) {
    return new FreshDigests(null, null, new byte[CheckedFile.FREE + files * Digest.LENGTH]);
  }

  /**
   * Returns all digests, behind {@link CheckedFile#FREE} bytes; none if the file is damaged or
   * gone.
   */
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

  /** Returns the digest of a file, null where it is not known. */
  Digest get(int number) {
    byte[] all = bytes();
    int from = at(number);
    int to = from + Digest.LENGTH;
    return to > all.length || Arrays.equals(all, from, to, UNKNOWN, 0, Digest.LENGTH)
        ? null
        : Digest.of(Arrays.copyOfRange(all, from, to));
  }

  /** Sets the digest of a file; null where it is not known. */
  void put(int number, Digest digest) {
    put(number, digest == null ? UNKNOWN : digest.bytes(), 0);
  }

  /** Takes over a digest from other digests, where the file has the number {@code theirs}. */
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
