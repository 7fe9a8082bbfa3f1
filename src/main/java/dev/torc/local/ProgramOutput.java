package dev.torc.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.torc.text.SafeText;
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
 * What a program of this machine answers to a short question. It runs no jobs: those have a process
 * group, a log and limits. A status of -1 means that there is no whole answer: the program could
 * not be started, did not end in time, or said too much, as {@code errors} tells.
 */
public record ProgramOutput(int status, String text, String errors) {

  public static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The most bytes of an answer; no list that torc asks for comes near. */
  private static final int MOST = 64 << 20;

  /** Asks a program, with this environment and nothing on standard input; waits for its end. */
  public static ProgramOutput of(List<String> argv, Map<String, String> env) {
    return of(argv, env, null, PATIENCE);
  }

  /** Asks a program in a folder (null: torc's own); a late one is killed with its descendants. */
  public static ProgramOutput of(
      List<String> argv, Map<String, String> env, Path folder, Duration patience) {
    return of(argv, env, folder, patience, UTF_8);
  }

  /** Asks a program that answers in the character set; a character of Latin-1 is one byte. */
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
      // A process that it left running may hold the streams: they are read while patience lasts.
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

  /** Returns the last line of standard error, or why there is no answer; may be empty. */
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
      // it was given up
    }
  }

  /** Lines in which a program refers to its help, below what it has to say; empty lines too. */
  private static final Pattern HELP = Pattern.compile("Usage: .*|(See|Run) '.* --help'.*|\\s*");

  /** Returns the last line that says anything, for people. */
  public static String lastLine(String text) {
    String last = "";
    for (String line : text.split("\n")) {
      last = HELP.matcher(line).matches() ? last : line;
    }
    return SafeText.line(last.strip(), 300);
  }
}
