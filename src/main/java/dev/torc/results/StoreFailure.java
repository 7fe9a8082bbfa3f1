package dev.torc.results;

/**
 * A shared store could not do what it was asked, in one line without the store's name. After a few
 * of them it is left alone; that something is not there is none.
 */
final class StoreFailure extends Exception {

  private static final long serialVersionUID = 1L;

  private enum Kind {
    PASSING,
    UNREACHED,
    LASTING
  }

  private final Kind kind;

  private StoreFailure(String line, Kind kind) {
    super(line, null, false, false);
    this.kind = kind;
  }

  /** One that may not come again. */
  static StoreFailure of(String line) {
    return new StoreFailure(line, Kind.PASSING);
  }

  /** No connection to it came about. */
  static StoreFailure unreached(String line) {
    return new StoreFailure(line, Kind.UNREACHED);
  }

  /** One that comes again each time, as where there is no such folder. */
  static StoreFailure lasting(String line) {
    return new StoreFailure(line, Kind.LASTING);
  }

  /** Whether no connection came about. */
  boolean isUnreached() {
    return kind == Kind.UNREACHED;
  }

  /** Whether to ask again is of no use. */
  boolean isLasting() {
    return kind == Kind.LASTING;
  }
}
