package dev.torc.features.fastpath;

import dev.torc.base.bytes.StringTable;
import dev.torc.base.digests.Digest.KnownDigest;
import dev.torc.core.model.Adjacency;
import dev.torc.core.model.Graph;
import java.util.Arrays;

/**
 * Collects the files of {@link FreshJobs} with their stamps and digests, after a build or for a
 * changed build file. The files of the graph keep their numbers; other files get the next ones. The
 * caller decides which files count for a job.
 */
final class FreshFiles {

  private final Graph graph;
  private final StringTable.Builder further = new StringTable.Builder();
  final FreshDigests digests;
  private long[] stamps;

  FreshFiles(Graph graph) {
    this.graph = graph;
    this.stamps = new long[graph.files() * SeenFiles.WIDTH];
    this.digests = FreshDigests.of(graph.files());
  }

  int count() {
    return graph.files() + further.size();
  }

  /** Returns the number of a path; a new path gets the next number. */
  int number(String path) {
    int file = graph.fileId(path);
    int number = file < 0 ? graph.files() + further.add(path) : file;
    if (stamps.length <= number * SeenFiles.WIDTH) {
      stamps = Arrays.copyOf(stamps, 2 * (number + 1) * SeenFiles.WIDTH);
    }
    return number;
  }

  boolean isKnown(String path) {
    int file = SeenFiles.number(graph, further, path);
    return file >= 0 && isKnown(file);
  }

  String path(int file) {
    return SeenFiles.path(graph, further, file);
  }

  /** Returns the array of all stamps, to be changed in place. {@link #number} may replace it. */
  long[] stamps() {
    return stamps;
  }

  boolean isKnown(int file) {
    return stamps[file * SeenFiles.WIDTH] != 0;
  }

  boolean isFolder(int file) {
    return stamps[file * SeenFiles.WIDTH] == SeenFiles.FOLDER;
  }

  void put(int file, long[] stamp) {
    System.arraycopy(stamp, 0, stamps, file * SeenFiles.WIDTH, SeenFiles.WIDTH);
  }

  /** Copies the stamp and digest of an earlier build's file; returns the file's number here. */
  int copy(Graph before, SeenFiles seen, int file) {
    int now = before == graph && file < graph.files() ? file : number(seen.path(before, file));
    int width = SeenFiles.WIDTH;
    System.arraycopy(seen.stamps(), file * width, stamps, now * width, width);
    digests.put(now, seen.digests(), file);
    return now;
  }

  void put(int file, KnownDigest seen) {
    put(file, numbers(seen));
    digests.put(file, seen.digest());
  }

  /** Returns the numbers of a stamp, with a mark if it cannot be trusted. */
  static long[] numbers(KnownDigest known) {
    long[] numbers = SeenFiles.numbers(known.stamp());
    if (known.digest() != null && !known.safe()) {
      numbers[0] |= SeenFiles.UNSAFE;
    }
    return numbers;
  }

  void put(long[] all) {
    stamps = all;
  }

  SeenFiles seen(Adjacency extra) {
    return new SeenFiles(stamps, digests, further.build(), new ExtraFiles(extra));
  }
}
