package dev.torc.front.cli;

import dev.torc.base.machine.InstalledTorc;
import dev.torc.base.machine.InstalledTorc.Installation;
import dev.torc.base.posix.CallingProcess;
import dev.torc.base.posix.Descriptor;
import dev.torc.base.posix.Environment;
import dev.torc.base.posix.FileStatus;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.Kill;
import dev.torc.base.posix.Terminal;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.text.SafeText;
import dev.torc.front.ask.Call;
import dev.torc.front.session.Exit;
import dev.torc.front.show.Console;
import dev.torc.front.show.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Parses a command line, runs its command and returns the exit status. {@link Exit} decides the
 * status for an exception.
 */
public final class Main {

  private static final String DEFAULT = "build";

  private final Commands commands;
  private final Io.Make<Call, Integer> work;
  private final CallingProcess process;

  /** The options of commands, by command name; filled when first used. */
  private final Map<String, Options> optionsByName;

  /** Creates a Main that passes each call to {@code work}, which returns the exit status. */
  Main(Io.Make<Call, Integer> work) {
    this(work, CallingProcess.own(), new Commands(), new HashMap<>());
  }

  /** Creates a Main that runs each call, for a server. */
  public Main() {
    this(Main::perform);
  }

  private Main(
      Io.Make<Call, Integer> work,
      CallingProcess process,
      Commands commands,
      Map<String, Options> optionsByName) {
    this.work = work;
    this.process = process;
    this.commands = commands;
    this.optionsByName = optionsByName;
  }

  /**
   * Returns a Main that passes each call, made by {@code process}, to {@code work}. It shares the
   * declared options with this one, so only one of them may be in use.
   */
  public Main with(Io.Make<Call, Integer> work, CallingProcess process) {
    return new Main(work, process, commands, optionsByName);
  }

  /** Runs torc in a process of its own. */
  public static void main(String[] args) {
    endWhereAThreadBreaks();
    Console console = console();
    MemoCall memo =
        mayRest(console)
            ? MemoCall.begin(args, new Descriptor(1).stream(), new Descriptor(2).stream())
            : null;
    int exit = run(args, memo == null ? console : memo.console(console));
    if (memo != null) {
      memo.end(exit);
    }
    if (System.getProperty("lmdbjava.native.lib") != null) {
      // Everything is written and closed. A normal exit would first load a logging framework: 4 ms.
      Runtime.getRuntime().halt(exit);
    }
    System.exit(exit); // also removes the unpacked shared libraries
  }

  /**
   * Returns whether a memo is possible: the last build here may have left all jobs fresh, and the
   * launcher asks memos in such a call. Else no class of memos is needed.
   */
  private static boolean mayRest(Console console) {
    Map<String, String> env = console.env();
    return !"0".equals(env.get("TORC_MEMO"))
        && env.getOrDefault("MAKELEVEL", "").isEmpty()
        && env.getOrDefault("TORC_BUILDS", "").isEmpty()
        && Files.exists(console.cwd().resolve(".torc/rest"))
        && Files.exists(Path.of("/proc/self/status")); // not on macOS
  }

  static void endWhereAThreadBreaks() {
    endWhereAThreadBreaks(said -> new Descriptor(2).stream().write(said));
  }

  /**
   * Makes an uncaught exception on any thread end the process, after its message went to {@code
   * tell}.
   */
  public static void endWhereAThreadBreaks(Io.Take<byte[]> tell) {
    Thread.setDefaultUncaughtExceptionHandler((_, thrown) -> endBroken(thrown, tell));
  }

  /** Ends the process after a thread failed: other threads may wait for that thread forever. */
  private static void endBroken(Throwable thrown, Io.Take<byte[]> tell) {
    try {
      String said = String.join("\n", Exit.of(thrown).lines()) + "\n";
      tell.take(said.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // The output is closed; only the exit status shows it.
    } finally {
      Runtime.getRuntime().halt(Exit.TROUBLE);
    }
  }

  /** Returns the streams, environment and folder of this process. */
  static Console console() {
    Console.Terminals terminals =
        new Console.Terminals(
            Terminal.isTerminal(1), Terminal.isTerminal(2), () -> Terminal.width(2));
    return new Console(
        System.in,
        Console.writer(new Descriptor(1).stream(), "standard output", terminals.out()),
        Console.writer(new Descriptor(2).stream(), "standard error", terminals.err()),
        Environment.ofCaller().asMap(),
        Path.of("").toAbsolutePath(),
        terminals,
        ProcessAge::began);
  }

  /** Prints the version, the commit it was built from, and the Java that runs it. */
  private static void printVersion(boolean json, Console console) throws IOException {
    String version = InstalledTorc.version();
    if (!json) {
      console.print("torc " + version + ", Java " + Runtime.version() + "\n");
      return;
    }
    String[] parts = version.split("[ ()]+");
    Installation here = Installation.here();
    String java = Runtime.version().toString();
    Json.write(
        new Installed(Json.VERSION, parts[0], parts[1], java, here.way(), here.home()),
        console.out());
  }

  private record Installed(
      int version, String torc, String commit, String java, String installed, Path home) {}

  /** Runs the command of a call and returns the exit status. */
  public static int perform(Call call) throws IOException {
    return Commands.perform(call);
  }

  /** Runs torc with the given streams and returns its exit status. */
  static int run(String[] args, Console console) {
    return new Main(Commands::perform).call(args, console);
  }

  /**
   * Runs a command line and returns the exit status; reports exceptions instead of throwing them.
   */
  public int call(String[] args, Console console) {
    console.unread(process.signals()::handOverPipe);
    try {
      int exit = dispatch(arguments(args), console);
      console.out().flush();
      return process.signals().last() == Kill.PIPE ? Exit.PIPE : exit;
    } catch (Throwable thrown) {
      return tell(thrown, console);
    }
  }

  private static List<String> arguments(String[] args) {
    boolean numbered = false;
    for (String arg : args) {
      numbered |= arg.startsWith("-") && arg.indexOf('k') > 0; // else its class is not needed
    }
    return numbered ? NumberedOption.attached(List.of(args)) : List.of(args);
  }

  private static int tell(Throwable thrown, Console console) {
    Exit trouble = Exit.of(thrown);
    try {
      // Data printed before the error is still useful.
      console.out().flush();
    } catch (IOException e) {
      thrown.addSuppressed(e);
    }
    try {
      console.tellAll(trouble.lines());
      if (trouble.defect() && !console.env().getOrDefault("TORC_DEBUG", "").isEmpty()) {
        PrintWriter trace = new PrintWriter(console.err());
        thrown.printStackTrace(trace);
        trace.flush();
      }
    } catch (IOException e) {
      tellElsewhere(trouble, console);
    }
    return trouble.status();
  }

  /** Reports an error on standard output if the exit status alone says too little. */
  private static void tellElsewhere(Exit trouble, Console console) {
    if (trouble.status() == Exit.TROUBLE) {
      try {
        console.print(String.join("\n", trouble.lines()) + "\n");
        console.out().flush();
      } catch (IOException e) {
        // That is closed, too; only the exit status shows it.
      }
    }
  }

  private int dispatch(List<String> given, Console console) throws IOException {
    List<String> args = commandFirst(given);
    if (args.isEmpty()) {
      args = List.of(DEFAULT);
    } else if (args.getFirst().equals("help")) {
      args = args.size() == 1 ? List.of("--help") : List.of(args.get(1), "--help");
    }
    String first = args.getFirst();
    if (List.of("--help", "-h", "--version", "-V").contains(first)) {
      boolean help = first.endsWith("h") || first.endsWith("help");
      if (help) {
        console.show(help());
      } else {
        printVersion(args.contains("--json"), console);
      }
      return Exit.DONE;
    }
    if (commands.descriptions().containsKey(first)) {
      return perform(first, args.subList(1, args.size()), console);
    }
    if (!Options.isWord(first)) {
      return perform(DEFAULT, args, console);
    }
    refuseUnknown(given.subList(0, given.indexOf(first)));
    try {
      return perform(DEFAULT, args, console); // the word is a target
    } catch (BadInput refused) {
      String said = refused.getMessage();
      boolean option = said.startsWith("unknown option ") && !said.contains("did you mean");
      String rest = String.join(" ", given.subList(given.indexOf(first) + 1, given.size()));
      throw option && isJob(given, first, console)
          ? Call.usage(
              "%s; to pass it to the command of %s, write torc build %2$s -- %s"
                  .formatted(said.replaceFirst(";.*", ""), first, rest))
          : mistyped(first, refused);
    }
  }

  /** Returns whether a word that is not a command names a job, group or product. */
  private boolean isJob(List<String> given, String word, Console console) throws IOException {
    try {
      Options build = optionsOf(DEFAULT);
      parse(build, given.subList(0, given.indexOf(word)));
      return build.call(console, process).names(word);
    } catch (BadInput e) {
      return false;
    }
  }

  /** Returns the error for a first word that is neither a command nor a valid target. */
  private BadInput mistyped(String word, BadInput refused) {
    String foreign = ForeignArguments.hint(word, Set.of());
    String hint =
        foreign.isEmpty() ? NearestName.hint(word, commands.descriptions().keySet()) : foreign;
    BadInput.Diagnostic said = refused.diagnostics().getFirst();
    boolean known = said.message().contains(" is skipped: "); // a job that the call leaves out
    String line = "unknown command " + SafeText.name(word) + hint;
    return known || !said.place().toString().isEmpty() || hint.isEmpty()
        ? refused
        : Call.usage(line + " (as a target: " + said.message() + ")");
  }

  private int perform(String name, List<String> args, Console console) throws IOException {
    Options options = optionsOf(name);
    CommandLine line = parse(options, args);
    boolean help = line.isUsageHelpRequested();
    if (help || line.isVersionHelpRequested()) {
      if (help) {
        console.show(options.help(line, console.columns()));
      } else {
        printVersion(options.has("--json"), console);
      }
      return Exit.DONE;
    }
    if (!isCurrent(console.cwd())) {
      throw Call.usage(
          "cannot open the current folder; its path must be valid UTF-8 and open to this user");
    }
    try {
      return work.of(options.call(console, process));
    } catch (BadInput refused) {
      if (options.has("--json")) {
        Call.refuse(refused, console.out());
      }
      throw refused;
    }
  }

  /** Returns whether a folder is the one that the call was made in; Java's text may lose bytes. */
  private static boolean isCurrent(Path folder) throws IOException {
    String name = folder.toString();
    return Files.isDirectory(folder)
        && (name.indexOf('\ufffd') < 0
            || FileStatus.of(name, true).isSame(FileStatus.of(".", true)));
  }

  /**
   * Returns the arguments with the first word moved to the front, since options may precede the
   * command. Without a word, returns them unchanged, which means the default command.
   */
  List<String> commandFirst(List<String> args) {
    int at = 0;
    while (at < args.size() && !Options.isWord(args.get(at)) && !args.get(at).equals("--")) {
      at += valueFollows(args.get(at)) ? 2 : 1;
    }
    List<String> moved = new ArrayList<>(args);
    if (at < args.size() && Options.isWord(args.get(at))) {
      moved.addFirst(moved.remove(at));
    }
    return moved;
  }

  /** Asks the first command that has the option: all commands declare an option in the same way. */
  private boolean valueFollows(String arg) {
    int end = arg.startsWith("--") ? arg.indexOf('=') : 2;
    String option = end < 0 ? arg : arg.substring(0, end);
    for (String name : commands.descriptions().keySet()) {
      Options options = optionsOf(name);
      if (options.option(option) != null) {
        return options.optionAwaiting(arg) != null;
      }
    }
    return false;
  }

  private Options optionsOf(String name) {
    return optionsByName.computeIfAbsent(name, commands::options);
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
          : Call.usage("unexpected " + SafeText.name(word) + help);
    } catch (CommandLine.MissingParameterException e) {
      ArgSpec missing = e.getMissing().getFirst();
      String what = missing.paramLabel() + " is missing";
      throw Call.usage(
          missing instanceof OptionSpec option
              ? "option " + option.longestName() + " needs a value: " + option.paramLabel()
              : what + "; see " + e.getCommandLine().getCommandName() + " --help");
    } catch (CommandLine.ParameterException e) {
      String told = "'([^']+)'.* should be specified without '.*' parameter$";
      String message = SafeText.line(e.getMessage().replaceFirst(told, "$1 takes no value"));
      throw Call.usage(message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1));
    }
  }

  /** Rejects an option that no command has: the word after it may be its value, not a command. */
  private void refuseUnknown(List<String> options) {
    Set<String> known = new TreeSet<>();
    commands.descriptions().keySet().forEach(name -> known.addAll(optionsOf(name).names()));
    for (String each : options) {
      String option = each.replaceFirst("=.*", "");
      if (option.startsWith("--") && !known.contains(option)) {
        throw unknown(option, known, "; see torc --help");
      }
    }
  }

  /**
   * Returns the error for an unknown option, with a hint: torc's option with the meaning that this
   * one has in another tool, or else the only option that begins with it, or the nearest one. For a
   * single letter, only the first kind is used.
   */
  private static BadInput unknown(String option, Set<String> known, String otherwise) {
    List<String> longer = known.stream().filter(name -> name.startsWith(option)).toList();
    String foreign = ForeignArguments.hint(option, known);
    String near =
        longer.size() == 1
            ? "; did you mean " + longer.getFirst() + "?"
            : NearestName.hint(option, known);
    String hint = option.startsWith("--") && foreign.isEmpty() ? near : foreign;
    return Call.usage(
        "unknown option " + SafeText.name(option) + (hint.isEmpty() ? otherwise : hint));
  }

  private String help() throws IOException {
    StringBuilder names = new StringBuilder();
    commands
        .descriptions()
        .forEach((name, what) -> names.append("  %-12s %s%n".formatted(name, what)));
    return Resource.text("help.txt").formatted(names);
  }

  /**
   * The names that other tools (make, Snakemake, DVC, NREL torc) use for torc's commands and
   * options, for hints in messages. {@link dev.torc.base.syntax.NearestName} handles typing errors.
   */
  private static final class ForeignArguments {

    /** One line for each meaning: torc's argument, then the arguments of other tools. */
    private static final String[] MEANINGS = {
      "torc build = run repro exec all --resume -resume --rerun-incomplete",
      "torc build --force NAME = rerun redo",
      "torc adopt = --touch commit touch",
      "torc graph = --dag dag plot",
      "--force = -B -F -R --always-make --forceall --forcerun",
      "--jobs = -c --cores --parallel --max-parallel-jobs --jobs-max --max-jobs --concurrency",
      "--failed = --only-failed --failed-only --rerun-failed --retry-failed --last-failed",
      "--exclude = --omit-from --omit --skip --ignore",
      "--no-restore = --no-cache --skip-cache",
      "--fail-fast = --failfast --halt --no-keep-going",
      "torc build NAME = test make --until --target --targets --single-item",
      "torc clean = rm remove delete --delete-all-output",
      "torc list = --list --list-rules --list-tasks --list-all tasks ls show jobs",
      "torc list --resources = stats",
      "torc check = --lint lint validate",
      "torc status = --summary summary ps",
      "torc why JOB = explain reason",
      "torc stop = unlock kill cancel --unlock",
      "torc shell JOB = sh bash debug attach",
      "torc --version = version",
      "torc watch = --watch -w",
      "--quiet = --silent",
      "--file = --snakefile --makefile --justfile --taskfile --entrypoint",
      "--limit = --resources --set-resources",
      "torc -D NAME=VALUE = --config --set --var --param --params --set-param --extra-vars",
      "torc log JOB = --printshellcmds logs",
    };

    private ForeignArguments() {}

    /** Returns {@code "; did you mean X?"} with one of the known options, or an empty text. */
    static String hint(String argument, Set<String> options) {
      boolean letter = argument.startsWith("-") && !argument.startsWith("--");
      String word = letter && argument.length() > 2 ? argument.substring(0, 2) : argument; // -c2
      for (String line : MEANINGS) {
        int equals = line.indexOf(" = ");
        String meant = line.substring(0, equals);
        boolean known = meant.startsWith("torc ") || options.contains(meant);
        if (known && (line + " ").indexOf(" " + word + " ", equals + 2) > 0) {
          return "; did you mean " + meant + "?";
        }
      }
      return "";
    }
  }

  /**
   * Tells how long torc has been running, including the launcher and the start of Java. On Linux
   * the launcher passes the time of the kernel's clock. The start time of the process is not used
   * there: it may belong to a script that was replaced by torc ({@code exec}), and Java only knows
   * it to the second.
   */
  static final class ProcessAge {

    /** The property in which the launcher passes what it read from {@code /proc/uptime}. */
    private static final String NOTED = "torc.began";

    private static final Path CLOCK = Path.of("/proc/uptime");

    private ProcessAge() {}

    /** Returns when torc began, by {@link System#nanoTime}, accurate to 10 ms. */
    static long began() {
      return System.nanoTime() - since(System.getProperty(NOTED, ""));
    }

    /** Returns how many nanoseconds ago the kernel's clock showed {@code noted}. */
    static long since(String noted) {
      try {
        if (!noted.isEmpty()) {
          String now = Files.readString(CLOCK);
          return 10_000_000 * Math.max(0, ticks(now.substring(0, now.indexOf(' '))) - ticks(noted));
        }
        return Files.exists(CLOCK) ? 0 : ofProcess();
      } catch (IOException | NumberFormatException | IndexOutOfBoundsException noClock) {
        return 0;
      }
    }

    /** Converts seconds with two decimals to hundredths of a second. */
    private static long ticks(String seconds) {
      return Long.parseLong(seconds.replace(".", ""));
    }

    private static long ofProcess() {
      return ProcessHandle.current()
          .info()
          .startInstant()
          .map(start -> Duration.between(start, Instant.now()).toNanos())
          .orElse(0L);
    }
  }
}
