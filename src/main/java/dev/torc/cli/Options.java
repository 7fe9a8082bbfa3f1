package dev.torc.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The options and words that a command takes, told to picocli call by call: its annotations would
 * cost every start four times what the rest of it does, for their reflection. The command uses the
 * values; {@link Main} says what is wrong with one.
 */
final class Options {

  private final CommandSpec spec = CommandSpec.create();
  private final List<Words> words = new ArrayList<>();

  private record Words(PositionalParamSpec spec, Consumer<String> take) {}

  /** Hands values on in the order of the command line; picocli's resets come as null. */
  private record Taker<V>(Class<V> type, Consumer<V> take) implements ISetter {
    @Override
    public <T> T set(T value) {
      if (value != null) {
        take.accept(type.cast(value));
      }
      return null;
    }
  }

  /**
   * Those of a command, and of all commands.
   *
   * @param name of the command
   */
  static Options of(String name, Command command) {
    Options options = new Options();
    options.spec.name("torc " + name);
    options.spec.usageMessage().description(command.description()).abbreviateSynopsis(true);
    command.common.declare(options);
    command.declare(options);
    return options;
  }

  /**
   * An option without a value.
   *
   * @param names with their hyphens, between blanks
   */
  void flag(String names, String description, Runnable given) {
    Consumer<Boolean> take =
        on -> {
          if (on) {
            given.run();
          }
        };
    spec.addOption(flag(names, description).setter(new Taker<>(Boolean.class, take)).build());
  }

  private static OptionSpec.Builder flag(String names, String description) {
    return OptionSpec.builder(names.split(" "))
        .description(description)
        .arity("0")
        .type(boolean.class);
  }

  /** An option that asks for the help in place of the command. */
  void help(String names, String description) {
    spec.addOption(flag(names, description).usageHelp(true).build());
  }

  /** An option that asks for the version in place of the command. */
  void version(String names, String description) {
    spec.addOption(flag(names, description).versionHelp(true).build());
  }

  /**
   * An option with a value.
   *
   * @param names with their hyphens, between blanks
   * @param label stands for the value in the help
   * @param take is given the value each time that the option is there
   * @param fits all values that there are, for completion; none where that cannot be said here
   */
  void value(
      String names, String label, String description, Consumer<String> take, String... fits) {
    add(
        OptionSpec.builder(names.split(" ")).arity("1").completionCandidates(List.of(fits)),
        label,
        description,
        take);
  }

  /**
   * An option whose value may be left out.
   *
   * @param take is given the value, an empty text where it is left out
   */
  void optional(String names, String label, String description, Consumer<String> take) {
    add(
        OptionSpec.builder(names.split(" ")).arity("0..1").fallbackValue(""),
        label,
        description,
        take);
  }

  private void add(
      OptionSpec.Builder builder, String label, String description, Consumer<String> take) {
    spec.addOption(
        builder
            .type(String.class)
            .paramLabel(label)
            .description(description)
            .setter(new Taker<>(String.class, take))
            .build());
  }

  /**
   * Any number of words.
   *
   * @param label stands for one in the help
   * @param least how many there must be
   */
  void words(String label, String description, int least, Consumer<String> take) {
    add(
        PositionalParamSpec.builder().arity(least + "..*").required(least > 0),
        label,
        description,
        take);
  }

  /**
   * Just one word.
   *
   * @param fits as in {@link #value}
   */
  void word(String label, String description, Consumer<String> take, String... fits) {
    add(
        PositionalParamSpec.builder()
            .index("0")
            .arity("1")
            .required(true)
            .completionCandidates(List.of(fits)),
        label,
        description,
        take);
  }

  /** Any number of words after the one of {@link #word}. */
  void rest(String label, String description, Consumer<String> take) {
    add(PositionalParamSpec.builder().index("1..*").arity("0..*"), label, description, take);
  }

  private void add(
      PositionalParamSpec.Builder builder,
      String label,
      String description,
      Consumer<String> take) {
    PositionalParamSpec positional =
        builder
            .type(List.class)
            .auxiliaryTypes(String.class)
            .paramLabel(label)
            .description(description)
            .build();
    spec.addPositional(positional);
    words.add(new Words(positional, take));
  }

  /** All names of options, with their hyphens. */
  Set<String> names() {
    return spec.optionsMap().keySet();
  }

  /** The options in the order told, those of all commands first. */
  List<OptionSpec> told() {
    return spec.options();
  }

  /** The words beside options, in the order told. */
  List<PositionalParamSpec> words() {
    return spec.positionalParameters();
  }

  /** An option by one of its names; null where there is none. */
  OptionSpec option(String name) {
    return spec.findOption(name);
  }

  /**
   * The option whose value is the argument behind this one; null for none. Letters may stand
   * together, and what an option behind letters takes may be glued to it.
   */
  OptionSpec waiting(String arg) {
    if (arg.startsWith("--")) {
      return takesValue(arg) ? option(arg) : null;
    }
    for (int i = 1; i < arg.length(); i++) {
      String letter = "-" + arg.charAt(i);
      if (takesValue(letter)) {
        return i == arg.length() - 1 ? option(letter) : null;
      }
    }
    return null;
  }

  private boolean takesValue(String name) {
    OptionSpec found = option(name);
    return found != null && found.arity().min() > 0;
  }

  /**
   * Reads arguments and hands the values over.
   *
   * @return the parser, for what it knows of them
   * @throws CommandLine.ParameterException where they do not fit; some values are handed over then
   */
  CommandLine parse(List<String> args) {
    CommandLine line =
        new CommandLine(spec)
            .setExpandAtFiles(false)
            .setInterpolateVariables(false)
            .setOverwrittenOptionsAllowed(true);
    line.parseArgs(args.toArray(String[]::new));
    for (Words each : words) {
      List<String> given = each.spec.getValue();
      if (given != null) {
        given.forEach(each.take);
      }
    }
    return line;
  }
}
