package dev.torc.syntax;

/**
 * How a value is quoted in the text of a shell command; what is not such a text takes it as it is.
 */
public enum Quote {
  /** Not in a shell command: as it is. */
  NONE,
  /** Outside all quotes. */
  BARE,
  /** Within double quotes. */
  DOUBLE,
  /** Within single quotes. */
  SINGLE,
  /** The place cannot be told: a value that needs quoting is an error that names the way. */
  REFUSE
}
