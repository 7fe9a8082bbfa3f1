package dev.torc.results;

/**
 * Why something of a shared store cannot be used, in one line for people, without the store's name.
 * It is a miss, and never ends the build. It is a failure if the store could not do what it was
 * asked; after some failures the store is left alone. A missing record is none.
 */
public class StoreRefusal extends Exception {

  private static final long serialVersionUID = 1L;

  /** Whether a failure may come again. */
  enum Failure {
    PASSING,
    /** The connection failed. */
    UNREACHED,
    /** It comes each time: for example, the folder is missing. */
    LASTING
  }

  private final Failure failure;

  /** Creates a refusal that is no failure of the store. */
  public StoreRefusal(String line) {
    this(line, null);
  }

  StoreRefusal(String line, Failure failure) {
    super(line, null, false, false);
    this.failure = failure;
  }

  static StoreRefusal failed(String line) {
    return new StoreRefusal(line, Failure.PASSING);
  }

  /** Returns how the store failed; null if it did not. */
  Failure failure() {
    return failure;
  }
}
