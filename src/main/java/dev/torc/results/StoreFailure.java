package dev.torc.results;

/**
 * A shared store could not do what it was asked. After a few of them it is left alone; that
 * something is not there is none.
 */
final class StoreFailure extends StoreRefusal {

  private static final long serialVersionUID = 1L;

  /** Whether it may come again. */
  enum Kind {
    PASSING,
    /** No connection came about. */
    UNREACHED,
    /** It comes each time, as where there is no such folder. */
    LASTING
  }

  private final Kind kind;

  StoreFailure(String line, Kind kind) {
    super(line);
    this.kind = kind;
  }

  /** One that may not come again. */
  static StoreFailure of(String line) {
    return new StoreFailure(line, Kind.PASSING);
  }

  Kind kind() {
    return kind;
  }
}
