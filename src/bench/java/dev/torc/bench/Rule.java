package dev.torc.bench;

import java.util.List;

/**
 * One job of a {@link Graph}, in terms that every build tool has.
 *
 * @param product the one file it makes; its folder is there already
 * @param needs files that it names one by one
 * @param bundle name of a {@link Bundle} that it needs as a whole besides; null for none
 * @param command the words of a line of shell
 * @param depfile whether the command writes the headers it read to the product's name with {@code
 *     .d} in place of {@code .o}
 */
record Rule(
    String product, List<String> needs, String bundle, List<String> command, boolean depfile) {

  Rule {
    needs = List.copyOf(needs);
    command = List.copyOf(command);
  }

  /** A job that copies one file; {@code needs} has that file and others that it waits for. */
  static Rule copy(String from, String to, List<String> needs) {
    return new Rule(to, needs, null, List.of("cp", from, to), false);
  }

  /** The command as one line of shell. */
  String line() {
    return String.join(" ", command);
  }

  /** The depfile, to which the command writes the headers that it read. */
  String depfileName() {
    return product.substring(0, product.lastIndexOf('.')) + ".d";
  }
}
