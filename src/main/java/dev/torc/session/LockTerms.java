package dev.torc.session;

/**
 * On what terms a command takes the build lock.
 *
 * @param waits whether it waits while another build has it
 * @param trusts whether the caller says that no other host builds here, so that on a shared root
 *     locks will do which only this host sees
 */
public record LockTerms(boolean waits, boolean trusts) {

  /** The variable that says the same as {@code --trust-lock}, for all that is called. */
  public static final String TRUST = "TORC_TRUST_LOCK";
}
