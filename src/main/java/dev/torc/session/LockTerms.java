package dev.torc.session;

import java.util.Set;

/**
 * On what terms a command takes the build lock, and what an earlier build left there.
 *
 * @param waits whether it waits while another build has it
 * @param trusts whether the caller says that no other host builds here, so that on a shared root
 *     locks will do which only this host sees
 * @param gone names of hosts and users of which the caller says that nothing of theirs runs
 */
public record LockTerms(boolean waits, boolean trusts, Set<String> gone) {

  /** The variable that says the same as {@code --trust-lock}, for all that is called. */
  public static final String TRUST = "TORC_TRUST_LOCK";
}
