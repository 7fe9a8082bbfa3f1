package dev.torc.posix;

/**
 * Waits for a thread to end, whatever happens meanwhile. Telling it to end is its starter's job.
 */
public final class ThreadEnd {

  private ThreadEnd() {}

  /**
   * Returns when a thread has ended; an interrupt of this one does not shorten it and stays set.
   */
  public static void await(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
