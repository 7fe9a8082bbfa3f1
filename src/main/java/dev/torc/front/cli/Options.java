package dev.torc.front.cli;

import dev.torc.base.posix.CallingProcess;
import dev.torc.front.ask.Call;
import dev.torc.front.project.Caller;
import dev.torc.front.show.Console;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The options and words that a command takes, and those that were given. They are declared to
 * picocli by method calls: its annotations use reflection, which would cost each start four times
 * as much as the rest of picocli. {@link Commands} has the declarations, {@link Call} checks the
 * values.
 */
final class Options {
  /** Added to the order of the options of all commands, so that help lists them last. */
  private static final int SHARED = 1000;

  private static final int WIDE = 500;

  /** The commands that pass what stands behind {@code --} to jobs, or run it. */
  private static final Set<String> ARGUMENTS = Set.of("build", "watch", "slurm", "shell");

  private final String command;
  private final CommandSpec spec = CommandSpec.create();
  private final List<Call.Given> given = new ArrayList<>();
  private List<String> line = List.of();
  private CommandLine parser; // null until something is parsed; declaring it takes long

  /** Creates the options of a command, initially empty. */
  Options(String command, String description) {
    this.command = command;
    spec.name("torc " + command);
    spec.usageMessage().description(description, "").abbreviateSynopsis(true).sortOptions(false);
  }

  /** Adds an option or a word from its line in {@link Commands}. */
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

  /** Adds an option that all commands accept; {@code hidden} if this command ignores it. */
  void everywhere(String line, boolean hidden) {
    int gap = line.indexOf("  ");
    OptionSpec.Builder option = option(line.substring(0, gap), line.substring(gap + 2));
    spec.addOption(option.order(SHARED + specs().size()).hidden(hidden).build());
  }

  /**
   * Returns the help: the command's own options, then those of all commands under a heading. For
   * few {@code columns}, each description is on one line, which the caller breaks.
   */
  String help(CommandLine parser, int columns) {
    if (columns > 0 && columns < parser.getUsageHelpWidth()) {
      parser.setUsageHelpWidth(WIDE);
    }
    String text = parser.getUsageMessage(CommandLine.Help.Ansi.OFF);
    OptionSpec first =
        specs().stream().filter(o -> o.order() >= SHARED && !o.hidden()).findFirst().orElseThrow();
    int shared = text.indexOf("\n  " + String.join(", ", first.names()));
    text = text.substring(0, shared) + "\n\nOptions of all commands:" + text.substring(shared);
    return text.replaceAll("(?m)^(  -\\w)=", "$1 "); // a space before a letter's value
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

  /** Records values in the order of the command line; picocli resets a value by setting null. */
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

  /** Returns the possible values, which follow a colon; an empty list if they are not declared. */
  private static List<String> possibleValues(String text) {
    int colon = text.indexOf(':');
    return colon < 0 ? List.of() : List.of(text.substring(colon + 1).split(","));
  }

  /** Returns the names of all options, with their hyphens. */
  Set<String> names() {
    return spec.optionsMap().keySet();
  }

  /** Returns the options in the order in which they were added, those of all commands first. */
  List<OptionSpec> specs() {
    return spec.options();
  }

  /** Returns the words that are not options, in the order in which they were added. */
  List<PositionalParamSpec> words() {
    return spec.positionalParameters();
  }

  /** Returns an option by one of its names; null if there is none. */
  OptionSpec option(String name) {
    return spec.findOption(name);
  }

  /**
   * Returns the option whose value is the argument after this one; null if there is none. Letters
   * may be combined, and the value of the last one may be attached to it.
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
   * Parses arguments, and records the given options and words in place of earlier ones.
   *
   * @return the parser, which knows more about them
   * @throws CommandLine.ParameterException if they are invalid; some values are recorded even then
   */
  CommandLine parse(List<String> args) {
    line = List.copyOf(args);
    if (parser == null) {
      parser =
          new CommandLine(spec)
              .setExpandAtFiles(false)
              .setInterpolateVariables(false)
              .setOverwrittenOptionsAllowed(true);
    }
    given.clear();
    int end = ARGUMENTS.contains(command) ? args.indexOf("--") : -1;
    if (end >= 0) {
      for (String each : args.subList(end, args.size())) {
        given.add(new Call.Given("--", each)); // the first one is -- itself
      }
    }
    parser.parseArgs(args.subList(0, end < 0 ? args.size() : end).toArray(String[]::new));
    for (PositionalParamSpec each : words()) {
      List<String> values = each.getValue();
      if (values != null) {
        values.forEach(value -> given.add(new Call.Given(each.paramLabel(), value)));
      }
    }
    return parser;
  }

  /** Returns whether an option was given, by its longest name. */
  boolean has(String option) {
    return given.stream().anyMatch(each -> each.name().equals(option));
  }

  /** Returns the parsed arguments as a call. */
  Call call(Console console, CallingProcess process) {
    Call.Arguments read = new Call.Arguments(command, line, List.copyOf(given));
    return new Call(read, console, Caller.Host.of(console.env(), process));
  }

  /** Returns whether an argument is a word and not an option. */
  static boolean isWord(String arg) {
    return !arg.startsWith("-") || arg.equals("-");
  }
}
