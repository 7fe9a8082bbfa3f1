package dev.torc.cli;

import java.io.IOException;

/** A command of torc. {@link Main} reads its options and calls it; {@link Commands} names it. */
abstract class Command {

  final Common common = new Common();

  /** One line for the help. */
  abstract String description();

  /** Tells the options and words of this command, beside those of all commands. */
  void declare(Options options) {}

  /**
   * Does it and returns the exit status. Bad input, trouble with files and defects are thrown:
   * {@link Trouble} knows what to say of them.
   *
   * @param console stands in the folder that {@code -C} names
   */
  abstract int run(Console console) throws IOException;
}
