package jnr.constants;

/**
 * Replaces the class of this name in the library jnr-constants, which at each start searches every
 * jar for classes that none of them has. lmdbjava only asks for the name of a system error, for a
 * message that torc does not show. So every error has the same name.
 */
public final class ConstantSet {

  private static final ConstantSet ERRORS = new ConstantSet();

  private ConstantSet() {}

  /** Returns the system's errors, the only constants that lmdbjava asks for. */
  public static ConstantSet getConstantSet(String name) {
    return ERRORS;
  }

  /** Returns the constant for a number; it is never null. */
  public Constant getConstant(long value) {
    return () -> "errno";
  }
}
