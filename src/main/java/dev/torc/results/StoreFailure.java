package dev.torc.results;

/**
 * A shared store could not do what it was asked, in one line without the store's name. After a few
 * of them it is left alone; that something is not there is none.
 */
final class StoreFailure extends Exception {

  private static final long serialVersionUID = 1L;

  private final boolean lasting;

  private StoreFailure(String line, boolean lasting) {
    super(line, null, false, false);
    this.lasting = lasting;
  }

  /** One that may not come again. */
  static StoreFailure of(String line) {
    return new StoreFailure(line, false);
  }

  /** One that comes again each time, as where there is no such folder. */
  static StoreFailure lasting(String line) {
    return new StoreFailure(line, true);
  }

  /** Whether to ask again is of no use. */
  boolean isLasting() {
    return lasting;
  }
}
