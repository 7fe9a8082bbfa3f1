package dev.torc.cli;

import java.io.IOException;
import picocli.CommandLine.Mixin;

/**
 * A command of torc. Subclasses have picocli's annotations for their options; {@link Main} parses
 * and calls them.
 */
abstract class Command {

  @Mixin Common common = new Common();

  /**
   * Does it and returns the exit status. Bad input, trouble with files and defects are thrown:
   * {@link Trouble} knows what to say of them.
   *
   * @param console stands in the folder that {@code -C} names
   */
  abstract int run(Console console) throws IOException;
}
