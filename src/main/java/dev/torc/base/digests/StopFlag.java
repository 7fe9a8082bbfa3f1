package dev.torc.base.digests;

/** Tells loops that read files when to stop. A loop that may run long must check it often. */
public final class StopFlag {

  private volatile boolean set;
  private volatile long until; // by System.nanoTime

  /** Ends reading after the given number of nanoseconds. */
  public void stopIn(long nanos) {
    until = System.nanoTime() + nanos;
    set = true;
  }

  /** Moves the end to {@code nanos} nanoseconds from now, if reading must end. */
  public void extend(long nanos) {
    if (set) {
      stopIn(nanos);
    }
  }

  /** Returns whether {@link #stopIn} was called, even if the time is not over yet. */
  public boolean isSet() {
    return set;
  }

  /** Throws {@link StoppedException} if the time is over. */
  public void check() {
    if (set && System.nanoTime() - until >= 0) {
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
