package dev.torc.cli;

import dev.torc.ask.Call;
import dev.torc.posix.CallingProcess;
import dev.torc.posix.Descriptor;
import dev.torc.posix.Environment;
import dev.torc.posix.Io;
import dev.torc.posix.Terminal;
import dev.torc.session.Exit;
import dev.torc.session.InstalledTorc;
import dev.torc.session.InstalledTorc.Installation;
import dev.torc.show.Console;
import dev.torc.show.Json;
import dev.torc.syntax.BadInput;
import dev.torc.syntax.NearestName;
import dev.torc.text.SafeText;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Runs the command of a command line and returns its exit status. {@link Exit} says what an
 * exception means.
 */
public final class Main {

  private static final String DEFAULT = "build";

  private final Commands commands = new Commands();
  private final Io.Make<Call, Integer> work;
  private final CallingProcess process;

  /** What commands take, by their names; made when a command is first asked for. */
  private final Map<String, Options> optionsByName = new HashMap<>();

  /** Hands each call of a command to {@code work}, which returns the exit status. */
  Main(Io.Make<Call, Integer> work) {
    this(work, CallingProcess.own());
  }

  /** Hands each call of a command of another process to {@code work}. */
  public Main(Io.Make<Call, Integer> work, CallingProcess process) {
    this.work = work;
    this.process = process;
  }

  /** Starts torc as a process. */
  public static void main(String[] args) {
    endWhereAThreadBreaks();
    int exit = run(args, console());
    if (System.getProperty("lmdbjava.native.lib") != null) {
      // All is written and closed. An orderly exit first loads a logging framework: 4 ms.
      Runtime.getRuntime().halt(exit);
    }
    System.exit(exit); // removes the shared libraries that had to be unpacked
  }

  static void endWhereAThreadBreaks() {
    endWhereAThreadBreaks(said -> new Descriptor(2).stream().write(said));
  }

  /**
   * Lets an uncaught exception, on any thread, end the process; {@code tell} takes the last words.
   */
  public static void endWhereAThreadBreaks(Io.Take<byte[]> tell) {
    Thread.setDefaultUncaughtExceptionHandler((_, thrown) -> endBroken(thrown, tell));
  }

  /** Ends the process after a thread broke: others may wait for that thread without end. */
  private static void endBroken(Throwable thrown, Io.Take<byte[]> tell) {
    try {
      String said = String.join("\n", Exit.of(thrown).lines()) + "\n";
      tell.take(said.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // The output is closed: the exit status alone says it.
    } finally {
      Runtime.getRuntime().halt(Exit.TROUBLE);
    }
  }

  /** Returns the streams, environment and folder of this process. */
  static Console console() {
    return new Console(
        System.in,
        Console.writer(new Descriptor(1).stream(), "standard output"),
        Console.writer(new Descriptor(2).stream(), "standard error"),
        Environment.ofCaller().asMap(),
        Path.of("").toAbsolutePath(),
        new Console.Terminals(
            Terminal.isTerminal(1), Terminal.isTerminal(2), () -> Terminal.width(2)),
        ProcessAge::began);
  }

  /** Returns the text of a file that torc brings along for its commands. */
  static String resource(String name) throws IOException {
    try (InputStream in = Main.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
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
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("version", Json.VERSION);
    all.put("torc", parts[0]);
    all.put("commit", parts[1]);
    all.put("java", Runtime.version().toString());
    all.put("installed", here.way());
    all.put("home", here.home().toString());
    Json.write(all, console.out());
  }

  /** Does what the command of a call is for, and returns the exit status. */
  public static int perform(Call call) throws IOException {
    return Commands.perform(call);
  }

  /** Runs torc with the given streams and returns its exit status. */
  static int run(String[] args, Console console) {
    return new Main(Commands::perform).call(args, console);
  }

  /** Runs one of the commands and returns the exit status; throws nothing. */
  public int call(String[] args, Console console) {
    try {
      int exit = dispatch(ForeignArguments.withoutZero(List.of(args)), console);
      console.out().flush();
      return exit;
    } catch (Throwable thrown) {
      return tell(thrown, console);
    }
  }

  private static int tell(Throwable thrown, Console console) {
    Exit trouble = Exit.of(thrown);
    try {
      // Data that were found before the trouble came are still worth having.
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

  /** Says on standard output what no exit status can say. */
  private static void tellElsewhere(Exit trouble, Console console) {
    if (trouble.status() == Exit.TROUBLE) {
      try {
        console.print(String.join("\n", trouble.lines()) + "\n");
        console.out().flush();
      } catch (IOException e) {
        // That is closed too: the exit status alone says it.
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
        console.print(help());
      } else {
        printVersion(args.contains("--json"), console);
      }
      return Exit.DONE;
    }
    if (commands.descriptions().containsKey(first)) {
      return perform(first, args.subList(1, args.size()), console);
    }
    if (!isWord(first)) {
      return perform(DEFAULT, args, console);
    }
    refuseUnknown(given.subList(0, given.indexOf(first)));
    try {
      return perform(DEFAULT, args, console); // the word is a target
    } catch (BadInput refused) {
      throw mistyped(first, refused);
    }
  }

  /**
   * Returns the error for a first word that is neither a command nor a target that can be built.
   */
  private BadInput mistyped(String word, BadInput refused) {
    String foreign = ForeignArguments.hint(word, Set.of());
    String hint =
        foreign.isEmpty() ? NearestName.hint(word, commands.descriptions().keySet()) : foreign;
    BadInput.Diagnostic said = refused.diagnostics().getFirst();
    boolean ofBuildFile = !said.place().toString().isEmpty();
    return ofBuildFile || hint.isEmpty()
        ? refused
        : Call.usage(
            "unknown command %s%s (as a target: %s)"
                .formatted(SafeText.name(word), hint, said.message()));
  }

  private int perform(String name, List<String> args, Console console) throws IOException {
    Options options = optionsOf(name);
    CommandLine line = parse(options, args);
    boolean help = line.isUsageHelpRequested();
    if (help || line.isVersionHelpRequested()) {
      if (help) {
        console.print(options.help(line));
      } else {
        printVersion(options.has("--json"), console);
      }
      return Exit.DONE;
    }
    if (!Files.isDirectory(console.cwd())) {
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

  /**
   * Returns the arguments with the first word in front: options may stand before the command.
   * Without a word they stay as they are, and mean the default command.
   */
  List<String> commandFirst(List<String> args) {
    int at = 0;
    while (at < args.size() && !isWord(args.get(at)) && !args.get(at).equals("--")) {
      at += valueFollows(args.get(at)) ? 2 : 1;
    }
    List<String> moved = new ArrayList<>(args);
    if (at < args.size() && isWord(args.get(at))) {
      moved.addFirst(moved.remove(at));
    }
    return moved;
  }

  /** Returns whether an argument is a word, and no option. */
  static boolean isWord(String arg) {
    return !arg.startsWith("-") || arg.equals("-");
  }

  /** Asks the first command that has the option: no option is declared in two ways. */
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

  /** Refuses an option that no command has: the word behind it is its value, and no command. */
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
   * Returns the error for an unknown option, with a hint: torc's option for what another tool means
   * by it, or the only one that begins like it, or else the nearest. A single letter is near to
   * none.
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
    return resource("help.txt").formatted(names);
  }

  /**
   * What other tools (make, Snakemake, DVC, NREL torc) call the commands and options of torc, for
   * messages. Mistyped ones are the job of {@link dev.torc.syntax.NearestName}.
   */
  private static final class ForeignArguments {

    /** A line for each meaning: what to write here, then the words for it elsewhere. */
    private static final String[] MEANINGS = {
      "torc build = run repro",
      "torc adopt = --touch commit touch",
      "torc graph = --dag dag plot",
      "--force = -B -F -R --always-make --forceall --forcerun",
      "--jobs = -c --cores --parallel --max-parallel-jobs",
    };

    private ForeignArguments() {}

    /**
     * Returns the arguments without the 0 of ninja's {@code -k 0}, which {@code -k} alone means
     * here.
     */
    static List<String> withoutZero(List<String> args) {
      List<String> kept = new ArrayList<>(args);
      int end = kept.indexOf("--");
      for (int i = (end < 0 ? kept.size() : end) - 1; i >= 0; i--) {
        if (kept.get(i).equals("-k0")) {
          kept.set(i, "-k");
        } else if (i > 0 && kept.get(i).equals("0") && kept.get(i - 1).equals("-k")) {
          kept.remove(i);
        }
      }
      return kept;
    }

    /** Returns {@code "; did you mean X?"} with one of the known options, or nothing. */
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
   * How long torc has been at work, the launcher and the start of Java included. On Linux the
   * launcher has noted the kernel's clock: the start of the process is no use there, since it may
   * be that of a script that gave way to torc ({@code exec}), and Java knows it to a second only.
   */
  static final class ProcessAge {

    /** The property in which the launcher notes what {@code /proc/uptime} said. */
    private static final String NOTED = "torc.began";

    private static final Path CLOCK = Path.of("/proc/uptime");

    private ProcessAge() {}

    /** Returns when torc began, by {@link System#nanoTime}; to 10 ms. */
    static long began() {
      return System.nanoTime() - since(System.getProperty(NOTED, ""));
    }

    /** Returns nanoseconds since the kernel's clock showed {@code noted}. */
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

    /** Returns hundredths of a second, from seconds with two digits behind the point. */
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
