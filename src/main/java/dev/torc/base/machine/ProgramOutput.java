package dev.torc.base.machine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.torc.base.text.SafeText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The output of a program that answers a short question. It is not for jobs, which have a process
 * group, a log and limits. Status -1 means that there is no complete output: the program could not
 * be started, did not end in time, or wrote too much; {@code errors} says why.
 */
public record ProgramOutput(int status, String text, String errors) {

  public static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The most bytes of an output, far more than any list that torc asks for. */
  private static final int MOST = 64 << 20;

  /** Runs a program with this environment and empty standard input; waits for its end. */
  public static ProgramOutput of(List<String> argv, Map<String, String> env) {
    return of(argv, env, null, PATIENCE);
  }

  /** Runs a program in a folder (null: torc's); kills it and its descendants if it is late. */
  public static ProgramOutput of(
      List<String> argv, Map<String, String> env, Path folder, Duration patience) {
    return of(argv, env, folder, patience, UTF_8);
  }

  /** Runs a program whose output has this character set; ISO 8859-1 preserves all bytes. */
  public static ProgramOutput of(
      List<String> argv,
      Map<String, String> env,
      Path folder,
      Duration patience,
      Charset characters) {
    try {
      ProcessBuilder program = new ProcessBuilder(argv);
      program.directory(folder == null ? null : folder.toFile());
      program.environment().clear();
      program.environment().putAll(env);
      Process process = program.start();
      process.getOutputStream().close();
      return answer(process, patience, characters);
    } catch (IOException e) {
      return new ProgramOutput(-1, "", String.valueOf(e.getMessage()));
    }
  }

  private static ProgramOutput answer(Process process, Duration patience, Charset characters) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    long end = System.nanoTime() + patience.toNanos();
    try {
      Thread out = Thread.ofVirtual().start(() -> read(process.getInputStream(), text));
      Thread err = Thread.ofVirtual().start(() -> read(process.getErrorStream(), errors));
      if (!process.waitFor(patience)) {
        kill(process);
        return new ProgramOutput(-1, "", "no answer in %d s".formatted(patience.toSeconds()));
      }
      // A process that the program left running may hold the streams open, so this reads only until
      // the time is over.
      out.join(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
      err.join(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
      if (text.size() >= MOST) {
        return new ProgramOutput(-1, "", "an answer of more than %d bytes".formatted(MOST));
      }
      return new ProgramOutput(
          process.exitValue(), text.toString(characters).strip(), errors.toString(UTF_8));
    } catch (InterruptedException e) {
      kill(process);
      Thread.currentThread().interrupt();
      return new ProgramOutput(-1, "", "interrupted");
    }
  }

  public boolean ok() {
    return status == 0;
  }

  /** Returns the last line of standard error, or why there is no output; may be empty. */
  public String said() {
    return lastLine(errors);
  }

  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static void read(InputStream in, ByteArrayOutputStream to) {
    byte[] part = new byte[1 << 14];
    try (in) {
      for (int n = 0; n >= 0 && to.size() < MOST; n = in.read(part)) {
        to.write(part, 0, n);
      }
    } catch (IOException e) {
      // the wait was given up
    }
  }

  /** Lines that refer to a program's help, below its message; also empty lines. */
  private static final Pattern HELP = Pattern.compile("Usage: .*|(See|Run) '.* --help'.*|\\s*");

  /** Returns the last line that is not {@link #HELP}, made safe to print. */
  public static String lastLine(String text) {
    String last = "";
    for (String line : text.split("\n")) {
      last = HELP.matcher(line).matches() ? last : line;
    }
    return SafeText.line(last.strip(), 300);
  }
}
