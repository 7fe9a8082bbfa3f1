package dev.torc.features.clusters;

import static java.util.stream.Collectors.joining;

import dev.torc.base.machine.ProgramOutput;
import dev.torc.base.text.SafeText;
import dev.torc.features.clusters.Scheduler.Submission;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the messages of schedulers: puts them on one line, and tells whether they are answers. */
final class SchedulerWords {

  private static final int MOST = 300; // characters

  /** The name of the program, which starts an error message. */
  private static final Pattern PREFIX = Pattern.compile("^[\\w.-]+: (?:error|fatal): +");

  /** The scheduler cannot be reached now; it may have received the request even so. */
  private static final Pattern UNREACHABLE =
      Pattern.compile(
          "timed? ?out|unable to contact|(can ?not|can't|could not|failed to) (connect|contact)"
              + "|connect(ion)? (refused|reset|failure|closed)|communication (failure|connection)"
              + "|zero bytes were|unexpected message|standby mode|temporarily un|try again"
              + "|not responding|is down\\b|authentication|munge|unreachable|no route to host"
              + "|unable to (send message|establish|connect)|broken pipe|fetch config"
              + "|find address of|no running instance",
          Pattern.CASE_INSENSITIVE);

  /** A job is over or unknown. A message that a command is not found must not match. */
  private static final Pattern OVER =
      Pattern.compile(
          "unknown job|jobid \\S+ unknown|job \\S+ (is |was )?not found|no matching job"
              + "|job \\S+ does not exist|job is inactive|has (already )?finished"
              + "|couldn't find/remove",
          Pattern.CASE_INSENSITIVE);

  /** A limit on jobs in the queue, in a refusal. Slurm's general sentence about limits is none. */
  private static final Pattern FULL =
      any(
          "(QOS|Assoc)(Max|Grp)Submit\\w*|MaxSubmitJobsPer\\w+", // Slurm
          "would exceed [^;]{1,200} limit (of jobs|on resource \\S+) in '\\w' state", // PBS
          "Maximum number of jobs already in queue", // TORQUE
          "Pending job (slot )?threshold reached", // LSF
          "only \\d+ jobs are allowed per \\w+", // Grid Engine
          "MAX_JOBS_(PER_OWNER|SUBMITTED)"); // HTCondor

  /** A refusal that the next try gets too, until a person changes something. */
  private static final Pattern NEVER =
      any(
          "invalid (partition|account|qos|feature|generic resource|node name)",
          "requested (node configuration is not available|time limit is invalid)",
          "memory specification can not be satisfied|more processors requested than permitted",
          "unrecognized option|is not installed, or not in PATH",
          "unknown (queue|resource)|no such queue|bad resource requirement",
          "violates queue and/or server resource limits|exceeds queue resource limits");

  private static final Pattern LARGE = any("invalid job array specification");

  private SchedulerWords() {}

  private static Pattern any(String... rows) {
    return Pattern.compile(String.join("|", rows), Pattern.CASE_INSENSITIVE);
  }

  /** Returns what a failed submission means. */
  static Submission refusal(ProgramOutput said) {
    String why = failure(said);
    Matcher full = FULL.matcher(why);
    return full.find()
        ? new Submission.Full(full.group())
        : isNoAnswer(said) ? new Submission.NoAnswer(why) : new Submission.Refused(why);
  }

  /** Returns whether the scheduler refuses the same submission each time. */
  static boolean isFinal(String refusal) {
    return NEVER.matcher(refusal).find();
  }

  /** Returns whether the scheduler may take a smaller array. */
  static boolean isTooLarge(String refusal) {
    return LARGE.matcher(refusal).find();
  }

  /** Runs the commands of a scheduler: one at a time, each no longer than {@code patience}. */
  record Program(Map<String, String> env, Path folder, Duration patience) {

    /** Returns this program with more variables, those of a submission. */
    Program with(Map<String, String> secrets) {
      if (secrets.isEmpty()) {
        return this;
      }
      Map<String, String> all = new HashMap<>(env);
      all.putAll(secrets);
      return new Program(all, folder, patience);
    }

    /** Runs a command and waits for its end. */
    synchronized ProgramOutput ask(List<String> argv) {
      return ProgramOutput.of(argv, env, folder, patience);
    }
  }

  /** Returns whether a line says that a job is over or unknown. */
  static boolean isOver(String line) {
    return OVER.matcher(line).find();
  }

  /** Returns the lines of a program's message as one line, without the program's name. */
  static String line(String text) {
    List<String> lines = new ArrayList<>();
    for (String line : text.split("\n")) {
      String words = PREFIX.matcher(line.strip()).replaceFirst("");
      if (!words.isEmpty() && !lines.contains(words)) {
        lines.add(words);
      }
    }
    return SafeText.line(String.join("; ", lines), MOST);
  }

  /** Returns why a command failed, in its own words; never empty. */
  static String failure(ProgramOutput said) {
    String words = line(said.errors().isBlank() ? said.text() : said.errors());
    return words.isEmpty() ? "exit " + said.status() : words;
  }

  /** Returns why a command failed, without lines about jobs that are over; empty if none remain. */
  static String failureBesideOver(ProgramOutput said) {
    String errors = said.errors().isBlank() ? said.text() : said.errors();
    String beside = errors.lines().filter(each -> !isOver(each)).collect(joining("\n"));
    return errors.isBlank() || !beside.isBlank()
        ? failure(new ProgramOutput(said.status(), "", beside))
        : "";
  }

  /** Returns whether a failed command got no answer from the scheduler. */
  static boolean isNoAnswer(ProgramOutput said) {
    return said.status() < 0
        || UNREACHABLE.matcher(said.errors()).find()
        || UNREACHABLE.matcher(said.text()).find();
  }

  static boolean isText(String text) {
    return text.chars()
        .allMatch(c -> c >= ' ' && c != 0x7f && c != 0xfffd || c == '\n' || c == '\r' || c == '\t');
  }
}
