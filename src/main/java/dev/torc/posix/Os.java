package dev.torc.posix;

/**
 * Which of the two families of numbers applies: the same calls have other constants on macOS. Not a
 * description of the machine.
 */
final class Os {

  static final boolean MAC = System.getProperty("os.name").startsWith("Mac");

  private Os() {}

  /** The number for Linux or for macOS. */
  static int number(int linux, int mac) {
    return MAC ? mac : linux;
  }

  /** What a foreign call threw can only be a mistake in how it is linked. */
  static AssertionError mislinked(Throwable cause) {
    return new AssertionError("a function of the C library is linked wrongly", cause);
  }
}
