package jnr.constants;

/** The name of a constant; see {@link ConstantSet}. */
public interface Constant {

  String name();
}
