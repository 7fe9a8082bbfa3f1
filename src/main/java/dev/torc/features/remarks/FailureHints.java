package dev.torc.features.remarks;

import dev.torc.base.posix.Io;
import dev.torc.base.syntax.BadInput.Diagnostic;
import dev.torc.base.text.LogExcerpt;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Step;
import dev.torc.core.run.Event;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds what may have caused a failure, from the output of the job and from what its run left: a
 * shell that lacks a word, a question without an answer, a missing product of another job ({@link
 * MissingMaker}), a product written elsewhere ({@link WrittenInstead}). These are hints: they
 * decide nothing and are not recorded. In a group, each hint is given once.
 */
public final class FailureHints {

  private static final LogExcerpt OUTPUT = new LogExcerpt(100, 200, 64 << 10);

  private static final Pattern NO_WORD =
      Pattern.compile(
          "\\b(source|module|conda|mamba|micromamba): (?:command not found|not found|no such"
              + " program)|\\b(?:pushd|popd|shopt|declare|typeset|let|mapfile|readarray|function):"
              + " not found|\\[\\[: not found|Bad substitution|Illegal option -o pipefail|\"\\(\""
              + " unexpected|redirection unexpected");

  private static final Pattern ACTIVATES =
      Pattern.compile("\\b(conda|mamba|micromamba)\\s+(de)?activate\\b");

  private static final Pattern CONDA =
      Pattern.compile("(?i)^(micro)?mamba|^conda|\\b(conda|mamba) init\\b");

  private static final Pattern ASKED =
      Pattern.compile(
          "(?i)EOF when reading|not a tty\\b|\\b(stdin|standard input) is not a terminal"
              + "|terminal is required to|no tty present");

  private static final Pattern PIPE = Pattern.compile("(?<!\\|)\\|(?!\\|)");

  private final Set<String> told = new HashSet<>();

  /**
   * Returns the hint for a job that failed, unless another one of its group had it.
   *
   * @param began when its last attempt began, in milliseconds; null if that is unknown
   */
  public Optional<Diagnostic> of(Graph graph, Event.JobEnded failed, Long began) {
    int id = graph.jobId(failed.job());
    if (id < 0) {
      return Optional.empty();
    }
    Job job = graph.job(id);
    String what = failed.details().what();
    List<String> output = output(failed.details().log());
    boolean searches =
        began != null && what.startsWith("exit 0, but ") && !what.contains("did you mean");
    String hint = searches ? new WrittenInstead(graph, job, began).line() : null;
    hint = hint == null && what.startsWith("exit 141") ? pipe(job) : hint;
    hint = hint == null ? shell(job, List.of(what)) : hint;
    hint = hint == null ? shell(job, output) : hint;
    hint = hint == null && asked(job, output) ? ASK : hint;
    Event.Log log = failed.details().log();
    hint = hint == null && log != null ? new MissingMaker(graph, id, log).line(output) : hint;
    String group = job.group() == null ? job.name() : job.group();
    return hint != null && told.add(group + "\0" + hint.replaceFirst("(?s) .*", ""))
        ? Optional.of(new Diagnostic(job.place(), "job " + job.name() + " " + hint))
        : Optional.empty();
  }

  private static final String ASK =
      "may have asked for input, which jobs do not get; see interactive: true";

  private static List<String> output(Event.Log log) {
    return Io.or(
        () -> log == null ? List.of() : OUTPUT.read(log.file(), log.from(), false),
        List.of()); // the lines about the failure say so
  }

  private static String shell(Job job, List<String> output) {
    for (Step step : job.runs().steps()) {
      String shell = step.command() instanceof Step.Command.Shell ? step.shell().getFirst() : "";
      String name = shell.substring(shell.lastIndexOf('/') + 1);
      String text = new CommandWords(step.command(), step.shell()).text();
      if (text.startsWith("-")) {
        return "begins its command with -, which the shell takes for an option; to ignore a"
            + " failure, write COMMAND || true";
      }
      for (String line : name.isEmpty() ? List.<String>of() : output) {
        Matcher no = NO_WORD.matcher(line);
        boolean found = no.find();
        String word = found && no.group(1) != null ? no.group(1) : "";
        if (CONDA.matcher(word + line).find()) {
          return ACTIVATES.matcher(text).find() ? way("conda", name) : null;
        } else if (found) {
          return way(word, name);
        }
      }
    }
    return null;
  }

  /**
   * Returns what to do if a shell lacks a word; null for a shell other than sh that has the word.
   */
  private static String way(String word, String shell) {
    boolean posix = shell.matches("sh|dash|ash");
    String way =
        switch (word) {
          case "conda" ->
              "uses conda, which is not set up in its shell, %s -c; write conda run -n ENV COMMAND,"
                  + " or begin with eval \"$(conda shell.posix hook)\"";
          case "module" ->
              "uses module, which only login shells have, and its shell is %s -c; write"
                  + " shell: [bash, -l, -e, -o, pipefail, -c]";
          case "source" ->
              "uses source, a word of bash, and its shell is %s; write . ./FILE, or"
                  + " shell: [bash, -e, -o, pipefail, -c]";
          default ->
              "uses the grammar of bash, and its shell is %s; write"
                  + " shell: [bash, -e, -o, pipefail, -c]";
        };
    return posix || !way.contains(" of bash") ? way.formatted(shell) : null;
  }

  /** Returns the hint for a job whose shell says that a command in a pipe got SIGPIPE. */
  private static String pipe(Job job) {
    for (Step step : job.runs().steps()) {
      String text = new CommandWords(step.command(), step.shell()).text();
      if (step.shell().contains("pipefail") && PIPE.matcher(text).find()) {
        return "has a pipe whose reader ended early, as head does, and pipefail makes that a"
            + " failure; write { COMMAND || true; } before the |, or set shell: [bash, -e, -c]";
      }
    }
    return null;
  }

  private static boolean asked(Job job, List<String> output) {
    boolean asked = output.stream().anyMatch(line -> ASKED.matcher(line).find());
    for (Step step : output.isEmpty() ? job.runs().steps() : List.<Step>of()) {
      CommandWords words = new CommandWords(step.command(), step.shell());
      asked |=
          words.commands().stream().anyMatch(command -> command.getFirst().equals("read"))
              && !words.text().matches("(?s).*(\\b(while|until)\\b|<|\\|\\s*read\\b).*");
    }
    return asked && !job.has(Job.Trait.INTERACTIVE);
  }
}
