package dev.torc.features.stores;

/**
 * The reason why something in a shared store cannot be used, as one line for the user, without the
 * name of the store. It causes a miss and never ends the build. It is also a failure if the store
 * could not do what it was asked; after some failures the store is left alone. A missing record is
 * not a failure.
 */
public class StoreRefusal extends Exception {

  private static final long serialVersionUID = 1L;

  /** Whether and how a failure is likely to happen again. */
  enum Failure {
    PASSING,
    /** The connection failed. */
    UNREACHED,
    /** It happens each time: for example, the folder is missing. */
    LASTING
  }

  private final Failure failure;

  /** Creates a refusal that is not a failure of the store. */
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
