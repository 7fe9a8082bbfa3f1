package dev.torc.hash;

/** Thrown where reading was told to stop; nothing is known of what was being read. */
public final class Stopped extends RuntimeException {

  private static final long serialVersionUID = 1;

  Stopped() {
    super("reading was told to stop", null, false, false);
  }
}
