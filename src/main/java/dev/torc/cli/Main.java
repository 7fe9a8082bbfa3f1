package dev.torc.cli;

import dev.torc.ask.Answer;
import dev.torc.posix.Environment;
import dev.torc.posix.Terminal;
import dev.torc.session.Exit;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.NearestName;
import dev.torc.text.SafeText;
import java.io.FileDescriptor;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * From the command line to a command and its exit status. {@link ErrorMessage} says what an
 * exception means.
 */
public final class Main {

  private static final String DEFAULT = "build";

  private final SequencedMap<String, Supplier<Command>> commands;

  /** A command and what it takes. */
  private record Told(Command command, Options options) {}

  /** The commands that were asked what they take: once each, and no more than needed. */
  private final Map<String, Told> told = new HashMap<>();

  Main(SequencedMap<String, Supplier<Command>> commands) {
    this.commands = commands;
  }

  /** Starts torc as a process. */
  public static void main(String[] args) {
    endWhereAThreadBreaks();
    int exit;
    try {
      exit = run(args, console());
    } catch (LinkageError e) {
      System.err.println(
          "torc: cannot load the shared libraries beside torc.jar ("
              + SafeText.line(String.valueOf(e.getMessage()))
              + "); install torc anew");
      exit = Exit.TROUBLE;
    }
    if (System.getProperty("lmdbjava.native.lib") != null) {
      // All is written and closed. An orderly exit first loads a logging framework: 4 ms.
      Runtime.getRuntime().halt(exit);
    }
    System.exit(exit); // removes the shared libraries that had to be unpacked
  }

  /** Lets an exception that nobody catches, on whatever thread, end the process. */
  static void endWhereAThreadBreaks() {
    Thread.setDefaultUncaughtExceptionHandler((_, thrown) -> lost(thrown));
  }

  /** A thread broke, and others may wait for it without end: there is nothing to go on with. */
  private static void lost(Throwable thrown) {
    try {
      ErrorMessage.of(thrown).lines().forEach(System.err::println);
    } finally {
      Runtime.getRuntime().halt(Exit.TROUBLE);
    }
  }

  /** What the process was given. */
  static Console console() {
    return new Console(
        System.in,
        Console.writer(FileDescriptor.out, "standard output"),
        Console.writer(FileDescriptor.err, "standard error"),
        Environment.ofCaller().asMap(),
        Path.of("").toAbsolutePath(),
        Terminal.isTerminal(1),
        Terminal.isTerminal(2),
        () -> Terminal.width(2),
        ProcessAge::began);
  }

  /** Runs torc with the given streams and returns its exit status. */
  static int run(String[] args, Console console) {
    return new Main(Commands.all()).call(args, console);
  }

  /** Runs one of the commands and returns the exit status; throws nothing. */
  int call(String[] args, Console console) {
    int exit;
    try {
      exit = dispatch(ForeignArguments.withoutZero(List.of(args)), console);
      console.out().flush();
    } catch (Throwable thrown) {
      exit = tell(thrown, console);
    }
    return exit;
  }

  private static int tell(Throwable thrown, Console console) {
    ErrorMessage trouble = ErrorMessage.of(thrown);
    try {
      // What was found before the trouble came is still worth having.
      console.out().flush();
    } catch (IOException e) {
      thrown.addSuppressed(e);
    }
    try {
      for (String line : trouble.lines()) {
        console.tell(line);
      }
      if (trouble.defect() && !console.env().getOrDefault("TORC_DEBUG", "").isEmpty()) {
        PrintWriter trace = new PrintWriter(console.err());
        thrown.printStackTrace(trace);
        trace.flush();
      }
    } catch (IOException e) {
      // There is nobody left to tell: the exit status says it.
      return trouble.exit();
    }
    return trouble.exit();
  }

  private int dispatch(List<String> given, Console console) throws IOException {
    List<String> args = commandFirst(given);
    if (args.isEmpty()) {
      args = List.of(DEFAULT);
    } else if (args.getFirst().equals("help")) {
      args = args.size() == 1 ? List.of("--help") : List.of(args.get(1), "--help");
    }
    String first = args.getFirst();
    if (first.equals("--help") || first.equals("-h")) {
      console.print(help());
      return Exit.DONE;
    }
    if (first.equals("--version") || first.equals("-V")) {
      console.print("torc " + Version.text());
      return Exit.DONE;
    }
    if (!isWord(first)) {
      return perform(DEFAULT, args, console);
    }
    if (commands.containsKey(first)) {
      return perform(first, args.subList(1, args.size()), console);
    }
    refuseUnknown(given.subList(0, given.indexOf(first)));
    try {
      return perform(DEFAULT, args, console); // the word is a target
    } catch (BadInput refused) {
      throw mistyped(first, refused);
    }
  }

  /** What to say where the first word is no command, and the build of it as a target is refused. */
  private BadInput mistyped(String word, BadInput refused) {
    String foreign = ForeignArguments.hint(word, Set.of());
    String hint = foreign.isEmpty() ? NearestName.hint(word, commands.keySet()) : foreign;
    BadInput.Diagnostic said = refused.diagnostics().getFirst();
    boolean ofBuildFile = !said.place().toString().isEmpty();
    return ofBuildFile || hint.isEmpty()
        ? refused
        : CommonOptions.usage(
            "unknown command "
                + SafeText.name(word)
                + hint
                + " (as a target: "
                + said.message()
                + ")");
  }

  private int perform(String name, List<String> args, Console console) throws IOException {
    Told told = told(name);
    CommandLine line = parse(told.options, args);
    if (line.isUsageHelpRequested()) {
      console.print(line.getUsageMessage(CommandLine.Help.Ansi.OFF));
      return Exit.DONE;
    }
    if (line.isVersionHelpRequested()) {
      console.print("torc " + Version.text());
      return Exit.DONE;
    }
    if (!Files.isDirectory(console.cwd())) {
      throw CommonOptions.usage(
          "the path of this folder is no valid UTF-8; rename it, or go to another");
    }
    told.command.given = args;
    told.command.from = console.cwd();
    try {
      return told.command.run(told.command.common.enter(console));
    } catch (BadInput refused) {
      if (told.command.common.json()) {
        Answer.refuse(refused, console.out());
      }
      throw refused;
    }
  }

  /**
   * The arguments with the first word in front: options may stand before the command. Without a
   * word they stay as they are, and mean the default command.
   */
  List<String> commandFirst(List<String> args) {
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      if (arg.equals("--")) {
        return args;
      }
      if (isWord(arg)) {
        List<String> moved = new ArrayList<>(args);
        moved.addFirst(moved.remove(i));
        return moved;
      }
      if (valueFollows(arg)) {
        i++;
      }
    }
    return args;
  }

  /** Whether an argument is a word, and no option. */
  static boolean isWord(String arg) {
    return !arg.startsWith("-") || arg.equals("-");
  }

  /** As the first command has it that knows the option: none is declared in two ways. */
  private boolean valueFollows(String arg) {
    int end = arg.startsWith("--") ? arg.indexOf('=') : 2;
    String option = end < 0 ? arg : arg.substring(0, end);
    for (String name : commands.keySet()) {
      Options options = told(name).options;
      if (options.option(option) != null) {
        return options.waiting(arg) != null;
      }
    }
    return false;
  }

  private Told told(String name) {
    return told.computeIfAbsent(
        name,
        asked -> {
          Command command = commands.get(asked).get();
          return new Told(command, Options.of(asked, command));
        });
  }

  private static CommandLine parse(Options options, List<String> args) {
    try {
      return options.parse(args);
    } catch (CommandLine.UnmatchedArgumentException e) {
      String word = e.getUnmatched().getFirst();
      String option = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
      String help = "; see " + e.getCommandLine().getCommandName() + " --help";
      throw word.startsWith("-")
          ? unknown(option, options.names(), help)
          : CommonOptions.usage("unexpected " + SafeText.name(word) + help);
    } catch (CommandLine.MissingParameterException e) {
      var missing = e.getMissing().isEmpty() ? null : e.getMissing().getFirst();
      throw CommonOptions.usage(
          missing instanceof OptionSpec option
              ? "option " + option.longestName() + " needs a value: " + option.paramLabel()
              : (missing == null ? e.getMessage() : missing.paramLabel() + " is missing")
                  + "; see "
                  + e.getCommandLine().getCommandName()
                  + " --help");
    } catch (CommandLine.ParameterException e) {
      String message =
          SafeText.line(
              e.getMessage()
                  .replaceFirst(
                      "'([^']+)'.* should be specified without '.*' parameter$",
                      "$1 takes no value"));
      throw CommonOptions.usage(
          message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1));
    }
  }

  /** Refuses an option that no command has: what follows it is its value, and no command. */
  private void refuseUnknown(List<String> options) {
    Set<String> known = new TreeSet<>();
    commands.keySet().forEach(name -> known.addAll(told(name).options.names()));
    for (String each : options) {
      String option = each.replaceFirst("=.*", "");
      if (option.startsWith("--") && !known.contains(option)) {
        throw unknown(option, known, "; see torc --help");
      }
    }
  }

  /**
   * What to say of an unknown option: what another tool means by it, or the one that begins like it
   * or else is nearest. A single letter is near to none.
   */
  private static BadInput unknown(String option, Set<String> known, String otherwise) {
    List<String> longer = known.stream().filter(name -> name.startsWith(option)).toList();
    String foreign = ForeignArguments.hint(option, known);
    String hint =
        !option.startsWith("--") || !foreign.isEmpty()
            ? foreign
            : longer.size() == 1
                ? "; did you mean " + longer.getFirst() + "?"
                : NearestName.hint(option, known);
    return CommonOptions.usage(
        "unknown option " + SafeText.name(option) + (hint.isEmpty() ? otherwise : hint));
  }

  private String help() {
    StringBuilder out =
        new StringBuilder(
            """
            torc builds what is not up to date, by the contents of files.

            torc [COMMAND] [OPTION…] [ARGUMENT…]     without a command: build, of the words as targets

            """);
    for (var command : commands.entrySet()) {
      out.append(
          "  %-12s %s%n".formatted(command.getKey(), command.getValue().get().description()));
    }
    return out.append(
            """

            Everywhere, before or after the command:
              -f FILE      build file (torc.yaml here or above), more than one are laid over
              -C DIR       go to this folder first
              -D VAR=VALUE set a variable of the build file
              --no-containers  run jobs with an image on the host
              --json       data for programs
              --color WHEN auto, always or never
            torc COMMAND --help shows the options of a command.
            """)
        .toString();
  }
}
