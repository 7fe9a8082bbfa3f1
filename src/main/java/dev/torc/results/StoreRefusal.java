package dev.torc.results;

/**
 * What a shared store has cannot be taken, in one line for people, without the store's name. A miss
 * follows from it, and never the end of a build. Where the store could not do what it was asked, it
 * is a failure: after a few of them it is left alone; that something is not there is none.
 */
public class StoreRefusal extends Exception {

  private static final long serialVersionUID = 1L;

  /** Whether a failure may come again. */
  enum Failure {
    PASSING,
    /** No connection came about. */
    UNREACHED,
    /** It comes each time, as where there is no such folder. */
    LASTING
  }

  private final Failure failure;

  /** With the line. */
  public StoreRefusal(String line) {
    this(line, null);
  }

  /** A failure of the store, with the line. */
  StoreRefusal(String line, Failure failure) {
    super(line, null, false, false);
    this.failure = failure;
  }

  /** A failure that may not come again. */
  static StoreRefusal failed(String line) {
    return new StoreRefusal(line, Failure.PASSING);
  }

  /** How the store failed; null where it did not. */
  Failure failure() {
    return failure;
  }
}
