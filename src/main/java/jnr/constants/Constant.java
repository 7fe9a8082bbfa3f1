package jnr.constants;

/** See {@link ConstantSet}. */
public interface Constant {

  /** Its name. */
  String name();
}
