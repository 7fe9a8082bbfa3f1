package dev.torc.hash;

/** Thrown where reading was told to stop; nothing is known of what was being read. */
public final class StoppedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  StoppedException() {
    super("reading was told to stop", null, false, false);
  }
}
