package dev.torc.engine;

import dev.torc.machine.Jobserver;

/**
 * The tokens of the calling make's jobserver: one for each job that holds resources, beyond the
 * first, for which torc itself was given one. {@link Jobserver} reads and writes the tokens.
 *
 * @param jobserver null without one: then everything is allowed
 */
record JobserverTokens(Jobserver jobserver) {

  /** Whether one more may start beside those that hold resources. */
  boolean allow(int holding) {
    return jobserver == null || holding <= jobserver.held();
  }

  /**
   * Gives back what is not needed, and asks for what is.
   *
   * @param more whether one more would start if it could
   */
  void want(int holding, boolean more) {
    if (jobserver != null) {
      int useful = Math.max(0, holding - 1) + (more && holding > 0 ? 1 : 0);
      int held = jobserver.held();
      if (held > useful) {
        jobserver.giveBack(held - useful);
      }
      jobserver.want(Math.max(0, useful - held));
    }
  }
}
