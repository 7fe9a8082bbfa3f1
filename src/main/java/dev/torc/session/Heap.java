package dev.torc.session;

/**
 * Collects garbage when the heap has grown by a quarter, so that it grows no further than what is
 * in use needs. The collector itself (Serial) lets the heap grow first: a build of 100 000 jobs
 * would take 150 MB more. For one thread at a time.
 */
final class Heap {

  /** Bytes with which nothing is collected: as much as the launcher begins with, and some more. */
  private static final long SMALL = 72L << 20;

  private long limit = SMALL;

  /** Collects if the heap has grown; to be called where a phase ended, and now and then. */
  void collect() {
    if (Runtime.getRuntime().totalMemory() > limit) {
      System.gc();
      limit = Runtime.getRuntime().totalMemory() / 4 * 5;
    }
  }
}
