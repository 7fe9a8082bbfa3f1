package dev.torc.rest;

import dev.torc.bytes.StringTable;
import dev.torc.graph.Adjacency;
import dev.torc.graph.Graph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of {@link CleanJobs} as they are gathered: their numbers, those of the graph first and
 * further ones as they come, with stamps and digests. Which files count for a job is not its
 * business.
 */
final class RestFiles {

  private final Graph graph;
  private final Map<String, Integer> further = new HashMap<>();
  private final List<String> furtherPaths = new ArrayList<>();
  private final RestDigests digests;
  private long[] stamps;

  /** Begins with the files of a graph, of which nothing is known. */
  RestFiles(Graph graph) {
    this.graph = graph;
    this.stamps = new long[graph.files() * CleanJobs.WIDTH];
    this.digests = RestDigests.of(graph.files());
  }

  /** The number of a path: the next one where it is new. */
  int number(String path) {
    int file = graph.fileId(path);
    if (file >= 0) {
      return file;
    }
    int next = graph.files() + furtherPaths.size();
    Integer known = further.putIfAbsent(path, next);
    if (known != null) {
      return known;
    }
    furtherPaths.add(path);
    if (stamps.length <= next * CleanJobs.WIDTH) {
      stamps = Arrays.copyOf(stamps, 2 * (next + 1) * CleanJobs.WIDTH);
    }
    return next;
  }

  /** The path of a number. */
  String path(int file) {
    return file < graph.files() ? graph.path(file) : furtherPaths.get(file - graph.files());
  }

  /** The stamps of all, to be changed in place; another array once a further path came. */
  long[] stamps() {
    return stamps;
  }

  /** The digests of all, to be changed in place. */
  RestDigests digests() {
    return digests;
  }

  /** Puts down the numbers of a stamp. */
  void put(int file, long[] stamp) {
    System.arraycopy(stamp, 0, stamps, file * CleanJobs.WIDTH, CleanJobs.WIDTH);
  }

  /** Puts down the stamp that a file had before, under the number that it had then. */
  void putStamp(int file, CleanJobs before, int theirs) {
    int width = CleanJobs.WIDTH;
    System.arraycopy(before.stamps(), theirs * width, stamps, file * width, width);
  }

  /** The same with the digest; returns the number that the file has now. */
  int take(CleanJobs before, int theirs, String path) {
    int file = number(path);
    putStamp(file, before, theirs);
    digests.put(file, before.digests(), theirs);
    return file;
  }

  /** What is at rest, and dirty, with these files. */
  CleanJobs rest(CleanJobs.Held held, long number, BitSet jobs, BitSet dirty, Adjacency extra) {
    StringTable others = StringTable.of(furtherPaths);
    return new CleanJobs(held, number, jobs, dirty, stamps, digests, others, extra);
  }
}
