package dev.torc.cli;

import dev.torc.session.Caller;
import dev.torc.session.ProjectOptions;
import dev.torc.session.TargetNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
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

  /** Of more names than that only the beginnings, up to the next part, are of use to anybody. */
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

  private static Completion of(String how, Map<String, String> words, String prefix) {
    List<Fit> fits = new ArrayList<>();
    words.forEach(
        (word, meaning) -> {
          if (word.startsWith(prefix)) {
            fits.add(new Fit(word, meaning));
          }
        });
    return new Completion(how, fits);
  }

  /** Names; of too many the parts up to the next slash or comma, and not even all of these. */
  private static Completion ofNames(Collection<String> names, String prefix, String before) {
    Set<String> few = new HashSet<>();
    for (String name : names) {
      few.add(name);
      if (few.size() > MANY) {
        few = parts(names, prefix.length());
        break;
      }
    }
    boolean open = few.size() == 1 && !names.contains(few.iterator().next());
    List<Fit> fits = new ArrayList<>();
    for (String name : new TreeSet<>(few)) {
      fits.add(new Fit(before + name, ""));
    }
    return new Completion(open ? "open" : "names", fits);
  }

  private static Set<String> parts(Collection<String> names, int from) {
    Set<String> parts = new HashSet<>();
    Iterator<String> each = names.iterator();
    while (each.hasNext() && parts.size() < MANY) {
      parts.add(part(each.next(), from));
    }
    return parts;
  }

  private static String part(String name, int from) {
    for (int i = from; i < name.length(); i++) {
      if (name.charAt(i) == '/' || name.charAt(i) == ',') {
        return name.substring(0, i + 1);
      }
    }
    return name;
  }

  /** A line as far as it is written. */
  private static final class Line {
    private final List<String> before;
    private final String last;
    private final Console console;
    private final List<String> common = new ArrayList<>();
    private String command;
    private int given; // words of the command
    private OptionSpec open; // waits for its value
    private boolean ended; // by --

    Line(List<String> words, Console console) {
      this.before = words.subList(0, words.size() - 1);
      this.last = words.getLast();
      this.console = console;
    }

    Completion complete() {
      Options options = read();
      if (open != null) {
        return value(open, last, "");
      }
      if (last.startsWith("-") && !ended) {
        if (last.startsWith("-D") && options.option("-D") != null) {
          return value(options.option("-D"), last.substring(2), "-D");
        }
        int equals = last.indexOf('=');
        if (equals < 0 || !last.startsWith("--")) {
          return options(options);
        }
        OptionSpec option = options.option(last.substring(0, equals));
        return option == null
            ? NOTHING
            : value(option, last.substring(equals + 1), last.substring(0, equals + 1));
      }
      if (command == null) {
        return first(options);
      }
      if (command.equals("help")) {
        return of("told", commands(), last);
      }
      for (PositionalParamSpec word : options.words()) {
        if (word.index().contains(given)) {
          return value(word, last, "");
        }
      }
      return NOTHING;
    }

    /** Reads what stands before; returns the options that hold for the last word. */
    private Options read() {
      boolean begun = !before.isEmpty() && Commands.all().containsKey(before.getFirst());
      Options options = begun ? null : Options.of("build", new BuildCommand());
      for (String word : before) {
        if (open != null) {
          common.add(word);
          open = null;
        } else if (ended || !word.startsWith("-") || word.equals("-")) {
          if (command == null && !ended) {
            Supplier<Command> named = Commands.all().get(word);
            command = named == null && !word.equals("help") ? "build" : word;
            given = named == null && !word.equals("help") ? 1 : 0;
            options = named == null ? options : Options.of(word, named.get());
          } else {
            given++;
          }
        } else if (word.equals("--")) {
          ended = true;
          command = command == null ? "build" : command;
        } else {
          common.add(word);
          open = waiting(options, word);
        }
      }
      if (open != null) {
        common.removeLast(); // without its value it says nothing
      }
      return options;
    }

    /** The option whose value is the next word; null for none. */
    private static OptionSpec waiting(Options options, String word) {
      if (word.startsWith("--")) {
        return options.takesValue(word) ? options.option(word) : null;
      }
      for (int i = 1; i < word.length(); i++) {
        String name = "-" + word.charAt(i);
        if (options.takesValue(name)) {
          return i == word.length() - 1 ? options.option(name) : null;
        }
      }
      return null;
    }

    private static Map<String, String> commands() {
      Map<String, String> commands = new LinkedHashMap<>();
      Commands.all().forEach((name, made) -> commands.put(name, made.get().description()));
      return commands;
    }

    /** A first word is a command, or a target of a build. */
    private Completion first(Options build) {
      Completion commands = of("told", commands(), last);
      Completion targets = value(build.words().getFirst(), last, "");
      if (targets.fits.isEmpty()) {
        return commands;
      }
      List<Fit> all = new ArrayList<>(commands.fits);
      all.addAll(targets.fits);
      return new Completion(commands.fits.isEmpty() ? targets.how : "told", all);
    }

    private Completion options(Options options) {
      Map<String, String> names = new LinkedHashMap<>();
      for (OptionSpec option : options.told()) {
        for (String name : option.names()) {
          if (name.startsWith("--") || !last.startsWith("--") && option.names().length == 1) {
            names.put(name, option.description()[0]);
          }
        }
      }
      return of("told", names, last);
    }

    /**
     * @param before what of the word stands before the value, {@code --format=}
     */
    private Completion value(ArgSpec of, String prefix, String before) {
      Iterable<String> fits = of.completionCandidates();
      if (fits != null && fits.iterator().hasNext()) {
        SortedSet<String> words = new TreeSet<>();
        for (String word : fits) {
          if (word.startsWith(prefix)) {
            words.add(word);
          }
        }
        return ofNames(words, prefix, before);
      }
      String label = of.paramLabel();
      if (label.contains("TARGET") || label.contains("JOB")) {
        boolean sources = label.contains("FILE");
        return names(
            prefix,
            before,
            (caller, project) -> TargetNames.of(caller, project).beginning(prefix, sources));
      }
      if (of instanceof OptionSpec option && option.longestName().equals("--executor")) {
        return names(prefix, before, TargetNames::executors);
      }
      if (of instanceof OptionSpec option && option.longestName().equals("--limit")) {
        return keys(names(prefix, before, TargetNames::limits));
      }
      if (of instanceof OptionSpec option && option.longestName().equals("-D")) {
        return keys(names(prefix, before, TargetNames::variables));
      }
      String how =
          label.equals("FILE")
              ? "files"
              : List.of("DIR", "FOLDER").contains(label) ? "folders" : "";
      return how.isEmpty() ? NOTHING : new Completion(how, List.of());
    }

    /** Names that a value follows. */
    private static Completion keys(Completion names) {
      return new Completion(
          "open", names.fits.stream().map(fit -> new Fit(fit.text + "=", fit.meaning)).toList());
    }

    private interface Wanted {
      Collection<String> of(Caller caller, ProjectOptions project) throws IOException;
    }

    private Completion names(String prefix, String before, Wanted wanted) {
      try {
        Command asks = new CompletionCommand();
        if (!common.isEmpty()) {
          Options.of("completion", asks).parse(projectWords());
        }
        Console there = asks.common.enter(console);
        if (asks.common.readsInput()) {
          return NOTHING; // that file is not here yet
        }
        List<String> names = new ArrayList<>();
        for (String name : wanted.of(there.caller(), asks.common.project(there))) {
          if (name.startsWith(prefix)) {
            names.add(name);
          }
        }
        return ofNames(names, prefix, before);
      } catch (IOException | RuntimeException e) {
        return NOTHING; // whoever calls the command is told
      }
    }

    /** The options that say which project is meant, and nothing else. */
    private List<String> projectWords() {
      List<String> words = new ArrayList<>(List.of("bash"));
      Options known = Options.of("completion", new CompletionCommand());
      for (int i = 0; i < common.size(); i++) {
        String word = common.get(i);
        if (!word.startsWith("-")) {
          continue; // the value of an option of the command alone
        }
        String name = word.startsWith("--") ? word.replaceFirst("=.*", "") : word.substring(0, 2);
        if (!known.knows(name)) {
          continue;
        }
        words.add(word);
        if (waiting(known, word) != null && i + 1 < common.size()) {
          words.add(common.get(++i));
        }
      }
      return words;
    }
  }
}
