package dev.torc.session;

/**
 * Collects garbage where much of it is known to be, so that the heap grows no further than what is
 * in use needs. The collector itself (Serial) lets the heap grow first: a build of 100 000 jobs
 * would take 150 MB more. For one thread at a time.
 */
final class Heap {

  /** Bytes with which nothing is collected: as much as the launcher begins with, and some more. */
  private static final long SMALL = 72L << 20;

  private long limit = SMALL;

  /** A phase ended that left much: collects unless a third of the heap is free for what follows. */
  void phaseEnded() {
    Runtime heap = Runtime.getRuntime();
    if (heap.freeMemory() < heap.totalMemory() / 3) {
      collect(SMALL);
    }
  }

  /** To be called now and then while work goes on: collects when the heap grew by a quarter. */
  void watch() {
    collect(limit);
  }

  private void collect(long from) {
    if (Runtime.getRuntime().totalMemory() > from) {
      System.gc();
      limit = Runtime.getRuntime().totalMemory() / 4 * 5;
    }
  }
}
