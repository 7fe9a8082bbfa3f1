package dev.torc.features.remarks;

import dev.torc.core.decide.NeedContents;
import dev.torc.core.decide.ToolSearch;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Tool;
import dev.torc.core.model.Step;
import dev.torc.features.remarks.CommandWords.CommandWord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the spellings by which other tools name needs and products, and which a shell accepts as
 * something else: {@code $@}, {@code $(needs)}, {@code $produces}, {@code {{produces}}}. Unknown
 * placeholders in braces are errors of the build file. What the command itself sets, and programs
 * that exist, are meant.
 */
final class OtherSpellings {

  private static final Map<String, String> MAKE =
      Map.of("$@", "{produces}", "$<", "{needs[0]}", "$^", "{needs}");

  private static final Pattern NEEDS =
      Pattern.compile("needs|inputs?|in|deps|dependencies|prerequisites");

  private static final Pattern PRODUCES = Pattern.compile("produces|outputs?|out|targets?");

  /** {@code $x}, {@code ${x}} or {@code $(x)}. */
  private static final Pattern NAMED = Pattern.compile("\\$(?:(\\w+)|\\{(\\w+)}|\\((\\w+)\\))");

  /** A placeholder that doubled braces made a text. */
  private static final Pattern DOUBLED = Pattern.compile("\\{(needs|produces)(\\.\\w+)?}");

  /** Words after which the shell has arguments, or variables from a place that is not read. */
  private static final Pattern ARGUMENTS =
      Pattern.compile("\\bset\\s+(--|[^-+\\s])|\\w\\s*\\(\\s*\\)|\\bfunction\\s");

  private final Job job;
  private final CommandWords words;
  private final Step step;
  private final NeedContents contents;
  private final Map<String, String> meant = new LinkedHashMap<>();

  private OtherSpellings(Job job, CommandWords words, Step step, NeedContents contents) {
    this.job = job;
    this.words = words;
    this.step = step;
    this.contents = contents;
  }

  /** Returns the rest of a warning about a job; null if there is nothing to say. */
  static String in(Job job, CommandWords words, Step step, NeedContents contents) {
    OtherSpellings found = new OtherSpellings(job, words, step, contents);
    words.expansions().forEach(found::expansion);
    words.words().forEach(found::word);
    List<String> ways = new ArrayList<>();
    found.meant.forEach((written, torc) -> ways.add(torc + " for " + written));
    return ways.isEmpty()
        ? null
        : " names its needs or products as another tool does; write " + String.join(", ", ways);
  }

  private void expansion(String written) {
    if (MAKE.containsKey(written) && !ARGUMENTS.matcher(words.text()).find()) {
      meant.put(written, MAKE.get(written));
    }
    Matcher named = NAMED.matcher(written);
    if (!named.matches()) {
      return;
    }
    boolean runs = named.group(3) != null;
    String name = runs ? named.group(3) : named.group(1) == null ? named.group(2) : named.group(1);
    String torc = torc(name);
    if (torc != null && !(runs ? isProgram(name) : isSet(name))) {
      meant.put(written, torc);
    }
  }

  private void word(CommandWord word) {
    if (DOUBLED.matcher(word.text()).matches()) {
      meant.put("{" + word.text() + "}", word.text());
    }
  }

  private static String torc(String name) {
    return NEEDS.matcher(name).matches()
        ? "{needs}"
        : PRODUCES.matcher(name).matches() ? "{produces}" : null;
  }

  private boolean isProgram(String name) {
    Tool tool = ToolSearch.program(step, name);
    return words.text().matches("(?s).*\\b" + name + "\\s*\\(\\s*\\).*")
        || !ToolSearch.isKnown(step)
        || contents.isLocked(job, tool)
        || contents.machine().tools().path(tool) != null;
  }

  private boolean isSet(String name) {
    return step.env().containsKey(name)
        || contents.machine().answer(name).isPresent()
        || UndeclaredVariables.mayBeSet(name, job, contents)
        || words.maySet(name);
  }
}
