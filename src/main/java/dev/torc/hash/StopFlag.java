package dev.torc.hash;

/** Says whether reading must stop; loops that may read for long check it often. */
public final class StopFlag {

  private volatile boolean told;
  private volatile long until; // by System.nanoTime

  /** Ends reading in so many nanoseconds. */
  public void within(long nanos) {
    until = System.nanoTime() + nanos;
    told = true;
  }

  /** Moves the end to so many nanoseconds from now, if reading must end. */
  public void extend(long nanos) {
    if (told) {
      within(nanos);
    }
  }

  /** Returns whether reading must end, even if its time is not over yet. */
  public boolean isTold() {
    return told;
  }

  /** Throws {@link StoppedException} if the time is over. */
  public void check() {
    if (told && System.nanoTime() - until >= 0) {
      throw new StoppedException();
    }
  }

  /** Thrown when reading must end; the file that was being read has no digest. */
  public static final class StoppedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public StoppedException() {
      super("reading was told to stop", null, false, false);
    }
  }
}
