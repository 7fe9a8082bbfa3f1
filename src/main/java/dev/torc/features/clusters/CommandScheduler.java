package dev.torc.features.clusters;

import dev.torc.base.machine.ProgramOutput;
import dev.torc.core.model.SchedulerSettings;
import dev.torc.core.model.SchedulerSettings.Fact;
import dev.torc.features.clusters.Scheduler.SchedulerJob;
import dev.torc.features.clusters.Scheduler.SchedulerResources;
import dev.torc.features.clusters.Scheduler.SchedulerState;
import dev.torc.features.clusters.Scheduler.SchedulerState.Phase;
import dev.torc.features.clusters.Scheduler.Submission;
import dev.torc.features.clusters.Scheduler.SubmissionRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Gatherers;

/**
 * A scheduler that torc uses through commands that the user wrote. It trusts the ids that {@code
 * submit} printed, since it cannot check whether an id still belongs to the submitted name.
 */
final class CommandScheduler implements Scheduler {

  private static final int MOST = 1000; // ids in one command

  private static final int LONGEST = 200; // characters of an id; a longer text is not an id

  private final SchedulerSettings.Commands commands;
  private final Pattern id; // null: the id is the last word
  private final Map<String, String> values = new HashMap<>();
  private final SchedulerWords.Program program;

  CommandScheduler(
      SchedulerSettings settings, Path folder, Map<String, String> env, Duration patience) {
    commands = settings.commands();
    id = commands.id().isEmpty() ? null : Pattern.compile(commands.id());
    commands.settings().forEach((name, value) -> values.put(name, CommandTemplate.quoted(value)));
    program = new SchedulerWords.Program(env, folder, patience);
  }

  @Override
  public List<String> lacks(SchedulerResources resources) {
    Map<String, String> given = given(resources);
    return new CommandTemplate(commands.submit())
        .names().stream()
            .filter(name -> CommandTemplate.RESOURCES.contains(name) && !given.containsKey(name))
            .map(name -> "{" + name + "}")
            .toList();
  }

  /** Returns the values of placeholders: those of the user and those of resources. */
  private Map<String, String> given(SchedulerResources resources) {
    Map<String, String> given = new HashMap<>(values);
    given.put("cpus", Integer.toString(resources.cpus()));
    given.put("gpus", Integer.toString(resources.gpus()));
    given.put("nodes", Integer.toString(resources.nodes()));
    if (resources.memory() > 0) {
      given.put("memory", Long.toString(SchedulerResources.mebibytes(resources.memory())));
    }
    if (resources.disk() > 0) {
      given.put("disk", Long.toString(SchedulerResources.mebibytes(resources.disk())));
    }
    if (resources.runtime() > 0) {
      long seconds = resources.seconds();
      given.put("runtime", Long.toString(seconds));
      given.put("runtime:min", Long.toString(resources.minutes()));
      String hms = "%02d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60);
      given.put("runtime:hms", hms);
    }
    return given;
  }

  @Override
  public Submission submit(SubmissionRequest request) {
    Map<String, String> given = given(request.resources());
    given.put("script", CommandTemplate.quoted(request.script().toString()));
    for (String name : new CommandTemplate(commands.submit()).names()) {
      Matcher cut = CommandTemplate.NAME.matcher(name);
      if (cut.matches()) {
        int length =
            cut.group(1) == null ? request.name().length() : Integer.parseInt(cut.group(1));
        given.put(name, CommandTemplate.quoted(BatchName.cut(request.name(), length)));
      }
    }
    given.put("log", CommandTemplate.quoted(request.log().toString()));
    ProgramOutput said = ask(program.with(request.secrets()), commands.submit(), given);
    String found = id(said.text());
    if (!said.ok()) {
      return id != null && !found.isEmpty()
          ? new Submission.NoAnswer(SchedulerWords.failure(said))
          : SchedulerWords.refusal(said);
    }
    String line = SchedulerWords.line(said.text());
    return isId(found)
        ? new Submission.Accepted(List.of(found))
        : new Submission.NoAnswer("submit gave no id" + (line.isEmpty() ? "" : ": " + line));
  }

  /** Returns whether a word can be an id in a command, where {@code -} would start an option. */
  private static boolean isId(String word) {
    return !word.isEmpty()
        && !word.startsWith("-")
        && word.length() <= LONGEST
        && SchedulerWords.isText(word);
  }

  private String id(String text) {
    if (id == null) {
      return text.substring(Math.max(text.lastIndexOf(' '), text.lastIndexOf('\n')) + 1);
    }
    Matcher match = id.matcher(text);
    String found = match.find() ? match.group(Math.min(1, match.groupCount())) : null;
    return found == null ? "" : found;
  }

  @Override
  public Map<SchedulerJob, SchedulerState> states(List<SchedulerJob> jobs) {
    Map<SchedulerJob, SchedulerState> states = new LinkedHashMap<>();
    jobs.forEach(
        job -> states.put(job, new SchedulerState(Phase.NO_ANSWER, "its id is not known")));
    for (List<SchedulerJob> part : parts(jobs, commands.states())) {
      CommandStates found = CommandStates.of(ask(program, commands.states(), ids(part)), commands);
      part.forEach(job -> states.put(job, found.of(job.id())));
    }
    return states;
  }

  @Override
  public String cancel(List<SchedulerJob> jobs) {
    Set<String> troubles = new TreeSet<>();
    for (List<SchedulerJob> part : parts(jobs, commands.cancel())) {
      ProgramOutput said = ask(program, commands.cancel(), ids(part));
      troubles.add(said.ok() ? "" : SchedulerWords.failureBesideOver(said));
    }
    jobs.stream()
        .filter(job -> job.id() == null)
        .forEach(job -> troubles.add("the id of %s is not known".formatted(job.name())));
    troubles.remove("");
    return String.join("; ", troubles);
  }

  /** Returns the jobs with known ids, in groups that are small enough for one command. */
  private static List<List<SchedulerJob>> parts(List<SchedulerJob> jobs, String template) {
    List<SchedulerJob> known = jobs.stream().filter(job -> job.id() != null).toList();
    boolean named = new CommandTemplate(template).names().contains(CommandTemplate.IDS);
    int most = named ? MOST : Math.max(1, known.size());
    return known.stream().gather(Gatherers.windowFixed(most)).toList();
  }

  private Map<String, String> ids(List<SchedulerJob> jobs) {
    Map<String, String> given = new HashMap<>(values);
    given.put(
        CommandTemplate.IDS,
        jobs.stream()
            .map(job -> CommandTemplate.quoted(job.id()))
            .collect(Collectors.joining(commands.separator())));
    return given;
  }

  private static ProgramOutput ask(
      SchedulerWords.Program program, String template, Map<String, String> given) {
    return program.ask(List.of("/bin/sh", "-c", new CommandTemplate(template).with(given), "sh"));
  }

  /**
   * The states in the output of a command, in any format in which a job's line starts with its id.
   * The first of the user's words in the line is the state. A job is gone if an error line says
   * that it is over or unknown, or if a successful command does not mention it. {@code otherwise}
   * is the state of the jobs that are not mentioned.
   */
  private record CommandStates(Map<String, SchedulerState> states, SchedulerState otherwise) {

    private static final Pattern WORD =
        Pattern.compile("[^\\s|,;()\\[\\]<>\"']*[\\p{L}\\p{N}][^\\s|,;()\\[\\]<>\"']*");

    /** The server's name, which follows a job's number in many listings. */
    private static final Pattern BEHIND = Pattern.compile("[.:].*");

    /** If the user gave one word for several facts, the first fact in this list counts. */
    private static final List<Fact> FIRST =
        List.of(Fact.RUNNING, Fact.GONE, Fact.CANCELLED, Fact.WAITING);

    static CommandStates of(ProgramOutput said, SchedulerSettings.Commands commands) {
      if (said.status() < 0 || !SchedulerWords.isText(said.text())) {
        String why = said.status() < 0 ? SchedulerWords.failure(said) : "states prints no text";
        return new CommandStates(Map.of(), noAnswer(why));
      }
      Map<String, SchedulerState> states = new HashMap<>();
      for (String line : said.text().lines().toList()) {
        List<String> words = words(line);
        if (!words.isEmpty()) {
          states.merge(head(words.getFirst()), state(words, commands), CommandStates::livelier);
        }
      }
      Map<String, SchedulerState> complaints = new HashMap<>(); // states from error lines
      if (said.ok() || !SchedulerWords.isNoAnswer(said)) {
        for (String line : said.errors().lines().toList()) {
          SchedulerState state = SchedulerWords.isOver(line) ? SchedulerState.GONE : noAnswer(line);
          words(line).forEach(id -> complaints.merge(head(id), state, CommandStates::livelier));
        }
      }
      complaints.forEach(states::putIfAbsent);
      return new CommandStates(
          states, said.ok() ? SchedulerState.GONE : noAnswer(SchedulerWords.failure(said)));
    }

    private static SchedulerState noAnswer(String why) {
      return new SchedulerState(Phase.NO_ANSWER, SchedulerWords.line(why));
    }

    SchedulerState of(String id) {
      return states.getOrDefault(head(id), otherwise);
    }

    private static List<String> words(String text) {
      return WORD.matcher(text).results().map(MatchResult::group).toList();
    }

    /** Returns an id without the server's name, which a listing may omit. */
    private static String head(String id) {
      String head = BEHIND.matcher(id).replaceFirst("");
      return head.chars().anyMatch(Character::isDigit) ? head : id;
    }

    private static SchedulerState state(List<String> line, SchedulerSettings.Commands commands) {
      for (String word : line.subList(1, line.size())) {
        for (Fact of : FIRST) {
          if (commands.says(of, word)) {
            return new SchedulerState(Phase.valueOf(of.name()), word);
          }
        }
      }
      return new SchedulerState(Phase.UNCLEAR, String.join(" ", line));
    }

    /** Returns the one of two states of a job that is further from its end. */
    private static SchedulerState livelier(SchedulerState one, SchedulerState other) {
      return rank(other) > rank(one) ? other : one;
    }

    private static int rank(SchedulerState state) {
      return switch (state.kind()) {
        case RUNNING -> 3;
        case WAITING, UNCLEAR -> 2;
        case CANCELLED, NO_ANSWER -> 1;
        default -> 0;
      };
    }
  }
}
