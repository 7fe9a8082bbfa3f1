package dev.torc.core.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.posix.Environment;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.Questions;
import dev.torc.base.syntax.BadInput;
import dev.torc.core.attempt.Event;
import dev.torc.core.decide.Verdict;
import dev.torc.features.memo.AskedVariables;
import dev.torc.features.memo.Memo;
import dev.torc.features.memo.Memo.AnsweredCall;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Memos of the builds of a harness: before each build the shipped launcher is asked, which finds no
 * Java. What a memo answers, the build must say, too: nothing runs, and the jobs are the same.
 * After each build that leaves nothing to do, another one leaves a memo. Questions are recorded by
 * process, so only a JVM with one build at a time may use it: see {@link MemoWalks}.
 */
final class MemosBeside {

  private final Path launcher;

  /** How many memos were left. */
  int left;

  /** Why there was none, and how often. */
  final Map<String, Integer> none = new TreeMap<>();

  private AskedVariables asked;

  MemosBeside(Path launcher) {
    this.launcher = launcher;
  }

  /** The variables of a build. */
  Map<String, String> env(Map<String, String> given) {
    return asked == null ? given : asked;
  }

  /** Whether files may be written before a build begins. */
  boolean ticks() {
    return asked == null;
  }

  /** Builds, after a memo was asked; then lets a build in which nothing runs leave a memo. */
  void around(Harness torc, Io.Run build, List<String> words) throws IOException {
    String said = ask(torc.root, variables(torc), words);
    build.run();
    List<Event> events = torc.events;
    int exit = torc.exit;
    if (said != null) {
      torc.ran();
      assertEquals(0, exit, said);
      assertEquals(List.of(), torc.notes(), said);
      assertTrue(said.contains(counts(events)), said + " but " + counts(events));
    }
    if (exit == 0 && torc.graph != null && rests(torc, words)) {
      String why = leave(torc, build, words);
      if (why != null) { // young stamps were read again
        why = leave(torc, build, words);
      }
      if (why == null) {
        left++;
        String now = ask(torc.root, variables(torc), words);
        assertTrue(now != null && now.contains(counts(torc.events)), "no answer: " + now);
      } else {
        none.merge(why.replaceAll("\\S*/\\S*", "PATH"), 1, Integer::sum);
      }
      torc.events = events;
      torc.exit = exit;
    }
  }

  private static Map<String, String> variables(Harness torc) {
    Map<String, String> env = new HashMap<>(torc.env);
    env.putIfAbsent("PATH", "/usr/bin:/bin");
    env.put("TORC_JAVA_HOME", "/nowhere");
    env.put("TORC_SERVER", "0");
    return env;
  }

  /** Whether a build would be accepted, and run nothing and no hook. */
  private static boolean rests(Harness torc, List<String> words) throws IOException {
    String[] targets = words.toArray(String[]::new);
    try {
      var plan = torc.session(torc.load(), true, targets).forecast(false, _ -> {});
      return plan.context().graph().workflow().settings().hooks().isEmpty()
          && plan.selected().stream().allMatch(j -> plan.verdict(j) instanceof Verdict.UpToDate);
    } catch (BadInput refused) {
      return false; // such as a need that a job removed
    }
  }

  /** Leaves a memo of a build in which nothing runs; returns null, or why there is none. */
  private String leave(Harness torc, Io.Run build, List<String> words) throws IOException {
    Map<String, String> env = variables(torc);
    asked = new AskedVariables(all(env));
    long later = System.currentTimeMillis() + 10_000; // stamps of these kernels are never the same
    Questions questions = Questions.begin();
    try {
      build.run();
      Questions.look(launcher, true);
    } finally {
      questions.end();
    }
    AskedVariables given = asked;
    asked = null;
    torc.ran();
    return !torc.notes().isEmpty()
        ? "notes"
        : Memo.leave(
            questions,
            new AnsweredCall(words, given, launcher, later, "ff", counts(torc.events) + " ", "."));
  }

  private static String counts(List<Event> events) {
    return events.stream()
        .filter(each -> each instanceof Event.Finished)
        .map(each -> new TreeMap<>(((Event.Finished) each).counts()).toString())
        .findFirst()
        .orElse("?");
  }

  private static Environment all(Map<String, String> env) {
    List<byte[]> entries = new ArrayList<>();
    env.forEach((name, value) -> entries.add((name + "=" + value).getBytes(UTF_8)));
    return new Environment(entries);
  }

  /** What a memo answers; null for nothing. */
  private String ask(Path root, Map<String, String> env, List<String> words) throws IOException {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(words);
    ProcessBuilder builder = new ProcessBuilder(command).directory(root.toFile());
    builder.environment().clear();
    builder.environment().putAll(env);
    Process process = builder.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    try {
      return process.waitFor() == 0 ? said : null;
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
