package jnr.constants;

/** See {@link ConstantSet}. */
public interface Constant {

  /** Returns the name. */
  String name();
}
