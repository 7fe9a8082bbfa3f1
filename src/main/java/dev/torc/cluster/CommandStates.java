package dev.torc.cluster;

import dev.torc.cluster.Scheduler.SchedulerState;
import dev.torc.cluster.Scheduler.SchedulerState.Kind;
import dev.torc.cluster.SchedulerSettings.Word;
import dev.torc.local.ProgramOutput;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What a command says of the states of jobs, in whatever form: a job's line begins with its id, and
 * the first of the user's words in it is its state. A job is gone where a line names it as not
 * known, or over, and where a command that ended well says nothing of it at all.
 *
 * @param states by ids
 * @param complaints of ids that are not listed: the lines that name them
 * @param trouble what is to be said of jobs of which nothing is said; empty where these are gone
 */
record CommandStates(
    Map<String, SchedulerState> states, Map<String, String> complaints, String trouble) {

  private static final Pattern WORD =
      Pattern.compile("[^\\s|,;()\\[\\]<>\"']*[\\p{L}\\p{N}][^\\s|,;()\\[\\]<>\"']*");

  /** What follows a job's number in many listings: the server's name. */
  private static final Pattern BEHIND = Pattern.compile("[.:].*");

  /** Of several that one word stands for, the first counts. */
  private static final List<Word> FIRST =
      List.of(Word.RUNNING, Word.GONE, Word.CANCELLED, Word.WAITING);

  static CommandStates of(ProgramOutput said, SchedulerSettings.Commands commands) {
    if (said.status() < 0 || !SchedulerWords.isText(said.text())) {
      String why = said.status() < 0 ? SchedulerWords.failure(said) : "states prints no text";
      return new CommandStates(Map.of(), Map.of(), why);
    }
    Map<String, SchedulerState> states = new HashMap<>();
    for (String line : said.text().lines().toList()) {
      List<String> words = words(line);
      if (!words.isEmpty()) {
        states.merge(head(words.getFirst()), state(words, commands), CommandStates::livelier);
      }
    }
    Map<String, String> complaints = new HashMap<>();
    if (said.ok() || !SchedulerWords.isNoAnswer(said)) {
      for (String line : said.errors().lines().toList()) {
        words(line).forEach(word -> complaints.merge(head(word), line, CommandStates::sadder));
      }
    }
    return new CommandStates(states, complaints, said.ok() ? "" : SchedulerWords.failure(said));
  }

  /** What is said of a job. */
  SchedulerState of(String id) {
    SchedulerState state = states.get(head(id));
    if (state != null) {
      return state;
    }
    String complaint = complaints.getOrDefault(head(id), trouble);
    return complaint.isEmpty()
            || complaints.containsKey(head(id)) && SchedulerWords.isOver(complaint)
        ? SchedulerState.GONE
        : new SchedulerState(Kind.NO_ANSWER, SchedulerWords.line(complaint));
  }

  /** Of two lines that name a job the one in which it may not be over. */
  private static String sadder(String one, String other) {
    return SchedulerWords.isOver(one) ? other : one;
  }

  private static List<String> words(String text) {
    return WORD.matcher(text).results().map(MatchResult::group).toList();
  }

  /** An id as a listing may shorten it. */
  private static String head(String id) {
    String head = BEHIND.matcher(id).replaceFirst("");
    return head.chars().anyMatch(Character::isDigit) ? head : id;
  }

  private static SchedulerState state(List<String> line, SchedulerSettings.Commands commands) {
    for (String word : line.subList(1, line.size())) {
      for (Word of : FIRST) {
        if (commands.says(of, word)) {
          return new SchedulerState(Kind.valueOf(of.name()), word);
        }
      }
    }
    return new SchedulerState(Kind.UNCLEAR, String.join(" ", line));
  }

  /** Of two lines for one job the one in which more is still to come. */
  private static SchedulerState livelier(SchedulerState one, SchedulerState other) {
    return rank(other) > rank(one) ? other : one;
  }

  private static int rank(SchedulerState state) {
    return switch (state.kind()) {
      case RUNNING -> 3;
      case WAITING, UNCLEAR -> 2;
      case CANCELLED -> 1;
      default -> 0;
    };
  }
}
