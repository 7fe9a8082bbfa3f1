package dev.torc.session;

/**
 * Collects garbage when there is much of it, so that the heap does not outgrow what is in use. The
 * collector itself (Serial) lets the heap grow first: a build of 100 000 jobs would take 150 MB
 * more. Not safe for several threads.
 */
final class Heap {

  private final long small; // below this many bytes nothing is collected
  private long limit;

  Heap(Caller caller) {
    small = caller.host().process().heap();
    limit = small;
  }

  /** Collects after a phase, unless a third of the heap is free. */
  void phaseEnded() {
    Runtime heap = Runtime.getRuntime();
    if (heap.freeMemory() < heap.totalMemory() / 3) {
      collect(small);
    }
  }

  /** Collects when the heap has grown by a quarter; to be called now and then during work. */
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
