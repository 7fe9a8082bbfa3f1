package dev.torc.features.fastpath;

import dev.torc.base.bytes.ByteReader;
import dev.torc.base.bytes.ByteWriter;
import dev.torc.base.bytes.StringTable;
import dev.torc.base.digests.Digest;
import dev.torc.base.digests.Stamp;
import dev.torc.core.model.Adjacency;
import dev.torc.core.model.Graph;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Files with the stamps and digests that a build saw, by number. The files of the graph have its
 * numbers, and other files the next ones. {@link FreshFiles} collects the files, {@link
 * TouchedFiles} compares them with the disk, and {@link FreshJobs} knows which jobs they decide.
 *
 * @param stamps the {@linkplain Stamp#numbers numbers} of each file's stamp. The first is 0 if no
 *     stamp is known, so that any time may be 0; otherwise it is a size with the bits below, or one
 *     of the constants -1 to -4
 * @param further the paths that the graph does not name: found needs, members of globs and folders,
 *     and the folders listed to find these
 * @param extra for each job, the files other than its named needs and products
 */
record SeenFiles(long[] stamps, FreshDigests digests, StringTable further, ExtraFiles extra) {

  /** The most threads that look at files, or read them, at the same time. */
  static final int THREADS = Runtime.getRuntime().availableProcessors();

  /** The number of longs in a stamp. {@link #MTIME} and {@link #CTIME} are two of the indexes. */
  static final int WIDTH = Stamp.NUMBERS;

  static final int MTIME = 1;

  static final int CTIME = 2;

  /** The bit of a file's known stamp, beside the size. */
  private static final long KNOWN = 1L << 61;

  /** The bit of a file's stamp that cannot be trusted: no stamp read from the disk has it. */
  static final long UNSAFE = 1L << 62;

  /** Stands for the size of a folder, whose times show whether names in it changed. */
  static final long FOLDER = -1;

  /** Stands for the size of a missing file, such as a temporary product. */
  static final long GONE = -2;

  /** Stands for the size of a link, FIFO, socket or device, or of a file that cannot be read. */
  static final long OTHER = -3;

  /** Stands for the size of a file that the build saw in two states. No real stamp has it. */
  static final long TORN = -4;

  /** Reads what {@link #write} wrote as the first part of a file; the digests are the second. */
  static SeenFiles read(ByteReader in, Path file, byte[] first) {
    FreshDigests digests = FreshDigests.in(file, first);
    return new SeenFiles(in.longs(), digests, StringTable.read(in), ExtraFiles.read(in));
  }

  void write(ByteWriter out) {
    out.longs(stamps);
    further.write(out);
    extra.write(out);
  }

  /** Returns a copy with other stamps, or this object if the array is the same. */
  SeenFiles with(long[] others) {
    return others == stamps ? this : new SeenFiles(others, digests, further, extra);
  }

  /** Returns how many threads should look at the files. A {@code cold} JVM is slow to start one. */
  int threads(boolean cold) {
    return Math.clamp(count() / (cold ? 1_000 : 500), 1, THREADS);
  }

  int count() {
    return stamps.length / WIDTH;
  }

  /** Returns whether any file of a job passes the test. */
  static boolean any(int job, IntPredicate such, Adjacency... files) {
    boolean any = false;
    for (Adjacency each : files) {
      for (int i = each.from(job); i < each.to(job) && !any; i++) {
        any = such.test(each.at(i));
      }
    }
    return any;
  }

  static long[] numbers(Stamp stamp) {
    long[] numbers = stamp.numbers();
    numbers[0] = size(stamp.kind(), numbers[0]);
    return numbers;
  }

  /** Returns the first number of a file's stamp, or the constant for anything else. */
  static long size(Stamp.FileKind kind, long size) {
    return switch (kind) {
      case FILE -> size | KNOWN;
      case FOLDER -> FOLDER;
      case MISSING -> GONE;
      case OTHER, LINK -> OTHER;
    };
  }

  boolean isFile(int file) {
    return stamps[file * WIDTH] > 0 || isExecutable(file);
  }

  boolean isExecutable(int file) {
    return stamps[file * WIDTH] < TORN;
  }

  boolean isUnsafe(int file) {
    return isFile(file) && (stamps[file * WIDTH] & UNSAFE) != 0;
  }

  /** Returns the size of a file in bytes. */
  long bytes(int file) {
    return stamps[file * WIDTH] & KNOWN - 1;
  }

  boolean isGone(int file) {
    return stamps[file * WIDTH] == GONE;
  }

  /** Returns the number of a path; negative if the path has none. */
  int number(Graph graph, String path) {
    return number(graph, further, path);
  }

  String path(Graph graph, int file) {
    return path(graph, further, file);
  }

  /** Returns the number of a path in a graph or among other paths; negative if there is none. */
  static int number(Graph graph, StringTable further, String path) {
    int file = graph.fileId(path);
    int other = file < 0 ? further.id(path) : -1;
    return other < 0 ? file : graph.files() + other;
  }

  static String path(Graph graph, StringTable further, int file) {
    return file < graph.files() ? graph.path(file) : further.text(file - graph.files());
  }

  /** Returns the digest of a file with this stamp; null if unknown. */
  Digest digest(Graph graph, String path, Stamp stamp) {
    int file = number(graph, path);
    int at = file * WIDTH;
    boolean same =
        file >= 0
            && stamp.kind() == Stamp.FileKind.FILE
            && at + WIDTH <= stamps.length
            && Arrays.equals(stamps, at, at + WIDTH, numbers(stamp), 0, WIDTH);
    return same ? digests.get(file) : null;
  }
}
