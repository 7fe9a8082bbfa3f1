package dev.torc.hash;

/**
 * Says whether reading is to stop: told once, from any thread, and asked by each loop that may read
 * for long, with every piece, file or entry. It does not know why.
 */
public final class StopFlag {

  private volatile boolean told;
  private volatile long until; // by System.nanoTime

  /** Lets reading continue for so many nanoseconds from now, and no longer. */
  public void within(long nanos) {
    until = System.nanoTime() + nanos;
    told = true;
  }

  /** Works like {@link #within}, but only where reading was told to stop already. */
  public void extend(long nanos) {
    if (told) {
      within(nanos);
    }
  }

  /** Returns whether reading was told to stop, even if its time is not over yet. */
  public boolean isTold() {
    return told;
  }

  /**
   * Returns if reading may continue.
   *
   * @throws StoppedException where the time is over
   */
  public void check() {
    if (told && System.nanoTime() - until >= 0) {
      throw new StoppedException();
    }
  }

  /** Thrown where reading was told to stop; the file that was being read has no digest. */
  public static final class StoppedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public StoppedException() {
      super("reading was told to stop", null, false, false);
    }
  }
}
