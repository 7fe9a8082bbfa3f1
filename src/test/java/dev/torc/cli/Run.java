package dev.torc.cli;

import dev.torc.session.Exit;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Supplier;

/** A call of torc in a test: its status and what it wrote. */
public record Run(int exit, String out, String err) {

  static Console console(Path cwd, Writer out, Writer err, Map<String, String> env) {
    return new Console(
        InputStream.nullInputStream(), out, err, env, cwd, false, false, () -> 0, System::nanoTime);
  }

  /** The shipped commands. */
  public static Run of(Path cwd, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit = Main.run(args, console(cwd, out, err, Map.of("PATH", System.getenv("PATH"))));
    return new Run(exit, out.toString(), err.toString());
  }

  /** The shipped commands, in an environment. */
  static Run in(Map<String, String> env, Path cwd, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit = Main.run(args, console(cwd, out, err, env));
    return new Run(exit, out.toString(), err.toString());
  }

  /** The shipped commands, with this on standard input. */
  static Run with(String input, Path cwd, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    InputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    Console console =
        new Console(in, out, err, Map.of(), cwd, false, false, () -> 0, System::nanoTime);
    int exit = Main.run(args, console);
    return new Run(exit, out.toString(), err.toString());
  }

  /** One command under some names. */
  static Run of(Supplier<Command> command, Path cwd, Map<String, String> env, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    SequencedMap<String, Supplier<Command>> commands = new LinkedHashMap<>();
    commands.put("build", command);
    commands.put("why", OneJob::new);
    int exit = new Main(commands).call(args, console(cwd, out, err, env));
    return new Run(exit, out.toString(), err.toString());
  }

  /** A command with one required word. */
  static final class OneJob extends Command {
    private String job;
    private String depth;

    @Override
    String description() {
      return "tell why";
    }

    @Override
    void declare(Options options) {
      options.word("JOB", "a job", given -> job = given);
      options.value("--depth", "N", "how far", given -> depth = given);
    }

    @Override
    int run(Console console) throws java.io.IOException {
      console.print("why " + job + " " + depth + " " + common.json() + "\n");
      return Exit.DONE;
    }
  }
}
