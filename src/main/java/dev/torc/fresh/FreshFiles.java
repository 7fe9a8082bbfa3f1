package dev.torc.fresh;

import dev.torc.bytes.StringTable;
import dev.torc.graph.Adjacency;
import dev.torc.graph.Graph;
import dev.torc.hash.Digest.KnownDigest;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Collects the files of {@link FreshJobs} with their stamps and digests, after a build or for a
 * changed build file. The files of the graph have its numbers, and further ones get the next. Which
 * files count for a job is decided elsewhere.
 */
final class FreshFiles {

  private final Graph graph;
  private final StringTable.Builder further = new StringTable.Builder();
  private final FreshDigests digests;
  private long[] stamps;

  FreshFiles(Graph graph) {
    this.graph = graph;
    this.stamps = new long[graph.files() * FreshJobs.WIDTH];
    this.digests = FreshDigests.of(graph.files());
  }

  int count() {
    return graph.files() + further.size();
  }

  /** Returns the number of a path; a new path gets the next number. */
  int number(String path) {
    int file = graph.fileId(path);
    int number = file < 0 ? graph.files() + further.add(path) : file;
    if (stamps.length <= number * FreshJobs.WIDTH) {
      stamps = Arrays.copyOf(stamps, 2 * (number + 1) * FreshJobs.WIDTH);
    }
    return number;
  }

  /** Returns the number of a path in a graph or among further paths; negative if it has none. */
  static int number(Graph graph, StringTable further, String path) {
    int file = graph.fileId(path);
    int other = file < 0 ? further.id(path) : -1;
    return other < 0 ? file : graph.files() + other;
  }

  static String path(Graph graph, StringTable further, int file) {
    return file < graph.files() ? graph.path(file) : further.text(file - graph.files());
  }

  boolean isKnown(String path) {
    int file = number(graph, further, path);
    return file >= 0 && isKnown(file);
  }

  String path(int file) {
    return path(graph, further, file);
  }

  /** Returns the stamps of all files for changes in place; a further path may replace the array. */
  long[] stamps() {
    return stamps;
  }

  FreshDigests digests() {
    return digests;
  }

  boolean isKnown(int file) {
    return stamps[file * FreshJobs.WIDTH + FreshJobs.CTIME] != 0;
  }

  boolean isFolder(int file) {
    return stamps[file * FreshJobs.WIDTH] == FreshJobs.FOLDER;
  }

  void put(int file, long[] stamp) {
    System.arraycopy(stamp, 0, stamps, file * FreshJobs.WIDTH, FreshJobs.WIDTH);
  }

  /** Sets the stamp and digest of a file. */
  void put(int file, KnownDigest seen) {
    put(file, numbers(seen));
    digests.put(file, seen.digest());
  }

  /** Returns the numbers of a stamp, with a negative ctime if it cannot be trusted. */
  static long[] numbers(KnownDigest known) {
    long[] numbers = FreshJobs.numbers(known.stamp());
    if (known.digest() != null && !known.safe()) {
      numbers[FreshJobs.CTIME] = -numbers[FreshJobs.CTIME];
    }
    return numbers;
  }

  /** Copies files from earlier fresh jobs under their present numbers. */
  final class Earlier {
    private final Graph before;
    private final FreshJobs fresh;
    private final boolean same; // the files of the graph keep their numbers
    private final int[] numbers; // the present number by the earlier one, -1 until it is met

    Earlier(Graph before, FreshJobs fresh) {
      this.before = before;
      this.fresh = fresh;
      this.same = before == graph;
      this.numbers = new int[fresh.stamps().length / FreshJobs.WIDTH];
      Arrays.fill(numbers, -1);
    }

    /** Copies all files of a job; returns those besides its named needs and products. */
    int[] take(int job) {
      number(before.needs().row(job));
      number(before.products().row(job));
      return number(fresh.extra().rows().row(job));
    }

    private int[] number(int[] files) {
      for (int i = 0; i < files.length; i++) {
        files[i] = number(files[i]);
      }
      return files;
    }

    private int number(int file) {
      if (numbers[file] < 0) { // many jobs share a header
        boolean named = same && file < before.files();
        int now = named ? file : FreshFiles.this.number(fresh.path(before, file));
        int width = FreshJobs.WIDTH;
        System.arraycopy(fresh.stamps(), file * width, stamps, now * width, width);
        digests.put(now, fresh.digests(), file);
        numbers[file] = now;
      }
      return numbers[file];
    }
  }

  void put(long[] all) {
    stamps = all;
  }

  /** Returns the files alone, without jobs, for a look at all of them. */
  FreshJobs seen() {
    return fresh(null, 0, null, null, null);
  }

  FreshJobs fresh(FreshJobs.Held held, long number, BitSet jobs, BitSet dirty, Adjacency extra) {
    StringTable others = further.build();
    return new FreshJobs(
        held, number, jobs, dirty, stamps, digests, others, new ExtraFiles(extra), null);
  }
}
