package dev.torc.front.cli;

import dev.torc.base.posix.CallingProcess;
import dev.torc.base.text.SafeText;
import dev.torc.front.ask.Call;
import dev.torc.front.project.Caller;
import dev.torc.front.project.Project;
import dev.torc.front.project.ProjectOptions;
import dev.torc.front.session.Exit;
import dev.torc.front.show.Console;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * {@code torc completion}: prints a shell's script, and answers that script's questions. The script
 * passes the words of a line after {@code --}; the answer is the list of completions for the last
 * word: commands, options and their declared values, and names of the project that the line refers
 * to. Answering takes no lock, writes nothing and reports no errors, since none should appear at a
 * press of Tab; a project that cannot be read has no names.
 *
 * @param how what the shell does with the completions: {@code names}, {@code told} (they have
 *     descriptions), {@code open} (the word continues), {@code files} or {@code folders} (the shell
 *     finds these itself)
 * @param fits the completions, each with its description, which may be empty
 */
record Completion(String how, SequencedMap<String, String> fits) {

  /** If more names fit, only their parts up to the next separator are useful. */
  private static final int MANY = 1000;

  private static final Completion NOTHING = new Completion("names", Collections.emptySortedMap());

  static int run(Call call) throws IOException {
    String shell = call.targets().getFirst();
    List<String> words = call.targets().subList(1, call.targets().size());
    if (!List.of("bash", "zsh", "fish").contains(shell)) {
      throw Call.usage("unknown shell " + SafeText.name(shell) + "; use bash, zsh or fish");
    }
    call.console()
        .print(
            words.isEmpty()
                ? Resource.text("completion." + shell)
                : answer(shell, words, call.console()));
    return Exit.DONE;
  }

  /** Returns {@code how} and the completions, each ended by NUL, which no name contains. */
  private static String answer(String shell, List<String> words, Console console) {
    BashLine line = shell.equals("bash") && words.size() == 2 ? BashLine.of(words) : null;
    Completion found = new Line(line == null ? words : line.words(), console).complete();
    StringBuilder out = new StringBuilder(found.how).append('\0');
    found.fits.forEach(
        (text, meaning) -> {
          switch (shell) {
            case "bash" -> out.append(line == null ? text : line.rest(text));
            case "zsh" -> out.append(text).append('\0').append(meaning);
            default -> out.append(text).append('\t').append(meaning);
          }
          out.append('\0');
        });
    return out.toString();
  }

  /** Returns the words that begin with {@code prefix}, with their descriptions. */
  private static Completion describedNames(SequencedMap<String, String> words, String prefix) {
    SequencedMap<String, String> fits = new LinkedHashMap<>(words);
    fits.keySet().removeIf(word -> !word.startsWith(prefix));
    return new Completion("told", fits);
  }

  /** Returns at most {@link #MANY} names; if more fit, their parts up to a slash or comma. */
  private static Completion ofNames(Iterable<String> names, String prefix, String before) {
    SortedSet<String> all = new TreeSet<>();
    SortedSet<String> parts = new TreeSet<>();
    for (String name : names) {
      if (name.startsWith(prefix)) {
        all.add(name);
        int end = prefix.length();
        while (end < name.length() && name.charAt(end) != '/' && name.charAt(end) != ',') {
          end++;
        }
        if (parts.size() < MANY) {
          parts.add(name.substring(0, Math.min(end + 1, name.length())));
        }
      }
    }
    SortedSet<String> few = all.size() > MANY ? parts : all;
    String how = few.size() == 1 && !all.contains(few.getFirst()) ? "open" : "names";
    SequencedMap<String, String> fits = new LinkedHashMap<>();
    few.forEach(name -> fits.put(before + name, ""));
    return new Completion(how, fits);
  }

  /** A command line that may be incomplete. */
  private static final class Line {
    private final Console console;
    private final String last;
    private final String first; // its command, or else a target; null if there is none yet
    private final List<String> rest; // the words between the command and the last word
    private final Commands commands = new Commands();
    private final Options options;
    private int given; // the number of words after the command that are not options
    private OptionSpec open; // the option that waits for its value
    private OptionSpec before; // the last word, if it is an option that may have a value
    private boolean ended; // whether there was a --, after which there are no options

    /**
     * @param words without the program's name; the last one may be empty
     */
    Line(List<String> words, Console console) {
      this.console = console;
      this.last = words.getLast();
      List<String> args =
          new Main(Commands::perform).commandFirst(words.subList(0, words.size() - 1));
      this.first = args.isEmpty() || !Options.isWord(args.getFirst()) ? null : args.getFirst();
      boolean named = first != null && commands.descriptions().containsKey(first);
      this.options = commands.options(named ? first : "build");
      this.rest = named ? args.subList(1, args.size()) : args;
      for (String arg : rest) {
        before = null;
        if (open != null) {
          open = null;
        } else if (ended || Options.isWord(arg)) {
          given++;
        } else {
          ended = arg.equals("--");
          open = options.optionAwaiting(arg);
          before = ended ? null : options.option(arg);
        }
      }
    }

    Completion complete() {
      if (open != null) {
        return value(open, last, "");
      } else if (before != null && before.arity().max() > 0 && !last.startsWith("-")) {
        return value(before, last, "");
      } else if (last.startsWith("-") && !ended) {
        return option();
      } else if ("help".equals(first)) {
        return describedNames(commands.descriptions(), last);
      }
      Completion word = NOTHING;
      for (PositionalParamSpec each : options.words()) {
        word = each.index().contains(given) ? value(each, last, "") : word;
      }
      return first == null && !ended ? withCommands(word) : word;
    }

    /** Adds the commands to the targets, since a first word can be either. */
    private Completion withCommands(Completion targets) {
      SequencedMap<String, String> all = describedNames(commands.descriptions(), last).fits;
      String how = all.isEmpty() && !targets.fits.isEmpty() ? targets.how : "told";
      targets.fits.forEach(all::putIfAbsent);
      return new Completion(how, all);
    }

    /** Completes an option, or the value that is attached to it. */
    private Completion option() {
      int glued = last.startsWith("-D") ? 2 : last.startsWith("--") ? last.indexOf('=') + 1 : 0;
      if (glued > 0) {
        String before = last.substring(0, glued);
        OptionSpec option = options.option(before.replace("=", ""));
        return option == null ? NOTHING : value(option, last.substring(glued), before);
      }
      SequencedMap<String, String> names = new LinkedHashMap<>();
      for (OptionSpec option : options.specs()) {
        for (String name : option.hidden() ? new String[0] : option.names()) {
          if (name.startsWith("--") || !last.startsWith("--") && option.names().length == 1) {
            names.put(name, option.description()[0]);
          }
        }
      }
      return describedNames(names, last);
    }

    /**
     * @param before the part of the word before the value, such as {@code --format=}
     */
    private Completion value(ArgSpec of, String prefix, String before) {
      Iterable<String> fits = of.completionCandidates();
      if (fits != null && fits.iterator().hasNext()) {
        return ofNames(fits, prefix, before);
      }
      String name = of instanceof OptionSpec option ? option.longestName() : "";
      return switch (of.paramLabel()) {
        case "FILE" -> new Completion("files", NOTHING.fits);
        case "DIR", "FOLDER" -> new Completion("folders", NOTHING.fits);
        case "VAR=VALUE" -> keys(names(prefix, before, Project::variables));
        case "NAME=AMOUNT" -> keys(names(prefix, before, CompletionNames::limits));
        case "NAME" ->
            name.equals("--executor") ? names(prefix, before, CompletionNames::executors) : NOTHING;
        case String label when label.contains("TARGET") || label.contains("JOB") -> {
          boolean sources = label.contains("FILE");
          Wanted wanted =
              (who, project) -> CompletionNames.beginning(who, project, prefix, sources);
          yield names(prefix, before, wanted);
        }
        default -> NOTHING;
      };
    }

    /** Returns the names with {@code =} added, so that the user continues with a value. */
    private static Completion keys(Completion names) {
      SequencedMap<String, String> keys = new LinkedHashMap<>();
      names.fits.forEach((name, meaning) -> keys.put(name + "=", meaning));
      return new Completion("open", keys);
    }

    private interface Wanted {
      Iterable<String> of(Caller caller, ProjectOptions project) throws IOException;
    }

    private Completion names(String prefix, String before, Wanted wanted) {
      try {
        options.parse(rest);
      } catch (CommandLine.ParameterException e) {
        // The line is not complete yet; the options that name the project have been read.
      }
      try {
        Call call = options.call(console, CallingProcess.own());
        return call.readsInput()
            ? NOTHING // the build file cannot be read yet
            : ofNames(wanted.of(call.caller(), call.options()), prefix, before);
      } catch (IOException | RuntimeException e) {
        return NOTHING; // the command itself reports the error
      }
    }
  }
}
