package dev.torc.results;

/**
 * Why something of a shared store is not taken, in one line for people, without the store's name. A
 * miss follows from it, and never the end of a build.
 */
public class StoreRefusal extends Exception {

  private static final long serialVersionUID = 1L;

  /** With the line. */
  public StoreRefusal(String line) {
    super(line, null, false, false);
  }
}
