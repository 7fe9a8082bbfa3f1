package dev.torc.exec;

import dev.torc.machine.SafeText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * What a program of this machine answers to a short question. It runs no jobs: those have a process
 * group, a log and limits.
 *
 * @param status the exit status; -1 where it could not be started or did not answer in time
 * @param text standard output
 * @param said the last line of standard error, or why it could not be started; may be empty
 */
record ProgramOutput(int status, String text, String said) {

  /** Seconds until a program that does not answer is given up. */
  private static final int PATIENCE = 60;

  /** Asks a program, with this environment and nothing on standard input; waits for its end. */
  static ProgramOutput of(List<String> argv, Map<String, String> env) {
    try {
      ProcessBuilder program = new ProcessBuilder(argv);
      program.environment().clear();
      program.environment().putAll(env);
      Process process = program.start();
      process.getOutputStream().close();
      StringBuilder errors = new StringBuilder();
      Thread reader = Thread.ofVirtual().start(() -> errors.append(text(process.getErrorStream())));
      Thread.ofVirtual().start(() -> giveUp(process));
      String text = text(process.getInputStream());
      reader.join();
      int status = process.waitFor();
      return new ProgramOutput(status, text.strip(), lastLine(errors.toString()));
    } catch (IOException e) {
      return new ProgramOutput(-1, "", SafeText.line(String.valueOf(e.getMessage()), 300));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new ProgramOutput(-1, "", "interrupted");
    }
  }

  /** Whether it ended well. */
  boolean ok() {
    return status == 0;
  }

  private static void giveUp(Process process) {
    try {
      if (!process.waitFor(PATIENCE, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
    }
  }

  private static String text(InputStream in) {
    try (in) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return ""; // it was given up
    }
  }

  /** Where a runtime refers to its own help: below what it has to say. */
  private static final Pattern HELP = Pattern.compile("Usage: .*|(See|Run) '.* --help'.*|\\s*");

  /** The last line that says anything, for people. */
  static String lastLine(String text) {
    String last = "";
    for (String line : text.split("\n")) {
      last = HELP.matcher(line).matches() ? last : line;
    }
    return SafeText.line(last.strip(), 300);
  }
}
