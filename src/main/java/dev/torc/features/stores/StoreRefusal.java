package dev.torc.features.stores;

/**
 * Why a result in a shared store cannot be used: one line for the user, without the name of the
 * store. The lookup is then a miss; the build goes on. A {@link Failure} says that the store itself
 * failed. A missing record is no failure.
 */
public class StoreRefusal extends Exception {

  private static final long serialVersionUID = 1L;

  /** Whether the next request is likely to fail, too. */
  enum Failure {
    PASSING,
    /** The connection failed. */
    UNREACHED,
    /** Each request fails: for example, the folder is missing. */
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

  /** Returns how the store failed; null for any other refusal. */
  Failure failure() {
    return failure;
  }
}
