package jnr.constants;

/**
 * All that lmdbjava uses of the library jnr-constants: for the number of a system's error, its name
 * in a message that torc does not show. The library looks in every jar, at each start, for classes
 * that none of them has.
 */
public final class ConstantSet {

  private static final ConstantSet ERRORS = new ConstantSet();

  private ConstantSet() {}

  /** Returns the system's errors, which lmdbjava asks for. */
  public static ConstantSet getConstantSet(String name) {
    return ERRORS;
  }

  /** Returns the error of a number, never null. */
  public Constant getConstant(long value) {
    return () -> "errno";
  }
}
