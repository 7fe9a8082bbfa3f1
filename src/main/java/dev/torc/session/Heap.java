package dev.torc.session;

/**
 * Collects garbage where much of it is known to be, so that the heap grows no further than what is
 * in use needs. The collector itself (Serial) lets the heap grow first: a build of 100 000 jobs
 * would take 150 MB more. For one thread at a time.
 */
final class Heap {

  private final long small; // below this many bytes nothing is collected
  private long limit;

  Heap(Caller caller) {
    small = caller.host().process().heap();
    limit = small;
  }

  /** Collects after a phase that left much, unless a third of the heap is free for what follows. */
  void phaseEnded() {
    Runtime heap = Runtime.getRuntime();
    if (heap.freeMemory() < heap.totalMemory() / 3) {
      collect(small);
    }
  }

  /** Collects garbage when the heap grew by a quarter; to be called now and then during work. */
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
