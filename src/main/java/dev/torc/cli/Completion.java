package dev.torc.cli;

import dev.torc.session.Caller;
import dev.torc.session.Project.CompletionNames;
import dev.torc.session.ProjectOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * What fits the last word of a line: commands, options and their values as they are declared, and
 * names of the project that the line means. It knows no shell. A project that cannot be read has no
 * names.
 *
 * @param how what the shell does with it: {@code names}, {@code told} (they have meanings), {@code
 *     open} (the word goes on), {@code files} or {@code folders} (it knows these itself)
 */
record Completion(String how, List<Fit> fits) {

  /** Of more names than that only the beginnings, up to the next part, are of use. */
  private static final int MANY = 1000;

  /** A word, and what to say of it; empty for nothing. */
  record Fit(String text, String meaning) {}

  private static final Completion NOTHING = new Completion("names", List.of());

  /**
   * What fits the last word.
   *
   * @param words of a line, without the program's name; the last one may be empty
   */
  static Completion of(List<String> words, Console console) {
    return new Line(words, console).complete();
  }

  /** Words with what they mean. */
  private static Completion told(Map<String, String> words, String prefix) {
    return new Completion(
        "told",
        words.entrySet().stream()
            .filter(word -> word.getKey().startsWith(prefix))
            .map(word -> new Fit(word.getKey(), word.getValue()))
            .toList());
  }

  /** Names; of too many the parts up to the next slash or comma, and not even all of these. */
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
    return new Completion(how, few.stream().map(name -> new Fit(before + name, "")).toList());
  }

  /** A line as far as it is written. */
  private static final class Line {
    private final Console console;
    private final String last;
    private final String first; // its command or else target; null while none is written
    private final List<String> rest; // what stands between the command and the last word
    private final Commands commands = new Commands();
    private final Options options;
    private int given; // words of the command
    private OptionSpec open; // waits for its value
    private boolean ended; // by --

    Line(List<String> words, Console console) {
      this.console = console;
      this.last = words.getLast();
      List<String> args =
          new Main(Commands::perform).commandFirst(words.subList(0, words.size() - 1));
      this.first = args.isEmpty() || !Main.isWord(args.getFirst()) ? null : args.getFirst();
      boolean named = first != null && commands.descriptions().containsKey(first);
      this.options = commands.options(named ? first : "build");
      this.rest = named ? args.subList(1, args.size()) : args;
      for (String arg : rest) {
        if (open != null) {
          open = null;
        } else if (ended || Main.isWord(arg)) {
          given++;
        } else {
          ended = arg.equals("--");
          open = options.waiting(arg);
        }
      }
    }

    Completion complete() {
      if (open != null) {
        return value(open, last, "");
      } else if (last.startsWith("-") && !ended) {
        return option();
      } else if ("help".equals(first)) {
        return told(commands.descriptions(), last);
      }
      Completion word = NOTHING;
      for (PositionalParamSpec each : options.words()) {
        word = each.index().contains(given) ? value(each, last, "") : word;
      }
      return first == null && !ended ? withCommands(word) : word;
    }

    /** A first word is a command, or a target of a build. */
    private Completion withCommands(Completion targets) {
      List<Fit> all = new ArrayList<>(told(commands.descriptions(), last).fits);
      String how = all.isEmpty() && !targets.fits.isEmpty() ? targets.how : "told";
      all.addAll(targets.fits);
      return new Completion(how, all);
    }

    /** An option, or its value where that is glued to it. */
    private Completion option() {
      int glued = last.startsWith("-D") ? 2 : last.startsWith("--") ? last.indexOf('=') + 1 : 0;
      if (glued > 0) {
        String before = last.substring(0, glued);
        OptionSpec option = options.option(before.replace("=", ""));
        return option == null ? NOTHING : value(option, last.substring(glued), before);
      }
      Map<String, String> names = new LinkedHashMap<>();
      for (OptionSpec option : options.told()) {
        for (String name : option.names()) {
          if (name.startsWith("--") || !last.startsWith("--") && option.names().length == 1) {
            names.put(name, option.description()[0]);
          }
        }
      }
      return told(names, last);
    }

    /**
     * @param before what of the word stands before the value, {@code --format=}
     */
    private Completion value(ArgSpec of, String prefix, String before) {
      Iterable<String> fits = of.completionCandidates();
      if (fits != null && fits.iterator().hasNext()) {
        return ofNames(fits, prefix, before);
      }
      String name = of instanceof OptionSpec option ? option.longestName() : "";
      return switch (of.paramLabel()) {
        case "FILE" -> new Completion("files", List.of());
        case "DIR", "FOLDER" -> new Completion("folders", List.of());
        case "VAR=VALUE" -> keys(names(prefix, before, CompletionNames::variables));
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

    /** Names that a value follows. */
    private static Completion keys(Completion names) {
      return new Completion(
          "open", names.fits.stream().map(fit -> new Fit(fit.text + "=", fit.meaning)).toList());
    }

    private interface Wanted {
      Iterable<String> of(Caller caller, ProjectOptions project) throws IOException;
    }

    private Completion names(String prefix, String before, Wanted wanted) {
      try {
        options.parse(rest);
      } catch (CommandLine.ParameterException e) {
        // The line is not written to its end: which project it means has been handed over.
      }
      try {
        Call call = new Call(options, console);
        return call.readsInput()
            ? NOTHING // that file is not here yet
            : ofNames(wanted.of(call.console.caller(), call.options()), prefix, before);
      } catch (IOException | RuntimeException e) {
        return NOTHING; // the command itself tells what is wrong
      }
    }
  }
}
