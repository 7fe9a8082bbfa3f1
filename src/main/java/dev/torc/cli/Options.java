package dev.torc.cli;

import dev.torc.ask.Call;
import dev.torc.posix.CallingProcess;
import dev.torc.session.Caller;
import dev.torc.show.Console;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The options and words that a command takes, and those that were given. They are told to picocli
 * call by call: its annotations, for their reflection, would cost every start four times what the
 * rest of it does. {@link Commands} has the lines, {@link Call} says what is wrong with a value.
 */
final class Options {
  /** The order of options of all commands in the help: behind those of the command. */
  private static final int SHARED = 1000;

  private final String command;
  private final CommandSpec spec = CommandSpec.create();
  private final List<Call.Given> given = new ArrayList<>();
  private List<String> line = List.of();

  /** Creates the options of a command, none so far. */
  Options(String command, String description) {
    this.command = command;
    spec.name("torc " + command);
    spec.usageMessage().description(description, "").abbreviateSynopsis(true).sortOptions(false);
  }

  /** Adds an option or a word, by its line. */
  void add(String line) {
    int gap = line.indexOf("  ");
    String names = line.substring(0, gap);
    String description = line.substring(gap + 2);
    if (names.startsWith("-")) {
      spec.addOption(option(names, description).order(specs().size()).build());
    } else {
      spec.addPositional(word(names, description));
    }
  }

  /** Adds an option that all commands accept; a hidden one is not read by this command. */
  void everywhere(String line, boolean hidden) {
    int gap = line.indexOf("  ");
    OptionSpec.Builder option = option(line.substring(0, gap), line.substring(gap + 2));
    spec.addOption(option.order(SHARED + specs().size()).hidden(hidden).build());
  }

  /** Returns the help: the command's own options, and below a heading those of all commands. */
  String help(CommandLine parser) {
    String text = parser.getUsageMessage(CommandLine.Help.Ansi.OFF);
    OptionSpec first =
        specs().stream().filter(o -> o.order() >= SHARED && !o.hidden()).findFirst().orElseThrow();
    int shared = text.indexOf("\n  " + String.join(", ", first.names()));
    text = text.substring(0, shared) + "\n\nOptions of all commands:" + text.substring(shared);
    return text.replaceAll("(?m)^(  -\\w)=", "$1 "); // a letter's value stands apart
  }

  private OptionSpec.Builder option(String names, String description) {
    int last = names.lastIndexOf(' ') + 1;
    boolean flag = names.charAt(last) == '-';
    OptionSpec.Builder option =
        OptionSpec.builder(names.substring(0, flag ? names.length() : last - 1).split(" "))
            .description(description)
            .usageHelp(names.endsWith("--help"))
            .versionHelp(names.endsWith("--version"));
    if (flag) {
      option.arity("0").type(boolean.class);
    } else {
      String label = names.substring(last).replace("[", "").replace("]", "");
      option
          .arity(names.endsWith("]") ? "0..1" : "1")
          .fallbackValue("")
          .type(String.class)
          .paramLabel(label.split(":")[0])
          .completionCandidates(possibleValues(label));
    }
    String name = option.build().longestName();
    return option.setter(new Taker(name, given));
  }

  /** Notes values in the order of the command line; picocli's resets come as null. */
  private record Taker(String name, List<Call.Given> given) implements ISetter {
    @Override
    public <T> T set(T value) {
      if (value != null && !value.equals(false)) {
        given.add(new Call.Given(name, value.toString()));
      }
      return null;
    }
  }

  private PositionalParamSpec word(String word, String description) {
    int end = word.length() - 1;
    boolean many = word.charAt(end) == '*' || word.charAt(end) == '+';
    boolean required = word.charAt(end) != '*';
    PositionalParamSpec.Builder spec =
        PositionalParamSpec.builder()
            .arity(!many ? "1" : required ? "1..*" : "0..*")
            .required(required)
            .type(List.class)
            .auxiliaryTypes(String.class)
            .paramLabel((many ? word.substring(0, end) : word).split(":")[0])
            .description(description)
            .completionCandidates(possibleValues(word));
    boolean rest = !words().isEmpty();
    return (many && !rest ? spec : spec.index(rest ? "1..*" : "0")).build();
  }

  /**
   * Returns all possible values, which stand behind a colon; none where they cannot be said here.
   */
  private static List<String> possibleValues(String text) {
    int colon = text.indexOf(':');
    return colon < 0 ? List.of() : List.of(text.substring(colon + 1).split(","));
  }

  /** Returns all names of options, with their hyphens. */
  Set<String> names() {
    return spec.optionsMap().keySet();
  }

  /** Returns the options in the order in which they were added, those of all commands first. */
  List<OptionSpec> specs() {
    return spec.options();
  }

  /** Returns the words beside options, in the order in which they were added. */
  List<PositionalParamSpec> words() {
    return spec.positionalParameters();
  }

  /** Returns an option by one of its names; null where there is none. */
  OptionSpec option(String name) {
    return spec.findOption(name);
  }

  /**
   * Returns the option whose value is the argument behind this one; null for none. Letters may
   * stand together, and the value of the last one may be glued to it.
   */
  OptionSpec optionAwaiting(String arg) {
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
   * Reads arguments and notes what is given.
   *
   * @return the parser, which knows more of them
   * @throws CommandLine.ParameterException where they do not fit; some values are noted then
   */
  CommandLine parse(List<String> args) {
    line = List.copyOf(args);
    CommandLine parser =
        new CommandLine(spec)
            .setExpandAtFiles(false)
            .setInterpolateVariables(false)
            .setOverwrittenOptionsAllowed(true);
    parser.parseArgs(args.toArray(String[]::new));
    for (PositionalParamSpec each : words()) {
      List<String> values = each.getValue();
      if (values != null) {
        values.forEach(value -> given.add(new Call.Given(each.paramLabel(), value)));
      }
    }
    return parser;
  }

  /** Returns whether an option was read, by its longest name. */
  boolean has(String option) {
    return given.stream().anyMatch(each -> each.name().equals(option));
  }

  /** Returns what was read, as a call. */
  Call call(Console console, CallingProcess process) {
    Call.Arguments read = new Call.Arguments(command, line, List.copyOf(given));
    return new Call(read, console, Caller.Host.of(console.env(), process));
  }
}
